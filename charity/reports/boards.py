"""What both registers of money do alike: pages and totals of the copy for a notice board, and the look at the books."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from charity import words
from charity.documents import facts
from charity.documents.filters import FUND
from charity.money import yuan
from charity.printing.document import Filters, Page, Totals

Lines = Callable[[Filters, int], Awaitable[list[dict[str, Any]]]]
"""All lines of the copy, numbered from 1 as `n`; they are few: a line a fund, or a programme and class."""
Differences = Callable[[Filters, int], Awaitable[list[str]]]
ReadPage = Callable[[Filters, int, str | None, int], Awaitable[Page]]
ReadTotals = Callable[[Filters, int], Awaitable[Totals]]


def readers(lines: Lines, sums: Sequence[str], differences: Differences) -> tuple[ReadPage, ReadTotals]:
    """`page` and `totals` of the copy for a notice board, compared with the books as the others are.

    The page that follows the totals in one request or one export takes the lines that they added up, once.
    """
    counted: ContextVar[tuple[Filters, int, list[dict[str, Any]]] | None] = ContextVar("counted", default=None)

    async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
        seen, known = facts.place(after, (int,)), counted.get()
        counted.set(None)
        listed = known[2] if known and known[:2] == (filters, seq_max) else await lines(filters, seq_max)
        return facts.cut(listed[seen[0] if seen else 0 :], limit, lambda row: [row["n"]])

    async def totals(filters: Filters, seq_max: int) -> Totals:
        listed = await lines(filters, seq_max)
        counted.set((filters, seq_max, listed))
        added = {name: sum(line[name] for line in listed) for name in sums}
        return Totals(len(listed), added, [], await differences(filters, seq_max))

    return page, totals


def apart(filters: Filters, here: Mapping[str, int], booked: Mapping[str, int]) -> list[str]:
    """The funds of a register whose lines are not what the books say, fen by fund, in words."""
    return [
        words.say(
            "{fund}：台账 {rows} 元，账簿为 {books} 元", fund=fund, rows=yuan(rows), books=yuan(booked.get(fund, 0))
        )
        for fund in sorted({*here, *booked})
        if filters[FUND] in {"", fund} and (rows := here.get(fund, 0)) != booked.get(fund, 0)
    ]
