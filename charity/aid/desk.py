"""What aid puts on the desk, and that the search box finds its vouchers."""

from typing import Any

from charity import addresses, clock, words
from charity.aid import payees, vouchers
from charity.db import reading
from charity.desk import search
from charity.desk.search import Asked, Hit, Hits
from charity.desk.tasks import Task
from charity.money import yuan_sign
from charity.people import accounts, institution_entries
from charity.roles import Actor
from charity.web import list_filters
from charity.web.formats import day_words

VOUCHERS, ROSTERS, RETURNS, REVERSALS = "拨付审批单", "花名册", "分会退回的款", "冲销申请"


async def to_approve(by: Actor) -> list[Task]:
    """Vouchers in approval that this approver neither made nor has approved, and that were not returned."""
    if not by.may("voucher.approve"):
        return []
    rows = await vouchers.to_approve(by=by)
    if not rows:
        return []
    amount = yuan_sign(sum(r["amount_fen"] for r in rows))
    text = words.say("有 {count} 张审批单等您审批，共 {amount}", count=len(rows), amount=amount)
    note = words.say("最早的是{day}送来的", day=day_words(min(r["changed_at"] for r in rows)))
    first = addresses.of("voucher", rows[0]["number"])  # each leads to the next
    return [Task(text, first, words.say("去审批"), order=110, tone="wait", note=note)]


async def to_pay(by: Actor) -> list[Task]:
    """Approved vouchers that this cashier neither made nor approved."""
    if not by.may("voucher.pay"):
        return []
    rows = await reading.rows(
        "SELECT v.number, v.amount_fen FROM voucher v WHERE v.status = 'approved' AND v.maker <> $1 AND NOT EXISTS ("
        "SELECT 1 FROM voucher_approval a WHERE a.voucher = v.number AND a.account = $1 AND a.decision = 'approve' "
        "AND a.cleared_at IS NULL) ORDER BY v.number",
        by.key,
    )
    if not rows:
        return []
    amount = yuan_sign(sum(r["amount_fen"] for r in rows))
    text = words.say("有 {count} 张审批单已批准，等您付款，共 {amount}", count=len(rows), amount=amount)
    return [Task(text, _one_or(rows, "/vouchers?status=approved"), words.say("去付款"), order=120, tone="wait")]


async def to_confirm(by: Actor) -> list[Task]:
    """Accounts of households that somebody else entered, for the second look."""
    if not by.may("payee.confirm"):
        return []
    count, oldest = await accounts.waiting_of_others(by=by)
    if oldest is None:
        return []
    text = words.say("有 {count} 个家庭收款账号等您核对", count=count)
    note = words.say("最早的是{day}登记的", day=day_words(oldest.entered_at))
    href = f"/household-accounts/{oldest.key}" if count == 1 else "/household-accounts"
    return [Task(text, href, words.say("去核对"), order=125, tone="wait", note=note)]


async def rosters_due(by: Actor) -> list[Task]:
    """Money at branches that no roster says anything of, for whoever writes them down."""
    if not by.may("voucher.make"):
        return []
    row = await reading.row(
        "SELECT COUNT(*) AS n, "
        "CAST(SUM(a.amount_fen - a.rostered_fen - a.returned_fen - COALESCE(w.fen, 0)) AS BIGINT) AS fen, "
        "MIN(v.paid_on) AS paid_on, MIN(a.voucher) AS voucher FROM branch_advance a "
        "JOIN voucher v ON v.number = a.voucher LEFT JOIN (SELECT voucher, SUM(amount_fen) AS fen FROM branch_roster "
        "WHERE status = 'waiting' GROUP BY voucher) w ON w.voucher = a.voucher "
        "WHERE a.rostered_fen + a.returned_fen + COALESCE(w.fen, 0) < a.amount_fen"
    )
    if row is None or not row["n"]:
        return []
    facts = {"count": row["n"], "amount": yuan_sign(row["fen"])}
    text = words.say("有 {count} 笔拨给分会的钱待交花名册，共 {amount}", **facts)
    note = words.say("最早的是{day}拨付的", day=day_words(row["paid_on"]))
    href = addresses.of("advance", row["voucher"]) if row["n"] == 1 else "/advances"
    return [Task(text, href, words.say("录入花名册"), order=127, tone="wait", note=note)]


async def rosters_to_confirm(by: Actor) -> list[Task]:
    """Rosters that somebody else wrote down, for the second look."""
    if not by.may("voucher.approve"):
        return []
    rows = await reading.rows(
        "SELECT number, made_at FROM branch_roster WHERE status = 'waiting' AND maker <> $1 ORDER BY number", by.key
    )
    if not rows:
        return []
    text = words.say("有 {count} 份花名册等您核对", count=len(rows))
    note = words.say("最早的是{day}录入的", day=day_words(rows[0]["made_at"]))
    href = addresses.of("roster", rows[0]["number"]) if len(rows) == 1 else "/advances"
    return [Task(text, href, words.say("去核对"), order=126, tone="wait", note=note)]


