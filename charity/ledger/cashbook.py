"""Cash books 日记账: what each journal voucher moved at the places of money, up to an entry, in the order of days.

Always true: what a place had before a period, with what its lines brought and took, is what it has at the end. A
voucher that moves money only between funds of one place has no line there. What was posted behind the entry is counted
back: while a register is read that is little.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from charity import days
from charity.db import reading
from charity.db.paging import Where
from charity.ledger import accounts as acc
from charity.ledger import journal_vouchers, moved
from charity.ledger.journal_vouchers import Voucher

_NET = "SUM(l.debit_fen - l.credit_fen)"
_LINES = "FROM account a CROSS JOIN journal_line l CROSS JOIN journal_voucher v WHERE"


@dataclass(frozen=True, slots=True)
class Line:
    """What a voucher brought to a place (positive) or took from it, fen. `entries` are those up to the last."""

    voucher: Voucher
    entries: int
    fen: int


@dataclass(frozen=True, slots=True)
class Month:
    """The lines of a month in the period: how many, on how many days, and their sums."""

    month: str
    count: int
    days: int
    in_fen: int
    out_fen: int


@dataclass(frozen=True, slots=True)
class Book:
    """A place in a period: what it had before, its months that have lines, and what the holdings say it has after."""

    place: str
    opening_fen: int
    months: list[Month]
    closing_fen: int


@dataclass(slots=True)
class _Behind:
    """What entries behind the last one moved: (place, day, fen) each, and by place and voucher fen and entries."""

    moved: list[tuple[str, str, int]] = field(default_factory=list)
    by_voucher: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def until(self, place: str, day: str) -> int:
        """What they moved at a place up to the end of a day."""
        return sum(fen for at, on, fen in self.moved if at == place and on <= day)


async def books(places: Collection[str], begin: str, end: str, last: int) -> list[Book]:
    """The books of these places from `begin` to `end`, both included, with the entries up to `last`."""
    behind, months = await _behind(places, last), await _months(places, begin, end, last)
    before = (date.fromisoformat(begin) - timedelta(days=1)).isoformat()
    grown = {row["number"]: row for row in await journal_vouchers.some(sorted({n for _, n in behind.by_voucher}))}
    for (place, number), (fen, _) in behind.by_voucher.items():
        row = grown[number]
        if row["first_seq"] <= last and (month := months[place].get(row["month"])) and begin <= row["day"] <= end:
            month["in_fen"] -= fen  # only gifts join a voucher that others began
    return [
        Book(
            place,
            await moved.held_at(place, on=before) - behind.until(place, before),
            [Month(**months[place][month]) for month in sorted(months[place])],
            await moved.held_at(place, on=end) - behind.until(place, end),
        )
        for place in places
    ]


async def lines(place: str, begin: str, end: str, last: int) -> list[Line]:
    """The lines of a place from `begin` to `end` by day and number, with the entries up to `last`."""
    where = _within([place], begin, end, last)
    rows = await reading.rows(
        f"SELECT l.number, CAST({_NET} AS BIGINT) AS fen {_LINES} {where.text} GROUP BY l.number HAVING {_NET} <> 0",
        *where.values,
    )
    fen, behind = {row["number"]: row["fen"] for row in rows}, await _behind([place], last)
    vouchers: list[Voucher] = []
    numbers = sorted(fen)
    for at in range(0, len(numbers), journal_vouchers.CHUNK):
        vouchers += await journal_vouchers.some(numbers[at : at + journal_vouchers.CHUNK])
    listed = []
    for row in sorted(vouchers, key=lambda row: (row["day"], row["month"], row["n"])):
        grown, entries = behind.by_voucher.get((place, row["number"]), [0, 0])
        listed.append(Line(row, row["entries"] - entries, fen[row["number"]] - grown))
    return listed


async def _months(places: Collection[str], begin: str, end: str, last: int) -> dict[str, dict[str, dict[str, Any]]]:
    """By place and month what its lines come to."""
    months: dict[str, dict[str, dict[str, Any]]] = {place: {} for place in places}
    where = _within(places, begin, end, last)
    rows = await reading.rows(
        "SELECT x.chart, x.place, substr(x.day, 1, 7) AS month, COUNT(*) AS count, COUNT(DISTINCT x.day) AS days, "  # noqa: S608
        "CAST(SUM(CASE WHEN x.fen > 0 THEN x.fen ELSE 0 END) AS BIGINT) AS in_fen, "
        "CAST(SUM(CASE WHEN x.fen < 0 THEN -x.fen ELSE 0 END) AS BIGINT) AS out_fen "
        f"FROM (SELECT a.chart, a.place, v.day, l.number, CAST({_NET} AS BIGINT) AS fen {_LINES} {where.text} "
        f"GROUP BY a.chart, a.place, v.day, l.number HAVING {_NET} <> 0) x "
        "GROUP BY x.chart, x.place, substr(x.day, 1, 7)",
        *where.values,
    )
    for row in rows:
        months[f"{row.pop('chart')}/{row.pop('place')}"][row["month"]] = row
    return months


def _within(places: Collection[str], begin: str, end: str, last: int) -> Where:
    """Lines of these places whose vouchers are of the period and began up to the last entry."""
    where = Where().add("a.fund > ''")
    parts = [part for place in places for part in place.split("/", 1)]
    where.add(f"({' OR '.join(['(a.chart = ? AND a.place = ?)'] * len(places))})", *parts)
    where.add("l.account = a.code").add("v.number = l.number")
    where.add("l.number >= ?", begin[:7].replace("-", ""))
    where.add("l.number < ?", days.month_after(f"{end[:7]}-01")[:7].replace("-", ""))
    return where.add("v.day >= ?", begin).add("v.day <= ?", end).add("v.first_seq <= ?", last)


async def _behind(places: Collection[str], last: int) -> _Behind:
    """What entries behind `last` moved at these places."""
    behind = _Behind()
    rows = await reading.rows(
        "SELECT p.seq, e.effective_on AS day, a.chart, a.place, CAST(SUM(p.quantity) AS BIGINT) AS fen "  # noqa: S608
        "FROM posting p JOIN account a ON a.id = p.account JOIN entry e ON e.seq = p.seq "
        f"WHERE p.seq > $1 AND a.fund > '' AND a.chart IN ({reading.places(len(acc.MONEY_PLACES), 2)}) "
        "GROUP BY p.seq, e.effective_on, a.chart, a.place HAVING SUM(p.quantity) <> 0",
        last,
        *acc.MONEY_PLACES,
    )
    wanted = [row for row in rows if f"{row['chart']}/{row['place']}" in places]
    numbers = await journal_vouchers.numbers_of([row["seq"] for row in wanted])
    for row in wanted:
        place = f"{row['chart']}/{row['place']}"
        behind.moved.append((place, row["day"], row["fen"]))
        sums = behind.by_voucher[place, numbers[row["seq"]]]
        sums[0] += row["fen"]
        sums[1] += 1
    return behind
