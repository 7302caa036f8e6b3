"""What the journal moved at each place of money, entry by entry, for whoever follows it (charity/bank/matching).

The journal only grows and has no gap, so whoever has read to an entry reads on behind it. An event may be many entries
with seqs in a row (a roster): they were committed at once, so that up to the head every event is whole.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading
from charity.ledger import accounts as acc


@dataclass(frozen=True, slots=True)
class Moved:
    """What one entry moved at one place, all funds together, fen: in positive, out negative, never 0."""

    seq: int
    place: str
    fen: int
    kind: str
    on: str
    facts: dict[str, Any]
    reverses: int | None


async def head() -> int:
    """The last entry of the journal."""
    return int(await reading.value("SELECT seq FROM head WHERE id = 1"))


async def between(first: int, last: int, charts: Sequence[str]) -> list[Moved]:
    """What the entries from `first` to `last` moved at places of these charts, in their order."""
    rows = await reading.rows(
        "SELECT p.seq, a.chart, a.place, CAST(SUM(p.quantity) AS BIGINT) AS fen FROM posting p "  # noqa: S608 - places
        "JOIN account a ON a.id = p.account WHERE p.seq >= $1 AND p.seq <= $2 AND a.fund > '' "
        f"AND a.chart IN ({reading.places(len(charts), 3)}) GROUP BY p.seq, a.chart, a.place "
        "HAVING SUM(p.quantity) <> 0 ORDER BY p.seq, a.chart, a.place",
        first,
        last,
        *charts,
    )
    if not rows:
        return []
    heads = {
        row["seq"]: row
        for row in await reading.rows(
            "SELECT seq, kind, effective_on, reverses, body FROM entry WHERE seq >= $1 AND seq <= $2",
            rows[0]["seq"],
            rows[-1]["seq"],
        )
    }
    facts = {seq: json.loads(heads[seq]["body"])["facts"] for seq in {row["seq"] for row in rows}}
    return [
        Moved(
            row["seq"],
            f"{row['chart']}/{row['place']}",
            row["fen"],
            heads[row["seq"]]["kind"],
            heads[row["seq"]]["effective_on"],
            facts[row["seq"]],
            heads[row["seq"]]["reverses"],
        )
        for row in rows
    ]


async def summed(last: int, charts: Sequence[str]) -> dict[str, int]:
    """What the entries up to `last` moved at each place of these charts together, fen; without what is 0."""
    rows = await reading.rows(
        "SELECT a.chart, a.place, CAST(SUM(p.quantity) AS BIGINT) AS fen FROM posting p "  # noqa: S608 - places
        f"JOIN account a ON a.id = p.account WHERE p.seq <= $1 AND a.fund > '' AND a.chart IN "
        f"({reading.places(len(charts), 2)}) GROUP BY a.chart, a.place HAVING SUM(p.quantity) <> 0",
        last,
        *charts,
    )
    return {f"{row['chart']}/{row['place']}": row["fen"] for row in rows}


async def held_at(place: str, *, on: str) -> int:
    """What lay in a place at the end of a day, all funds together, fen."""
    chart, _, name = place.partition("/")
    return int(
        await reading.value(
            "SELECT CAST(COALESCE(SUM(h.quantity - COALESCE((SELECT SUM(t.debit - t.credit) FROM turnover t "
            "WHERE t.account = a.id AND t.unit = h.unit AND t.day > $3), 0)), 0) AS BIGINT) FROM account a "
            "CROSS JOIN holding h WHERE a.chart = $1 AND a.place = $2 AND a.fund > '' AND h.account = a.id "
            "AND h.unit = (SELECT id FROM unit WHERE code = $4)",
            chart,
            name,
            on,
            acc.CNY,
        )
        or 0
    )


async def touched(place: str, *, after: int, on: str) -> bool:
    """Whether an entry behind `after` lies at this place on this day or before it."""
    chart, _, name = place.partition("/")
    return bool(
        await reading.value(
            "SELECT 1 FROM posting p JOIN account a ON a.id = p.account JOIN entry e ON e.seq = p.seq "
            "WHERE p.seq > $1 AND a.chart = $2 AND a.place = $3 AND a.fund > '' AND e.effective_on <= $4 LIMIT 1",
            after,
            chart,
            name,
            on,
        )
    )
