"""Reading the journal and its balances, for auditors and for registers."""

from dataclasses import dataclass
from typing import Any

from charity.db import reading

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


async def id_of(seq: int) -> str:
    """The random id of an entry."""
    return str(await reading.value("SELECT id16 FROM entry WHERE seq = $1", seq))


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


async def balances(
    *, on: str | None = None, fund: str | None = None, account: str | None = None, after: str = "", limit: int = 1000
) -> list[dict[str, Any]]:
    """Balances of account and unit pairs as of the end of a business date, or now.

    `account` matches a whole code or a leading part of it (`1002` finds `1002/ICBC-01/F-EDU`).
    `after` is the cursor `account|unit` of the last row of the page before.
    """
    where, args = ["a.code || '|' || u.code > $1"], [after]
    if fund:
        args.append(fund)
        where.append(f"a.fund = ${len(args)}")
    if account:
        args += [account, account.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "/%"]
        where.append(f"(a.code = ${len(args) - 1} OR a.code LIKE ${len(args)} ESCAPE '!')")
    if on is None:
        source, quantity = "holding", "h.quantity"
    else:
        args.append(on)
        where.append(f"h.day <= ${len(args)}")
        source, quantity = "turnover", "SUM(h.debit - h.credit)"
    group = "" if on is None else "GROUP BY a.code, u.code HAVING SUM(h.debit - h.credit) <> 0 "
    nonzero = " AND h.quantity <> 0" if on is None else ""
    rows = await reading.rows(
        f"SELECT a.code AS account, u.code AS unit, {quantity} AS quantity FROM {source} h "  # noqa: S608
        "JOIN account a ON a.id = h.account JOIN unit u ON u.id = h.unit "
        f"WHERE {' AND '.join(where)}{nonzero} {group}"
        f"ORDER BY a.code || '|' || u.code LIMIT {int(limit)}",
        *args,
    )
    return [{**row, "quantity": int(row["quantity"])} for row in rows]
