"""The books by whole months: figures, what came with which campaign and what went for which programme.

Always true: all of it is read from kept sums in one statement, so it is of one `seq`, and reading a year costs the same
however many entries there are. The figures are those of `statement`; the other two are the registers' (sums.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from charity.db import reading
from charity.ledger import statement
from charity.ledger.equation import AGENCY_SIGNS, MONEY_SIGNS
from charity.ledger.statement import Period
from charity.ledger.sums import IN_KIND, INCOME, OUTLAY

FIGURE, AGENCY = "figure", "agency"
SIGNS = MONEY_SIGNS | AGENCY_SIGNS


@dataclass(frozen=True, slots=True)
class Came:
    """What came to a fund in a month with a campaign ("" without one), refunds and reversals taken off, fen."""

    month: str
    fund: str
    campaign: str
    money_fen: int
    goods_fen: int
    gifts: int


@dataclass(frozen=True, slots=True)
class Went:
    """What went out of a fund in a month for a programme, fen: money, or `goods`; `times` are 人次, once an entry."""

    month: str
    fund: str
    programme: str
    money_fen: int
    goods_fen: int
    times: int
    goods: bool


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months as the books had them after entry `seq`, whose hash is `leaf`."""

    seq: int
    leaf: str
    came: Sequence[Came]
    went: Sequence[Went]
    agency: frozenset[str]
    """Funds that hold money for others."""
    _rows: Sequence[Mapping[str, Any]]

    def period(self, first: str, last: str) -> Period:
        """The figures of the months from `first` to `last`, both included, which were read; gifts and 人次 too."""
        sums: dict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
        for row in self._rows:
            part, a, b = row["part"], row["a"], row["b"]
            within = first <= row["month"] <= last
            if part == FIGURE and row["month"] <= last:
                figure, earlier = row["name"], not within
            elif part == AGENCY:
                figure, earlier = "#agency", False
            elif part == INCOME and within:
                figure, earlier, a, b = "#gifts", False, row["c"], 0
            elif part == OUTLAY and within:
                figure, earlier, a, b = "#times", False, row["d"], row["c"]
            else:
                continue
            pair = sums[row["fund"], figure, earlier]
            pair[0] += a
            pair[1] += b
        return statement.added_up(
            self.seq,
            [{"fund": f, "figure": n, "earlier": e, "a": a, "b": b} for (f, n, e), (a, b) in sums.items()],
        )

    def month_ends(self, months: Sequence[str]) -> dict[str, list[int]]:
        """What was left of each fund's money at the end of each of these months, in order, which were read, fen."""
        changes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self._rows:
            if row["part"] == FIGURE:
                changes[row["fund"]][row["month"]] += SIGNS.get(row["name"], 0) * row["a"]
        return {
            fund: list(accumulate((of.get(month, 0) for month in months), initial=of.get("", 0)))[1:]
            for fund, of in changes.items()
        }


_MONTHS = (
    "SELECT h.seq, h.leaf, x.part, x.month, x.fund, x.name, x.kind, CAST(x.a AS BIGINT) AS a, "  # noqa: S608 - words from code
    "CAST(x.b AS BIGINT) AS b, CAST(x.c AS BIGINT) AS c, CAST(x.d AS BIGINT) AS d FROM head h LEFT JOIN ("
    f"SELECT '{FIGURE}' AS part, '' AS month, fund, figure AS name, '' AS kind, SUM(money_fen) AS a, "
    "SUM(goods_fen) AS b, 0 AS c, 0 AS d FROM figure_month WHERE month < $1 GROUP BY fund, figure "
    f"UNION ALL SELECT '{FIGURE}', month, fund, figure, '', money_fen, goods_fen, 0, 0 FROM figure_month "
    "WHERE month >= $1 AND month <= $2 "
    f"UNION ALL SELECT '{AGENCY}', '', code, '', '', CASE WHEN kind = 'agency' THEN 1 ELSE 0 END, 0, 0, 0 FROM fund "
    f"UNION ALL SELECT register, month, fund, campaign, kind, SUM(amount_fen), 0, SUM(gifts), 0 FROM month_sum "
    f"WHERE register = '{INCOME}' AND month >= $1 AND month <= $2 GROUP BY register, month, fund, campaign, kind "
    f"UNION ALL SELECT register, month, fund, programme, kind, SUM(amount_fen), 0, SUM(recipients), "
    f"SUM(recipients_of_fund) FROM month_sum WHERE register = '{OUTLAY}' AND month >= $1 AND month <= $2 "
    "GROUP BY register, month, fund, programme, kind) x ON 1 = 1"
)


async def read(first: str, last: str) -> Months:
    """The months from `first` to `last` (YYYY-MM), both included."""
    rows = await reading.rows(_MONTHS, first, last)
    came = [Came(r["month"], r["fund"], r["name"], *_sides(r), r["c"]) for r in rows if r["part"] == INCOME]
    went = [
        Went(r["month"], r["fund"], r["name"], *_sides(r), r["c"], r["kind"] == IN_KIND)
        for r in rows
        if r["part"] == OUTLAY
    ]
    agency = frozenset(r["fund"] for r in rows if r["part"] == AGENCY and r["a"])
    return Months(rows[0]["seq"], rows[0]["leaf"], came, went, agency, [r for r in rows if r["part"]])


def _sides(row: Mapping[str, Any]) -> tuple[int, int]:
    return (0, row["a"]) if row["kind"] == IN_KIND else (row["a"], 0)


async def first_month() -> str | None:
    """The first month of the books (YYYY-MM); None while there is no figure."""
    month = await reading.value("SELECT MIN(month) FROM figure_month")
    return None if month is None else str(month)