async def others_to_confirm(by: Actor) -> list[Task]:
    """What branches gave back, and reversals, that somebody else wrote down, for the second look."""
    if not by.may("voucher.approve"):
        return []
    rows = await reading.rows(
        "SELECT number, made_at, 'branch_return' AS kind FROM branch_return WHERE status = 'waiting' AND cashier <> $1 "
        "UNION ALL SELECT number, made_at, 'branch_reversal' FROM branch_reversal WHERE status = 'waiting' "
        "AND maker <> $1 ORDER BY made_at, number",
        by.key,
    )
    if not rows:
        return []
    text = words.say("有 {count} 笔分会退回的款或冲销申请等您核对", count=len(rows))
    note = words.say("最早的是{day}录入的", day=day_words(rows[0]["made_at"]))
    href = addresses.of(rows[0]["kind"], rows[0]["number"]) if len(rows) == 1 else "/advances"
    return [Task(text, href, words.say("去核对"), order=128, tone="wait", note=note)]


async def returned(by: Actor) -> list[Task]:
    """My vouchers that came back, and those on their way."""
    if not by.may("voucher.make"):
        return []
    rows = await reading.rows(
        "SELECT number, status, returned_at FROM voucher WHERE maker = $1 AND status IN ('draft', 'approving') "
        "ORDER BY number",
        by.key,
    )
    tasks = []
    back = [r for r in rows if r["returned_at"]]
    if back:
        text = words.say("有 {count} 张审批单退回给您修改", count=len(back))
        note = words.say("最早的是{day}退回的", day=day_words(min(r["returned_at"] for r in back)))
        href = _one_or(back, "/vouchers?status=draft")
        tasks.append(Task(text, href, words.say("修改"), order=130, tone="bad", note=note))
    on_the_way = [r for r in rows if not r["returned_at"]]
    if on_the_way:
        text = words.say("您有 {count} 张审批单在等审批", count=len(on_the_way))
        tasks.append(Task(text, _one_or(on_the_way, "/vouchers?status=open"), words.say("查看"), order=140))
    return tasks


def _one_or(rows: list[dict[str, Any]], href: str) -> str:
    """Straight to the voucher when there is only one."""
    return addresses.of("voucher", rows[0]["number"]) if len(rows) == 1 else href


async def find_voucher(asked: Asked, by: Actor) -> Hits | None:
    """A voucher by its number."""
    if not asked.code or not by.may("voucher.read"):
        return None
    number = await reading.value("SELECT number FROM voucher WHERE number = $1", asked.code)
    return search.one(VOUCHERS, number, addresses.of("voucher", number or ""))


async def find_roster(asked: Asked, by: Actor) -> Hits | None:
    """A branch's roster by its number."""
    if not asked.code or not by.may("voucher.read"):
        return None
    number = await reading.value("SELECT number FROM branch_roster WHERE number = $1", asked.code)
    return search.one(ROSTERS, number, addresses.of("roster", number or ""))


async def find_return(asked: Asked, by: Actor) -> Hits | None:
    """What a branch gave back, by its number."""
    if not asked.code or not by.may("voucher.read"):
        return None
    number = await reading.value("SELECT number FROM branch_return WHERE number = $1", asked.code)
    return search.one(RETURNS, number, addresses.of("branch_return", number or ""))


async def find_reversal(asked: Asked, by: Actor) -> Hits | None:
    """The reversal of a roster or a return, by its number."""
    if not asked.code or not by.may("voucher.read"):
        return None
    number = await reading.value("SELECT number FROM branch_reversal WHERE number = $1", asked.code)
    return search.one(REVERSALS, number, addresses.of("branch_reversal", number or ""))


async def find_vouchers(asked: Asked, by: Actor) -> Hits | None:
    """Vouchers by amount or by the name of whom they pay, newest first; no household and no person is named."""
    if not by.may("voucher.read") or not (asked.amounts or asked.name):
        return None
    rows = [row for fen in asked.amounts for row in await vouchers.of_amount(fen, search.SHOWN + 1)]
    if asked.name:
        rows = await vouchers.of_payee(asked.name, search.SHOWN + 1, by=by)
    names = await payees.institutions_named(rows, by=by)
    hits = [
        Hit(
            number=row["number"],
            href=addresses.of("voucher", row["number"]),
            title=payees.in_words(row, names),
            on=clock.business_date(row["made_at"]).isoformat(),
            amount_fen=row["amount_fen"],
        )
        for row in rows
    ]
    return search.listed(VOUCHERS, hits, all_href=list_filters.address("/vouchers", asked.amounts, asked.name))


async def institutions_to_confirm(by: Actor) -> list[Task]:
    """Institutions that somebody else entered, for the second look."""
    if not by.may("institution.confirm"):
        return []
    n = sum(entry.entered_by != by.key for entry in await institution_entries.waiting(by=by))
    text = words.say("有 {count} 条机构登记等您核对", count=n)
    return [Task(text, "/institutions#entries", words.say("去核对"), order=126, tone="wait")] if n else []


tasks = [
    to_approve,
    to_pay,
    to_confirm,
    institutions_to_confirm,
    rosters_to_confirm,
    others_to_confirm,
    rosters_due,
    returned,
]
finders = [find_voucher, find_roster, find_return, find_reversal, find_vouchers]
