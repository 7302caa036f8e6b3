"""Entries as the recount reads them: their bodies and nothing else. It imports nothing of the product."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MONEY = ("1001", "1002", "1009", "2209")
"""Charts of the money that a fund may use, and of what it owes to givers."""


@dataclass(frozen=True)
class Line:
    """A posting: chart, place and fund of its account ("" where it has none), its unit and quantity, debit positive."""

    account: str
    chart: str
    place: str
    fund: str
    unit: str
    quantity: int


@dataclass
class Entry:
    """An entry; `undone` is the one that it reverses."""

    seq: int
    kind: str
    day: str
    party: str
    facts: dict[str, Any]
    lines: list[Line]
    undone: "Entry | None" = None
    at: str = ""
    cny: list[Line] = field(default_factory=list)

    def fen(self, *charts: str, fund: str = "") -> int:
        """What it posts to these charts of one fund, or of all, debit positive."""
        return sum(line.quantity for line in self.cny if line.chart in charts and fund in {"", line.fund})

    def money(self) -> dict[str, int]:
        """What it adds to the money of each fund, fen; funds of which nothing moves are left away."""
        sums: dict[str, int] = {}
        for line in self.cny:
            if line.chart in MONEY:
                sums[line.fund] = sums.get(line.fund, 0) + line.quantity
        return {fund: fen for fund, fen in sums.items() if fen}


def entries(rows: Iterable[Sequence[Any]]) -> dict[int, Entry]:
    """The journal by seq, of rows (seq, kind, body) in their order."""
    journal: dict[int, Entry] = {}
    for seq, kind, text in rows:
        body = json.loads(text)
        lines = [_line(*posting) for posting in body["postings"]]
        journal[seq] = Entry(
            seq,
            kind,
            body["effective_on"],
            body["party"],
            body["facts"],
            lines,
            journal[body["reverses"]] if "reverses" in body else None,
            body["recorded_at"],
            [line for line in lines if line.unit == "CNY"],
        )
    return journal


def _line(account: str, unit: str, quantity: int) -> Line:
    if unit != "CNY":
        return Line(account, "", account, "", unit, quantity)
    chart, place, fund = account.split("/")
    return Line(account, chart, place, fund, unit, quantity)
