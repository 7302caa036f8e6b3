"""Reading the journal and its balances, for auditors and for registers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from charity.db import reading
from charity.db.paging import Where

ENTRIES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number and instant; and the last day of closed periods, "" while none is closed."""

    seq: int
    at: str
    closed_through: str


async def head() -> Head:
    """Where the journal ends; in books without an entry it is number 0."""
    return Head(**await reading.only("SELECT seq, at, closed_through FROM head WHERE id = 1"))


def open_day(day: str, closed_through: str) -> str:
    """The day itself, or the first open one after a closed period."""
    if day > closed_through:
        return day
    return (date.fromisoformat(closed_through) + timedelta(days=1)).isoformat()


async def id_of(seq: int) -> str:
    """The random id of an entry."""
    return str(await reading.value("SELECT id16 FROM entry WHERE seq = $1", seq))


async def leaf_of(seq: int) -> str | None:
    """The hash of an entry, hex; None when there is none of this seq."""
    leaf = await reading.value("SELECT leaf FROM entry WHERE seq = $1", seq)
    return None if leaf is None else str(leaf)


async def facts(name: str, seqs: Sequence[int]) -> dict[int, str]:
    """One fact of these entries by seq, as text; an entry without it is missing."""
    result: dict[int, str] = {}
    for n in range(0, len(seqs), ENTRIES_MAX):
        part = seqs[n : n + ENTRIES_MAX]
        sql = f"SELECT seq, body FROM entry WHERE seq IN ({reading.places(len(part))})"  # noqa: S608
        bodies = {seq: json.loads(body)["facts"] for seq, body in await reading.tuples(sql, *part)}
        result |= {seq: str(body[name]) for seq, body in bodies.items() if name in body}
    return result


async def bodies(seqs: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What these entries say, by seq; `leaf` is added to each. One that is not there is missing."""
    wanted, by_seq = sorted(set(seqs)), dict[int, dict[str, Any]]()
    for n in range(0, len(wanted), ENTRIES_MAX):
        part = wanted[n : n + ENTRIES_MAX]
        sql = f"SELECT seq, body, leaf FROM entry WHERE seq IN ({reading.places(len(part))})"  # noqa: S608
        by_seq |= {seq: {**json.loads(body), "leaf": leaf} for seq, body, leaf in await reading.tuples(sql, *part)}
    return by_seq


async def of_kinds(kinds: Sequence[str]) -> set[int]:
    """The seqs of all entries of these kinds."""
    sql = f"SELECT seq FROM entry WHERE kind IN ({reading.places(len(kinds))})"  # noqa: S608
    return {seq for (seq,) in await reading.tuples(sql, *kinds)}


async def after(seq: int, *, limit: int = 100) -> list[dict[str, Any]]:
    """Entries behind `seq`, oldest first, with their postings; `body` is the hashed text itself."""
    rows = await reading.rows(
        "SELECT seq, id16 AS id, kind, recorded_at, effective_on, reverses, prev, leaf, body FROM entry "
        "WHERE seq > $1 ORDER BY seq LIMIT $2",
        seq,
        min(limit, ENTRIES_MAX),
    )
    if not rows:
        return []
    lines: dict[int, list[dict[str, Any]]] = {r["seq"]: [] for r in rows}
    for p in await reading.rows(
        "SELECT p.seq, a.code AS account, u.code AS unit, p.quantity FROM posting p "
        "JOIN account a ON a.id = p.account JOIN unit u ON u.id = p.unit "
        "WHERE p.seq > $1 AND p.seq <= $2 ORDER BY p.seq, p.n",
        seq,
        rows[-1]["seq"],
    ):
        lines[p["seq"]].append({"account": p["account"], "unit": p["unit"], "quantity": p["quantity"]})
    return [{**row, "postings": lines[row["seq"]]} for row in rows]


async def latest(before: int, *, limit: int) -> list[dict[str, Any]]:
    """Entries newest first, before one or from the end (0), with `facts` and `amount_fen` (what each debited)."""
    rows = await reading.rows(
        "SELECT e.seq, e.kind, e.recorded_at, e.effective_on, e.reverses, e.body, "
        "CAST(COALESCE((SELECT SUM(p.quantity) FROM posting p JOIN unit u ON u.id = p.unit WHERE p.seq = e.seq "
        "AND u.code = 'CNY' AND p.quantity > 0), 0) AS BIGINT) AS amount_fen "
        "FROM entry e WHERE e.seq < $1 ORDER BY e.seq DESC LIMIT $2",
        before or (await head()).seq + 1,
        min(limit, ENTRIES_MAX),
    )
    return [{**row, "facts": json.loads(row.pop("body"))["facts"]} for row in rows]


async def reversed_by(seq: int) -> int | None:
    """The entry that reverses this one."""
    value = await reading.value("SELECT seq FROM entry WHERE reverses = $1", seq)
    return None if value is None else int(value)


async def balances(
    *, on: str | None = None, fund: str | None = None, account: str | None = None, after: str = "", limit: int = 1000
) -> list[dict[str, Any]]:
    """Balances of account and unit pairs as of the end of a business date, or now; by account, then as units were made.

    `account` matches a whole code or a leading part of it (`1002` finds `1002/ICBC-01/F-EDU`).
    `after` is the cursor `account|unit` of the last row of the page before.
    """
    place, _, unit = after.partition("|")
    seen = int(await reading.value("SELECT id FROM unit WHERE code = $1", unit) or 0) if unit else 0
    chosen = _Balances(on, fund, account)
    rows = await chosen.rows(Where().add("a.code = ?", place), seen, limit) if place else []
    if len(rows) < limit:
        rows += await chosen.rows(Where().add("a.code > ?", place), 0, limit - len(rows))
    return [{**row, "quantity": int(row["quantity"])} for row in rows]


@dataclass(frozen=True, slots=True)
class _Balances:
    """Which balances are asked for. Both sources are read in the order of their key: a page is all that is read."""

    on: str | None
    fund: str | None
    account: str | None

    async def rows(self, where: Where, seen: int, limit: int) -> list[dict[str, Any]]:
        where.chosen("a.fund", self.fund or "")
        if self.account:
            like = self.account.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "/%"
            where.add("(a.code = ? OR a.code LIKE ? ESCAPE '!')", self.account, like)
        if self.on is None:
            where.add("h.account = a.id AND h.quantity <> 0 AND h.unit > ?", seen)
            source, quantity, group = "holding", "h.quantity", ""
        else:
            where.add("h.account = a.id AND h.unit > ? AND h.day <= ?", seen, self.on)
            source, quantity = "turnover", "SUM(h.debit - h.credit)"
            group = "GROUP BY a.code, h.unit HAVING SUM(h.debit - h.credit) <> 0 "
        pairs = (
            f"SELECT a.code AS account, h.unit, {quantity} AS quantity FROM account a CROSS JOIN {source} h "  # noqa: S608
            f"WHERE {where.text} {group}ORDER BY a.code, h.unit LIMIT {int(limit)}"
        )
        sql = f"SELECT x.account, u.code AS unit, x.quantity FROM ({pairs}) x JOIN unit u ON u.id = x.unit "  # noqa: S608
        return await reading.rows(f"{sql}ORDER BY x.account, x.unit", *where.values)
