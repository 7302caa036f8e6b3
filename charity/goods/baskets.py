"""The basket as the till's form carries it: fields in, a changed basket out; no database, no HTTP.

The whole basket travels in the form, so the till works without JavaScript and nothing is kept for a
customer who walks away. Lines are numbered fields: `code.0`, `quantity.0`, `code.1` …
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from charity import tokens
from charity.errors import Refusal
from charity.goods import items, rules
from charity.goods.checkout import LINES_MAX
from charity.goods.intake import LINES_MAX as INTAKE_LINES_MAX
from charity.goods.intake import QUANTITY_MAX
from charity.goods.picking import Line

Data = Mapping[str, str | list[str]]
_TIMES: Final = re.compile(r"([0-9]{1,6})\s*[*×]\s*(\S.*)")
_FIELDS: Final = ("expires_on", "value", "evidence")


def said(data: Data, name: str) -> str:
    """One field as text, trimmed; "" when it was not sent."""
    value = data.get(name, "")
    return (value[-1] if isinstance(value, list) else value).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a basket: a scanned code and a count. The rest is typed text of an intake."""

    code: str
    quantity: int
    expires_on: str = ""
    value: str = ""
    evidence: str = ""

    def hidden(self, n: int) -> dict[str, str]:
        """The fields that carry it."""
        return {f"code.{n}": self.code, f"quantity.{n}": str(self.quantity)}


@dataclass(frozen=True, slots=True)
class Basket:
    """What the form carries. `act` is what was pressed, `scanned` what was read or typed."""

    rows: tuple[Row, ...] = ()
    act: str = "scan"
    scanned: str = ""
    limit: int = LINES_MAX
    card: str = ""
    proxy: bool = False
    proxy_name: str = ""
    proxy_reason: str = ""
    header: Mapping[str, str] = field(default_factory=dict)

    def changed(self) -> "Basket":
        """The basket after less, more, drop or again; the same one for other acts. A count never falls below 1."""
        verb, _, text = self.act.partition(":")
        if verb not in {"less", "more", "drop", "again"} or not text.isascii() or not text.isdigit():
            return self
        n = int(text)
        if n >= len(self.rows):
            return self
        rows = list(self.rows)
        if verb == "drop":
            rows.pop(n)
        elif verb == "again" and len(rows) < self.limit:
            rows.insert(n + 1, Row(rows[n].code, 1))
        elif verb in {"less", "more"}:
            step = 1 if verb == "more" else -1
            rows[n] = replace(rows[n], quantity=min(max(rows[n].quantity + step, 1), QUANTITY_MAX))
        return replace(self, rows=tuple(rows))

    def with_code(self, code: str, quantity: int = 1, *, expires_on: str = "") -> "Basket":
        """The basket with pieces more of a code: on its last line when there is one, else on a new line."""
        rows = list(self.rows)
        for n in range(len(rows) - 1, -1, -1):
            if rows[n].code == code:
                rows[n] = replace(rows[n], quantity=min(rows[n].quantity + quantity, QUANTITY_MAX))
                return replace(self, rows=tuple(rows))
        if len(rows) >= self.limit:
            raise rules.BASKET_FULL(limit=self.limit)
        return replace(self, rows=(*rows, Row(code, quantity, expires_on)))

    def lines(self) -> list[Line]:
        """The rows as the checkout takes them."""
        return [
            Line(row.quantity, lot=row.code) if tokens.lot_valid(row.code) else Line(row.quantity, barcode=row.code)
            for row in self.rows
        ]


def read(data: Data, *, limit: int = LINES_MAX, header: Sequence[str] = ()) -> Basket:
    """The basket of a posted till. A count that cannot be read is 0 and refused by whoever uses it."""
    rows = []
    for n in range(limit):
        code = tokens.normalise(said(data, f"code.{n}"))[: tokens.TEXT_MAX]
        if not code:
            break
        rows.append(Row(code, _count(said(data, f"quantity.{n}")), *(said(data, f"{name}.{n}") for name in _FIELDS)))
    return Basket(
        rows=tuple(rows),
        act=said(data, "act") or "scan",
        scanned=said(data, "scan"),
        limit=limit,
        card=tokens.normalise(said(data, "card"))[: tokens.TEXT_MAX],
        proxy=bool(said(data, "proxy")),
        proxy_name=said(data, "proxy_name"),
        proxy_reason=said(data, "proxy_reason"),
        header={name: said(data, name) for name in header},
    )


def read_intake(data: Data, header: Sequence[str]) -> Basket:
    """The basket of the intake screen."""
    return read(data, limit=INTAKE_LINES_MAX, header=header)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text[:8]) <= QUANTITY_MAX else 0


def counted(text: str) -> tuple[int, str]:
    """`12*2001000100002` is twelve of that code; a bare code is one. Codes come normalised."""
    match = _TIMES.fullmatch(text.strip())
    if match is None:
        return 1, tokens.normalise(text[: tokens.TEXT_MAX])
    return min(max(int(match[1]), 1), QUANTITY_MAX), tokens.normalise(match[2][: tokens.TEXT_MAX])


def unknown_code(code: str) -> Refusal | None:
    """What is wrong with a code that is neither lot nor card; None when it can be a barcode."""
    if code.startswith(tokens.LOT_PREFIX):
        return rules.LOT_CODE(lot=code)
    if code.startswith(tokens.CARD_PREFIX):
        return rules.CARD_UNREADABLE()
    return items.unreadable(code)
