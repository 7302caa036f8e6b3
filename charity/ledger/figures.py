"""What the books say for a register: sums of turnover up to one place in the journal.

Turnover has no seq, so what was posted after `seq_max` is taken off again in the same statement: one
statement is one snapshot on both databases. Figures are fen or pieces, debit positive. CROSS JOIN
tells SQLite, which has no statistics, to begin with the few accounts and not with all entries.
"""

from typing import Any

from charity.db import reading
from charity.ledger import accounts as acc

RESULT_CHARTS = ("31%", "32%", "4%", "5%", acc.AGENCY_DEBT)
"""What changes the worth of a fund (`accounts.changes_worth`), as LIKE patterns."""


_CNY = "(SELECT id FROM unit WHERE code = 'CNY')"


_LATER = "FROM entry e CROSS JOIN posting p CROSS JOIN account a WHERE p.seq = e.seq AND a.id = p.account AND"
_LATER_UNITS = (
    "FROM entry e CROSS JOIN posting p CROSS JOIN unit u CROSS JOIN account a "
    "WHERE p.seq = e.seq AND u.id = p.unit AND a.id = p.account AND"
)
GOODS_KINDS = "'goods.opening', 'goods.gift', 'goods.purchase', 'goods.issue', 'goods.reversal'"
"""Entries that move lots; one that is missing here makes the register of stock differ from its check line."""


def _charts(charts: tuple[str, ...], first: int) -> str:
    return "(" + " OR ".join(f"a.chart LIKE ${n}" for n in range(first, first + len(charts))) + ")"


async def by_fund(charts: tuple[str, ...], begin: str, end: str, seq_max: int) -> dict[str, int]:
    """Debit less credit of these charts (LIKE patterns) by fund, for effective dates begin to end."""
    where = _charts(charts, 4)
    rows = await reading.rows(
        "SELECT x.fund, CAST(SUM(x.net) AS BIGINT) AS net FROM ("  # noqa: S608 - places only
        f"SELECT a.fund AS fund, t.debit - t.credit AS net FROM account a CROSS JOIN turnover t WHERE {where} "
        f"AND t.account = a.id AND t.unit = {_CNY} AND t.day >= $1 AND t.day <= $2 UNION ALL "
        f"SELECT a.fund AS fund, -p.quantity AS net {_LATER} e.seq > $3 AND e.effective_on >= $1 "
        f"AND e.effective_on <= $2 AND {where}"
        ") x GROUP BY x.fund",
        begin,
        end,
        seq_max,
        *charts,
    )
    return {row["fund"]: row["net"] for row in rows}


async def by_day(charts: tuple[str, ...], fund: str, begin: str, end: str, seq_max: int) -> dict[str, int]:
    """Debit less credit of these charts of a fund by day, for effective dates begin to end."""
    where = _charts(charts, 5)
    rows = await reading.rows(
        "SELECT x.day, CAST(SUM(x.net) AS BIGINT) AS net FROM ("  # noqa: S608 - places only
        f"SELECT t.day AS day, t.debit - t.credit AS net FROM account a CROSS JOIN turnover t WHERE {where} "
        f"AND a.fund = $4 AND t.account = a.id AND t.unit = {_CNY} AND t.day >= $1 AND t.day <= $2 UNION ALL "
        f"SELECT e.effective_on AS day, -p.quantity AS net {_LATER} e.seq > $3 AND e.effective_on >= $1 "
        f"AND e.effective_on <= $2 AND a.fund = $4 AND {where}"
        ") x GROUP BY x.day",
        begin,
        end,
        seq_max,
        fund,
        *charts,
    )
    return {row["day"]: row["net"] for row in rows}


async def agency_debt(begin: str, end: str, seq_max: int) -> dict[str, int]:
    """What agency debt 2601 changed by fund, debit less credit, fen, but for what stood there when the books opened."""
    changed = await by_fund((acc.AGENCY_DEBT,), begin, end, seq_max)
    rows = await reading.rows(
        "SELECT a.fund AS fund, p.quantity AS fen FROM entry e CROSS JOIN posting p CROSS JOIN account a "
        "WHERE e.kind IN ('opening', 'goods.opening') AND e.effective_on >= $1 AND e.effective_on <= $2 "
        "AND e.seq <= $3 AND p.seq = e.seq AND a.id = p.account AND a.chart = $4",
        begin,
        end,
        seq_max,
        acc.AGENCY_DEBT,
    )
    for row in rows:
        changed[row["fund"]] = changed.get(row["fund"], 0) - row["fen"]
    return changed


async def worth_by_day(funds: list[str], days: list[str], seq_max: int) -> dict[str, list[tuple[str, int]]]:
    """What each fund is worth at the end of each of its days from the first to the last of `days`, in day order, fen.

    What it was worth before is the first line, under the day "": whole months from the kept sums, so that only
    the days from the first month on are read.
    """
    if not funds or not days:
        return {}
    where = _charts(RESULT_CHARTS, 5)
    places = reading.places(len(funds), 5 + len(RESULT_CHARTS))
    rows = await reading.rows(
        "SELECT x.fund, x.day, CAST(SUM(x.net) AS BIGINT) AS net FROM ("  # noqa: S608 - places only
        f"SELECT fund, '' AS day, worth_fen AS net FROM fund_month WHERE fund IN ({places}) "
        "AND month < substr($4, 1, 7) UNION ALL "
        "SELECT a.fund AS fund, CASE WHEN t.day < $3 THEN '' ELSE t.day END AS day, t.credit - t.debit AS net "
        f"FROM account a CROSS JOIN turnover t WHERE {where} AND a.fund IN ({places}) AND t.account = a.id "
        f"AND t.unit = {_CNY} AND t.day >= $4 AND t.day <= $1 UNION ALL "
        "SELECT a.fund AS fund, CASE WHEN e.effective_on < $3 THEN '' ELSE e.effective_on END AS day, "
        f"p.quantity AS net {_LATER} e.seq > $2 AND e.effective_on <= $1 AND {where} AND a.fund IN ({places})"
        ") x GROUP BY x.fund, x.day ORDER BY x.fund, x.day",
        max(days),
        seq_max,
        min(days),
        f"{min(days)[:7]}-01",
        *RESULT_CHARTS,
        *funds,
    )
    worths: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        worth = worths.setdefault(row["fund"], [])
        worth.append((row["day"], (worth[-1][1] if worth else 0) + row["net"]))
    return worths


