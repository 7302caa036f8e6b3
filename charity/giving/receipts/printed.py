"""What a receipt for goods prints, kept when it is issued: goods are named, counted and valued once.

Giving stands below goods: whoever takes goods in passes their lines, and nothing asks the shelf again. A
receipt that replaces another prints the same lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.giving.models import RECEIPT_ITEM, ReceiptItemRow
from charity.ledger.loading import Loader
from charity.ledger.state import State

_COLUMNS = "number, name, measure, quantity, price_fen, evidence"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Goods of one kind and price. `price_fen` a piece, 0 when without evidence of value; `quantity` in `measure`."""

    name: str
    measure: str
    quantity: int
    price_fen: int
    evidence: str

    @property
    def amount_fen(self) -> int:
        """The value of the line, fen."""
        return self.quantity * self.price_fen


def keep(state: State, number: str, lines: Sequence[GoodsLine]) -> None:
    """Add the lines of a receipt in the order in which they are printed."""
    for n, line in enumerate(lines, 1):
        item = ReceiptItemRow(
            number=number,
            n=n,
            name=line.name,
            measure=line.measure,
            quantity=line.quantity,
            price_fen=line.price_fen,
            evidence=line.evidence,
        )
        state.add(RECEIPT_ITEM, item)


async def loaded(loader: Loader, number: str) -> list[GoodsLine]:
    """The lines of a receipt, also of one that an earlier command of the batch issued; for `Command.load`."""
    stored = await loader.rows(f"SELECT {_COLUMNS} FROM receipt_item WHERE number = $1 ORDER BY n", number)  # noqa: S608
    return [_line(row) for row in [*stored, *loader.added(RECEIPT_ITEM, number=number)]]


async def goods_lines(numbers: Sequence[str]) -> dict[str, list[GoodsLine]]:
    """The lines of each of these receipts in order; one for money has none and is missing."""
    lines: dict[str, list[GoodsLine]] = {}
    if numbers:
        sql = f"SELECT {_COLUMNS} FROM receipt_item WHERE number IN ({reading.places(len(numbers))}) ORDER BY number, n"  # noqa: S608
        for row in await reading.rows(sql, *numbers):
            lines.setdefault(row["number"], []).append(_line(row))
    return lines


def _line(row: Mapping[str, Any]) -> GoodsLine:
    return GoodsLine(row["name"], row["measure"], row["quantity"], row["price_fen"], row["evidence"])
