"""Money that nobody can name, as finance reads it: what is left, the longest held first, one by number, its uses."""

from collections.abc import Collection
from dataclasses import dataclass

from charity.db import reading
from charity.db.paging import Where
from charity.giving import rules
from charity.giving.unidentified.models import ReturnStatus, Unidentified, UnidentifiedReturn
from charity.roles import Actor

PAGE = 50
NUMBER_MAX = 40
RETURNS_MAX = 100
SHOWN_MAX = 4
"""Sums that a form offers to be taken from."""
BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class Use:
    """What an entry took of it, fen; below 0 what came back."""

    seq: int
    fen: int


async def get(number: str, *, by: Actor) -> Unidentified:
    """One by its number, or unidentified.unknown."""
    by.must("statement.read")
    row = await Unidentified.visible_to(by).get_or_none(number=number[:NUMBER_MAX].upper())
    if row is None:
        raise rules.UNIDENTIFIED_UNKNOWN()
    return row


async def held(*, left: bool, after: str = "", limit: int = PAGE, by: Actor) -> tuple[list[Unidentified], str, int]:
    """What was held, the longest ago first, or only what is left of it; the cursor of the next page; all left, fen."""
    by.must("statement.read")
    where = Where().add("left_fen > 0") if left else Where()
    if after:
        day, _, number = after.partition(BETWEEN)
        where.after(("on_day", "number"), (day, number))
    keys = await reading.rows(
        f"SELECT on_day, number FROM unidentified WHERE {where.text} "  # noqa: S608 - names from code
        f"ORDER BY on_day, number LIMIT {limit + 1}",
        *where.values,
    )
    following = f"{keys[limit - 1]['on_day']}{BETWEEN}{keys[limit - 1]['number']}" if len(keys) > limit else ""
    numbers = [row["number"] for row in keys[:limit]]
    rows = await Unidentified.visible_to(by).filter(number__in=numbers).order_by("on_day", "number") if numbers else []
    total = await reading.value(
        "SELECT CAST(COALESCE(SUM(left_fen), 0) AS BIGINT) FROM unidentified WHERE left_fen > 0"
    )
    return rows, following, int(total or 0)


async def known(number: str) -> bool:
    """Whether there is one of this number."""
    return bool(await reading.value("SELECT 1 FROM unidentified WHERE number = $1", number))


async def untouched(fens: Collection[int], *, by: Actor) -> list[Unidentified]:
    """What is held of one of these sums and nothing was taken of yet, the longest ago first."""
    if not fens or not by.may("statement.read"):
        return []
    query = Unidentified.visible_to(by).filter(left_fen__in=sorted(fens), fen__in=sorted(fens), channel="bank")
    return await query.order_by("on_day", "number").limit(SHOWN_MAX)


async def of_amount(fen: int, limit: int, *, by: Actor) -> list[Unidentified]:
    """The newest of exactly so much."""
    return await Unidentified.visible_to(by).filter(fen=fen).order_by("-number").limit(limit)


async def uses(number: str, *, after: int = 0, by: Actor) -> tuple[list[Use], int | None]:
    """What became of it, in the order of the books, behind an entry; and behind which the next page goes on.

    A unit's transfer that was held has as many as people gave.
    """
    by.must("statement.read")
    rows = await reading.rows(
        f"SELECT seq, fen FROM unidentified_use WHERE number = $1 AND seq > $2 ORDER BY seq LIMIT {PAGE + 1}",  # noqa: S608 - a number
        number,
        after,
    )
    shown = [Use(row["seq"], row["fen"]) for row in rows[:PAGE]]
    return shown, shown[-1].seq if len(rows) > PAGE else None


async def matches_after(seq: int) -> set[str]:
    """The decisions of what was held behind an entry: movements that follow the journal may not be there yet."""
    return {row["match"] for row in await reading.rows("SELECT match FROM unidentified WHERE seq > $1", seq)}


async def get_return(number: str, *, by: Actor) -> UnidentifiedReturn:
    """One by its number, or unidentified_return.unknown."""
    by.must("statement.read")
    row = await UnidentifiedReturn.visible_to(by).get_or_none(number=number[:NUMBER_MAX].upper())
    if row is None:
        raise rules.UNIDENTIFIED_RETURN_UNKNOWN()
    return row


async def returns_of(number: str, *, by: Actor) -> list[UnidentifiedReturn]:
    """What was asked for of one sum, in order."""
    by.must("statement.read")
    return await UnidentifiedReturn.visible_to(by).filter(unidentified=number).order_by("number").limit(RETURNS_MAX)


async def returns_due(*, by: Actor) -> list[UnidentifiedReturn]:
    """What waits for a cashier, the first asked first."""
    if not by.may("refund.pay"):
        return []
    waiting = UnidentifiedReturn.visible_to(by).filter(status=ReturnStatus.ASKED)
    return await waiting.order_by("number").limit(RETURNS_MAX)
