"""What the bank puts on the desk: days that wait to be closed; what the search box finds of it: held money."""

from charity import addresses, words
from charity.bank import closing
from charity.desk import search
from charity.desk.search import Asked, Hit, Hits
from charity.desk.tasks import Task
from charity.giving import unidentified
from charity.roles import Actor

UNIDENTIFIED = "暂收款"


async def to_close(by: Actor) -> list[Task]:
    """The oldest day that waits, and how many do."""
    if not by.may("day.close"):
        return []
    waiting = sorted(await closing.prepared(by=by), key=lambda row: row["on_day"])
    mine = [row for row in waiting if row["prepared_by"] != by.key]
    if not mine:
        return []
    text = words.say("有 {count} 天的日结等您复核", count=len(mine))
    return [Task(text, addresses.of("bank_day", mine[0]["key"]), words.say("去复核"), order=168, tone="wait")]


async def to_prepare(by: Actor) -> list[Task]:
    """Places whose next day a file speaks for; of one that was never closed nobody knows from when it is to be."""
    if not by.may("day.prepare"):
        return []
    due = [
        one
        for one in await closing.progress(by=by)
        if one.closed_through and not one.prepared and one.due and one.next_on <= one.last_line_on
    ]
    if not due:
        return []
    text, first = words.say("有 {count} 个账户可以日结", count=len(due)), due[0]
    return [Task(text, closing.new_page(first.place.code, first.next_on), words.say("去准备"), order=168, tone="wait")]


async def find_number(asked: Asked, by: Actor) -> Hits | None:
    """One by its number."""
    if not asked.code or not by.may("statement.read") or not await unidentified.known(asked.code):
        return None
    return search.one(UNIDENTIFIED, asked.code, addresses.of("unidentified", asked.code))


async def find_sums(asked: Asked, by: Actor) -> Hits | None:
    """Those of exactly so much, newest first."""
    if not asked.amounts or not by.may("statement.read"):
        return None
    hits = [
        Hit(
            number=row.number,
            href=addresses.of("unidentified", row.number),
            title=words.say("暂收来源不明的款项"),
            on=row.on_day,
            amount_fen=row.fen,
        )
        for fen in asked.amounts
        for row in await unidentified.of_amount(fen, search.SHOWN + 1, by=by)
    ]
    return search.listed(UNIDENTIFIED, hits)


async def to_send_back(by: Actor) -> list[Task]:
    """Held money that an accountant wants sent back."""
    waiting = [row for row in await unidentified.returns_due(by=by) if row.asked_by != by.key]
    if not waiting:
        return []
    text = words.say("有 {count} 笔暂收款等您退回", count=len(waiting))
    href = addresses.of("unidentified_return", waiting[0].number)
    return [Task(text, href, words.say("去付款@bank"), order=167, tone="wait")]


tasks = [to_close, to_prepare, to_send_back]
finders = [find_number, find_sums]
