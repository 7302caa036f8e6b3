"""What finance puts on the desk: money for the bank, an opening, what to review; what the search box finds of it."""

import re

from charity import addresses, words
from charity.db import reading
from charity.desk import search
from charity.desk import tasks as desk
from charity.desk.search import Asked, Hit, Hits
from charity.desk.tasks import Task
from charity.finance import panels as shown
from charity.finance import reviews, transfers
from charity.finance.models import TransferKind
from charity.giving import receipts
from charity.giving.channels import CHANNELS
from charity.ledger import accounts as acc
from charity.ledger import entries, journal_vouchers, payment_numbers, places
from charity.ledger.payment_numbers import PaymentKind
from charity.money import yuan_sign
from charity.roles import Actor
from charity.web.formats import day_words

TRANSFERS = "资金划转"
_SEQ = re.compile(r"#([1-9][0-9]{0,11})")
_PRINTED = re.compile(r"([0-9]{4}-?[0-9]{2}|)\N{CJK UNIFIED IDEOGRAPH-8BB0}-([0-9]{1,6})")  # 2026-11 记-0123


async def to_bank(by: Actor) -> list[Task]:
    """Cash in the till, due on the day it came (现金管理暂行条例 11), and what platforms hold."""
    if not by.may("money.transfer"):
        return []
    held, tasks = await transfers.held_by_place(), []
    for place in await places.every([acc.CASH, acc.OTHER_MONEY]):
        fen = sum(held.get(place.code, {}).values())
        if fen > 0:
            cash = place.chart == acc.CASH
            words_of = "{place}有 {amount} 等您存入银行" if cash else "{place}有 {amount} 还没有结算到银行"
            text = words.say(words_of, place=place.shown, amount=yuan_sign(fen))
            label, href = words.say("去存入" if cash else "去结算"), f"/transfers/new?source={place.code}"
            since = await places.since(place.code, fen) if cash else ""
            note = words.say("最早的一笔是{day}收的，收到的现金当天存入银行", day=day_words(since)) if since else ""
            tone = "wait" if cash else "none"
            tasks.append(Task(text, href, label, order=160, tone=tone, note=note, due_on=since))
    return tasks


async def to_confirm(by: Actor) -> list[Task]:
    """The opening that somebody else wrote."""
    if not by.may("opening.confirm"):
        return []
    row = await reading.row("SELECT maker, total_fen FROM opening WHERE seq IS NULL")
    if row is None or row["maker"] == by.key or (await entries.head()).seq:  # with other entries it never can be
        return []
    text = words.say("期初余额已填写，共 {amount}，等您核对确认", amount=yuan_sign(row["total_fen"]))
    return [Task(text, "/opening", words.say("去确认"), order=105, tone="wait")]


async def to_review(by: Actor) -> list[Task]:
    """Days whose journal vouchers wait for review, each due on its own day: 日清."""
    day = await journal_vouchers.waiting_day() if by.may("review.make") else ""
    if not day:
        return []
    count, later = await journal_vouchers.waiting(day, most=desk.COUNT_MAX + 1)
    text = words.say("有{day}的 {count} 张记账凭证等复核", day=day_words(day), count=desk.counted(count))
    note = words.say("以后几天的还有 {count} 张", count=desk.counted(later)) if later else ""
    return [Task(text, f"/journal?on={day}", words.say("去复核"), order=170, tone="wait", note=note, due_on=day)]


async def to_answer(by: Actor) -> list[Task]:
    """What a reviewer asked this account, and what was answered to it."""
    tasks, keys = [], await reviews.to_answer(by=by)
    if keys:
        text = words.say("会计有 {count} 个询问等您答复", count=len(keys))
        tasks.append(Task(text, f"/journal/questions/{keys[0]}", words.say("去答复"), order=108, tone="wait"))
    numbers = await reviews.answered(by=by) if by.may("review.make") else []
    if numbers:
        text = words.say("您问的 {count} 张记账凭证有了答复", count=len(numbers))
        tasks.append(
            Task(text, addresses.of("journal_voucher", numbers[0]), words.say("去复核"), order=165, tone="wait")
        )
    return tasks


async def find_journal_voucher(asked: Asked, by: Actor) -> Hits | None:
    """A journal voucher by its number, or as it is printed; without a month the newest of that number."""
    if not asked.code or not by.may("ledger.read"):
        return None
    code = asked.code
    if printed := _PRINTED.fullmatch(code):
        month = printed[1].replace("-", "")
        code = f"{month}-{printed[2]}" if month else await journal_vouchers.newest(int(printed[2]))
    row = await journal_vouchers.get(code)
    return search.one("记账凭证", row["number"], addresses.of("journal_voucher", row["number"])) if row else None


async def find_entry(asked: Asked, by: Actor) -> Hits | None:
    """An entry of the books as it is printed: #4567."""
    if not by.may("ledger.read") or not (printed := _SEQ.fullmatch(asked.code)):
        return None
    seq = int(printed[1])
    known = seq <= (await entries.head()).seq
    return search.one("分录", f"#{seq}", addresses.of("entry", seq)) if known else None


async def find_transfer(asked: Asked, by: Actor) -> Hits | None:
    """A transfer by its number."""
    if not asked.code or not by.may("transfer.read"):
        return None
    number = await reading.value("SELECT number FROM money_transfer WHERE number = $1", asked.code)
    return search.one(TRANSFERS, number, addresses.of("transfer", number or ""))


async def find_transfers(asked: Asked, by: Actor) -> Hits | None:
    """Transfers by amount, newest first."""
    if not asked.amounts or not by.may("transfer.read"):
        return None
    hits = [
        Hit(
            number=row["number"],
            href=addresses.of("transfer", row["number"]),
            title=words.say(transfers.KIND_WORDS[TransferKind(row["kind"])]),
            on=row["on_day"],
            amount_fen=row["amount_fen"],
        )
        for fen in asked.amounts
        for row in await transfers.of_amount(fen, search.SHOWN + 1)
    ]
    return search.listed(TRANSFERS, hits)


async def find_payment(asked: Asked, by: Actor) -> Hits | None:
    """Whose a bank number, or that of another channel, is: the gift by its receipt, the refund, voucher or transfer."""
    hits = []
    for row in await payment_numbers.holders(list(CHANNELS), asked.text):
        kind = payment_numbers.PAGES[PaymentKind(row["kind"])]
        href = addresses.shown_to(by, kind, row["number"])
        if kind == "payment_number" and href:
            href = addresses.of("receipt", await receipts.code_of(row["number"])) if row["number"] else ""
        if href:
            hits.append(Hit(number=row["number"], href=href, title=asked.text, exact=not asked.amounts))
    return search.listed("流水号", hits)


tasks = [to_bank, to_confirm, to_answer, to_review]
panels = shown.panels
finders = [find_transfer, find_transfers, find_journal_voucher, find_entry, find_payment]
