"""The money of a day: what stood in the morning, what came, what went, what stands, and whose it is.

Read in one statement, so that all of it is of one entry `seq`. What lies in the places is read from holdings and
turnover, what came and went from journal vouchers, whose it is from the figures of the equation: three ways that
`apart_fen` and `unbooked_fen` compare, and both are 0 while the books are sound. Its work is that of a day and of the
months that were, not of the entries. Sums are fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from charity.db import reading
from charity.ledger import accounts as acc
from charity.ledger import statement

PLACES: Final = acc.MONEY_PLACES
_CNY: Final = "(SELECT id FROM unit WHERE code = 'CNY')"


@dataclass(frozen=True, slots=True)
class Moved:
    """Entries whose journal vouchers let money come, or go, and how much it was."""

    entries: int = 0
    fen: int = 0


@dataclass(frozen=True, slots=True)
class MoneyDay:
    """A day as the books had it after entry `seq`. `by_chart`: what lies in cash, banks and with platforms at its end.

    A transfer between places neither came nor went; what a platform kept of it did. `owed_fen` is what was promised
    back (2209) and not paid yet: it lies in the places and is no fund's any more.
    """

    day: str
    seq: int
    opening_fen: int
    came: Moved
    went: Moved
    by_chart: Mapping[str, int]
    own_fen: int
    agency_fen: int
    owed_fen: int

    @property
    def closing_fen(self) -> int:
        """What lies in all places at the end of the day."""
        return sum(self.by_chart.values())

    @property
    def apart_fen(self) -> int:
        """By how much that is not what funds have, what is held for others and what is owed."""
        return self.closing_fen - self.own_fen - self.agency_fen - self.owed_fen

    @property
    def unbooked_fen(self) -> int:
        """By how much it is not what stood in the morning with what the journal vouchers say came and went."""
        return self.closing_fen - self.opening_fen - self.came.fen + self.went.fen


_DAY: Final = (
    "SELECT h.seq, x.part, x.name, x.fund, x.a, x.b, x.n FROM head h LEFT JOIN ("  # noqa: S608 - words from code
    "SELECT 'held' AS part, y.chart AS name, '' AS fund, CAST(SUM(y.now - y.since) AS BIGINT) AS a, "
    "CAST(SUM(y.within) AS BIGINT) AS b, CAST(0 AS BIGINT) AS n FROM ("
    "SELECT a.code, a.chart, h.quantity AS now, COALESCE(SUM(t.debit - t.credit), 0) AS since, "
    "COALESCE(SUM(CASE WHEN t.day <= $1 THEN t.debit - t.credit ELSE 0 END), 0) AS within "
    f"FROM account a CROSS JOIN holding h LEFT JOIN turnover t ON t.account = a.id AND t.unit = {_CNY} "
    f"AND t.day >= $1 WHERE a.fund > '' AND a.chart IN ($2, $3, $4, $5) AND h.account = a.id AND h.unit = {_CNY} "
    "GROUP BY a.code, a.chart, h.quantity) y GROUP BY y.chart UNION ALL "
    "SELECT 'moved', CASE WHEN z.net > 0 THEN 'came' ELSE 'went' END, '', CAST(SUM(ABS(z.net)) AS BIGINT), "
    "CAST(0 AS BIGINT), CAST(SUM(z.entries) AS BIGINT) FROM (SELECT v.number, v.entries, "
    "SUM(l.debit_fen - l.credit_fen) AS net FROM journal_voucher v CROSS JOIN journal_line l WHERE v.day = $1 "
    "AND l.number = v.number AND substr(l.account, 1, 4) IN ($2, $3, $4) GROUP BY v.number, v.entries "
    "HAVING SUM(l.debit_fen - l.credit_fen) <> 0) z GROUP BY CASE WHEN z.net > 0 THEN 'came' ELSE 'went' END "
    "UNION ALL SELECT f.kind, m.figure, m.fund, CAST(SUM(m.money_fen) AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT) "
    "FROM figure_month m JOIN fund f ON f.code = m.fund GROUP BY f.kind, m.figure, m.fund) x ON 1 = 1 WHERE h.id = 1"
)


async def read(day: str) -> MoneyDay:
    """The money of a day. Whose it is always is as of now, so only today is compared with it."""
    rows = await reading.rows(_DAY, day, *PLACES, acc.OTHER_PAYABLE)
    seq, rows = rows[0]["seq"], [row for row in rows if row["part"]]
    held = {row["name"]: row for row in rows if row["part"] == "held"}
    moved = {row["name"]: Moved(row["n"], row["a"]) for row in rows if row["part"] == "moved"}
    lines = [row for row in rows if row["part"] not in {"held", "moved"}]
    figures = [{"fund": r["fund"], "figure": r["name"], "earlier": False, "a": r["a"], "b": 0} for r in lines]
    period, kinds = statement.added_up(seq, figures), {row["fund"]: row["part"] for row in lines}
    left = {fund: period.of(fund)["unspent"].money_fen for fund in kinds}
    agency = sum(fen for fund, fen in left.items() if kinds[fund] == "agency")
    owed = held.get(acc.OTHER_PAYABLE)
    places = {chart: held[chart] for chart in PLACES if chart in held}
    return MoneyDay(
        day,
        seq,
        sum(row["a"] for row in places.values()),
        moved.get("came", Moved()),
        moved.get("went", Moved()),
        {chart: row["a"] + row["b"] for chart, row in places.items()},
        sum(left.values()) - agency,
        agency,
        -(owed["a"] + owed["b"]) if owed else 0,
    )
