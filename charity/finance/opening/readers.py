"""The opening as staff read it: the draft or what was booked, and whether there can still be one."""

from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.finance.models import OPENING, OpeningRow
from charity.finance.opening.content import Line, lines_of, stock_of
from charity.goods.opening import StockLine
from charity.ledger import entries
from charity.roles import Actor

_COLUMNS = ", ".join(sorted(OPENING.columns))


@dataclass(frozen=True, slots=True)
class OpeningView:
    """The draft or the booked opening, None while there is none; `begun`: how many entries the books have."""

    row: OpeningRow | None
    lines: list[Line]
    stock: list[StockLine]
    begun: int


async def get(*, by: Actor) -> OpeningView:
    """The opening as it stands."""
    by.must("opening.read")
    row: Any = await reading.row(f"SELECT {_COLUMNS} FROM opening")  # noqa: S608 - names from code
    lines, stock = (lines_of(row["content"]), stock_of(row["stock"])) if row else ([], [])
    return OpeningView(row, lines, stock, (await entries.head()).seq)