async def fund_kinds() -> dict[str, str]:
    """Each fund's kind: unrestricted, restricted or agency."""
    return {row["code"]: row["kind"] for row in await reading.rows("SELECT code, kind FROM fund")}


async def shelves(end: str, seq_max: int, *, before: bool = False) -> dict[tuple[str, str], int]:
    """Pieces by (store place, lot unit) at the end of a day, or at its beginning with `before`.

    Counted back from what stands there now: what moved since is little, what ever moved is not.
    """
    since, until = (">=", "<") if before else (">", "<=")
    rows = await reading.rows(
        "SELECT x.place, x.unit, CAST(SUM(x.net) AS BIGINT) AS net FROM ("  # noqa: S608 - constant signs
        "SELECT o.place AS place, 'lot:' || o.lot AS unit, o.quantity AS net FROM on_hand o "
        "WHERE o.place LIKE 'store:%' UNION ALL "
        "SELECT a.place AS place, u.code AS unit, t.credit - t.debit AS net FROM turnover t "
        "CROSS JOIN unit u CROSS JOIN account a WHERE a.id = t.account AND u.id = t.unit "
        f"AND t.day {since} $1 AND u.kind = 'lot' AND a.place LIKE 'store:%' UNION ALL "
        "SELECT a.place AS place, u.code AS unit, -p.quantity AS net "
        f"{_LATER_UNITS} e.seq > $2 AND e.effective_on {until} $1 AND u.kind = 'lot' AND a.place LIKE 'store:%'"
        ") x GROUP BY x.place, x.unit HAVING SUM(x.net) <> 0",
        end,
        seq_max,
    )
    return {(row["place"], row["unit"]): row["net"] for row in rows}


async def shelf_moves(begin: str, end: str, seq_max: int) -> list[dict[str, Any]]:
    """Moves of lots on and off shelves: place, unit, the other place, pieces (+ in, - out), summed.

    The other place is where the pieces came from or went to in the same entry (the first one of the
    opposite sign; an entry moves a lot between two places).
    """
    return await reading.rows(
        "SELECT a.place AS place, u.code AS unit, o.place AS other, "  # noqa: S608 - from this file
        "CASE WHEN p.quantity > 0 THEN 1 ELSE -1 END AS way, CAST(SUM(p.quantity) AS BIGINT) AS net "
        "FROM entry e CROSS JOIN posting p CROSS JOIN unit u CROSS JOIN account a CROSS JOIN posting c "
        f"CROSS JOIN account o WHERE e.kind IN ({GOODS_KINDS}) AND e.effective_on >= $1 AND e.effective_on <= $2 "
        "AND e.seq <= $3 AND p.seq = e.seq AND u.id = p.unit AND u.kind = 'lot' AND a.id = p.account "
        "AND a.place LIKE 'store:%' AND c.seq = p.seq AND c.n = (SELECT MIN(y.n) FROM posting y WHERE y.seq = p.seq "
        "AND y.unit = p.unit AND (y.quantity > 0) <> (p.quantity > 0)) AND o.id = c.account "
        "GROUP BY a.place, u.code, o.place, CASE WHEN p.quantity > 0 THEN 1 ELSE -1 END",
        begin,
        end,
        seq_max,
    )


async def stock_value(end: str, seq_max: int) -> dict[tuple[str, str], int]:
    """Accounts 1201 and 1801 (agency goods) by (store, fund) at the end of a day, fen; counted back like `shelves`."""
    rows = await reading.rows(
        "SELECT x.place, x.fund, CAST(SUM(x.net) AS BIGINT) AS net FROM ("  # noqa: S608 - from this file
        "SELECT a.place AS place, a.fund AS fund, h.quantity AS net FROM account a CROSS JOIN holding h "
        f"WHERE a.chart IN ($3, $4) AND a.place <> '-' AND h.account = a.id AND h.unit = {_CNY} UNION ALL "
        "SELECT a.place AS place, a.fund AS fund, t.credit - t.debit AS net FROM account a CROSS JOIN turnover t "
        "WHERE a.chart IN ($3, $4) AND a.place <> '-' AND t.account = a.id "
        f"AND t.unit = {_CNY} AND t.day > $1 UNION ALL "
        "SELECT a.place AS place, a.fund AS fund, -p.quantity AS net "
        f"{_LATER} e.seq > $2 AND e.effective_on <= $1 AND a.chart IN ($3, $4) AND a.place <> '-'"
        ") x GROUP BY x.place, x.fund HAVING SUM(x.net) <> 0",
        end,
        seq_max,
        acc.STOCK,
        acc.AGENCY_ASSETS,
    )
    return {(row["place"], row["fund"]): row["net"] for row in rows}
