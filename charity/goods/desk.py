"""What goods put on the desk, and which of their numbers and codes the search box finds."""

from datetime import timedelta
from typing import Any

from charity import addresses, clock, tokens, words
from charity.db import reading
from charity.desk import search
from charity.desk.panels import Panel
from charity.desk.search import Asked, Hit, Hits
from charity.desk.tasks import Task
from charity.errors import Refusal
from charity.goods import looked_up, scanning, slips, stock
from charity.goods.limits import ALERT_DAYS
from charity.office import stores
from charity.roles import Actor
from charity.web.formats import day_words

EXPIRING_DAYS = 30
SLIPS = "出入库单"
_SEES_SLIPS = ("goods.move", "goods.read")
_FILLED = "SELECT CAST(COALESCE(SUM(lots), 0) AS BIGINT) AS n, MIN(expires_on) AS first FROM shelf_day WHERE lots > 0"


def _at(by: Actor, *args: Any) -> tuple[str, tuple[Any, ...]]:
    """The condition of the account's store and the values; an account without a store sees every store."""
    if by.store is None:
        return "", args
    return f" AND store = ${len(args) + 1}", (*args, by.store)


async def expired(by: Actor) -> list[Task]:
    """Lots on the shelf that are past their date."""
    if not by.may("goods.move"):
        return []
    at, values = _at(by, clock.today().isoformat())
    row = await reading.only(f"{_FILLED}{at} AND expires_on < $1", *values)
    if not row["n"]:
        return []
    text = words.say("有 {count} 批物资已经过期，请下架", count=row["n"])
    note, due = words.say("最早的{day}到期", day=day_words(row["first"])), row["first"]
    return [Task(text, _stock(by), words.say("查看"), order=310, tone="bad", note=note, due_on=due)]


async def expiring(by: Actor) -> list[Task]:
    """Lots on the shelf that expire within 30 days."""
    if not by.may("goods.move"):
        return []
    today = clock.today()
    at, values = _at(by, today.isoformat(), (today + timedelta(days=EXPIRING_DAYS)).isoformat())
    row = await reading.only(f"{_FILLED}{at} AND expires_on >= $1 AND expires_on <= $2", *values)
    if not row["n"]:
        return []
    text = words.say("有 {count} 批物资 {days} 天内到期", count=row["n"], days=EXPIRING_DAYS)
    note, due = words.say("最早的{day}到期", day=day_words(row["first"])), row["first"]
    return [Task(text, _stock(by), words.say("查看"), order=320, tone="wait", note=note, due_on=due)]


async def issues_today(by: Actor) -> list[Task]:
    """How many issues the store made today."""
    if by.store is None or not by.may("goods.move"):
        return []
    n = await slips.issued_today(by.store)
    text = words.say("今天发放了 {count} 单", count=n) if n else words.say("今天还没有发放")
    return [Task(text, f"/stores/{by.store}/out", words.say("去发放"), order=330)]


async def store_day(by: Actor) -> Panel | None:
    """The day of the account's store: what it handed out, what stands in it and what expires."""
    if by.store is None or not by.may("goods.read"):
        return None
    figures = (await stock.figures([by.store], by=by))[by.store]
    lines = [
        {"label": words.say("今天发放"), "value": words.say("{count} 单", count=await slips.issued_today(by.store))},
        {"label": words.say("在架物品"), "value": words.say("{count} 件", count=f"{figures.pieces:,}")},
        {"label": words.say("在架批次"), "value": words.say("{count} 批", count=f"{figures.lots:,}")},
        {"label": words.say("已过期，请下架"), "value": words.say("{count} 批", count=f"{figures.expired:,}")},
    ]
    for days in ALERT_DAYS:
        value = words.say("{count} 批", count=f"{figures.within[days]:,}")
        lines.append({"label": words.say("{days} 天内到期", days=days), "value": value})
    return Panel(
        name="store",
        title=words.say("{store} 今天", store=(await stores.names()).get(by.store, by.store)),
        template="goods/desk/store.html",
        context={"lines": lines, "worth": figures.cost_fen},
        order=10,
        side=True,
        href=_stock(by),
        label=words.say("库存"),
    )


def _stock(by: Actor) -> str:
    return f"/stores/{by.store}/stock" if by.store else "/stores"


async def find_document(asked: Asked, by: Actor) -> Hits | None:
    """A goods slip by its number."""
    return await _slip(asked.code, by) if asked.code else None


async def _slip(number: str, by: Actor) -> Hits | None:
    if not any(by.may(permission) for permission in _SEES_SLIPS):
        return None
    row = await reading.row("SELECT number, store FROM goods_document WHERE number = $1", number)
    if row is None or by.store not in {None, row["store"]}:
        return None
    return search.one(SLIPS, row["number"], addresses.of("slip", row["number"]))


async def find_slips(asked: Asked, by: Actor) -> Hits | None:
    """Slips by their value, newest first; of the account's own store only, where it has one."""
    if not asked.amounts or not any(by.may(permission) for permission in _SEES_SLIPS):
        return None
    matches = [await looked_up.slips_of_amount(fen, store=by.store, limit=search.SHOWN) for fen in asked.amounts]
    hits = [
        Hit(
            number=row["number"],
            href=addresses.of("slip", row["number"]),
            title=words.say(slips.KIND_WORDS[row["kind"]]),
            on=row["effective_on"],
            amount_fen=row["amount_fen"],
        )
        for row in await slips.of_numbers([number for match in matches for number in match.keys])
    ]
    return search.listed(SLIPS, search.as_typed(hits, asked), more=any(match.more for match in matches))


async def find_lot(asked: Asked, by: Actor) -> Hits | None:
    """A lot by the code of its label, in any form that a scanner gives."""
    try:
        scans = scanning.read_scan(asked.text) if by.may("goods.read") else ()
    except Refusal:
        return None
    if len(scans) != 1 or scans[0].kind != "lot":
        return None
    try:
        lot = await stock.lot(scans[0].code, by=by)
    except Refusal:
        return None
    return search.one("批次", lot.code, addresses.of("lot", lot.code))


async def find_card(asked: Asked, by: Actor) -> Hits | None:
    """A known card: the till of the account's store, where it is scanned. Its code stays out of addresses."""
    if not (asked.code and tokens.card_valid(asked.code) and by.may("goods.move") and by.store):
        return None
    known = await reading.value("SELECT code FROM card WHERE code = $1", tokens.normalise(asked.code))
    return search.one("爱心卡", known, f"/stores/{by.store}/out")


tasks = [expired, expiring, issues_today]
panels = [store_day]
finders = [find_document, find_slips, find_lot, find_card]
