"""What of an opening is confirmed: the day, the money line by line, the goods by sums and the hash of their lines.

The goods may be 20,000 lines: they are kept as one canonical text of their own, and the content stays short enough to
come back with a refusal.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from charity.goods.opening import StockLine
from charity.ledger import canonical
from charity.ledger.content import Content, hashed


@dataclass(frozen=True, slots=True)
class Line:
    """Money of one fund in one place, fen."""

    fund: str
    place: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class StockSum:
    """What a fund has in a store: lines, pieces, and what they are carried at, fen."""

    store: str
    fund: str
    lines: int
    pieces: int
    value_fen: int


def shown(on: str, lines: Sequence[Line], stock: Sequence[StockLine] = ()) -> Content:
    """What is confirmed: the day, every line of money, the goods, and the total of both."""
    ordered = sorted(lines, key=lambda line: (line.fund, line.place))
    facts: dict[str, Any] = {
        "on": on,
        "lines": [{"fund": line.fund, "place": line.place, "amount_fen": line.amount_fen} for line in ordered],
        "total_fen": sum(line.amount_fen for line in lines) + sum(line.value_fen for line in stock),
    }
    if stock:  # an opening of money alone has the content it always had
        sums = [
            {"store": s.store, "fund": s.fund, "lines": s.lines, "pieces": s.pieces, "value_fen": s.value_fen}
            for s in stock_sums(stock)
        ]
        facts["stock"] = {"lines": len(stock), "sha256": stock_hash(stock), "sums": sums}
    return Content(facts=facts)


def lines_of(content: str) -> list[Line]:
    """The lines of money of a stored content."""
    return [Line(line["fund"], line["place"], line["amount_fen"]) for line in json.loads(content)["lines"]]


def stock_text(stock: Sequence[StockLine]) -> str:
    """The lines of goods as canonical text, in the order in which they were written."""
    names = ("store", "barcode", "quantity", "unit_value_fen", "total_value_fen", "fund")
    rows = [
        {**{name: getattr(line, name) for name in names}, "expires_on": line.last_day}
        | ({"checked": True} if line.checked else {})
        for line in stock
    ]
    return canonical.body_text({"stock": rows})


def stock_hash(stock: Sequence[StockLine]) -> str | None:
    """SHA-256 of that text, hex; None without goods."""
    return hashed(stock_text(stock)) if stock else None


def stock_of(text: str | None) -> list[StockLine]:
    """The lines of goods of a stored text."""
    if text is None:
        return []
    rows = json.loads(text)["stock"]
    return [StockLine(**{**row, "expires_on": _day(row["expires_on"])}) for row in rows]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def stock_sums(stock: Sequence[StockLine]) -> list[StockSum]:
    """By store and fund."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in stock:
        one = sums[line.store, line.fund]
        for n, amount in enumerate((1, line.quantity, line.value_fen)):
            one[n] += amount
    return [StockSum(*place, *amounts) for place, amounts in sorted(sums.items())]
