"""Money that went out for people, as it is told to the public: by month and programme, from kept sums.

Our own costs stand in the equation and in the public ledger, not among what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charity.db import reading
from charity.ledger.sums import CASH, OUTLAY

MONTHS_MAX = 12
_MONTHS = (
    "SELECT DISTINCT month FROM figure_month WHERE money_fen <> 0 AND figure IN "
    "('aid', 'bought', 'agency_out') {own}ORDER BY month DESC LIMIT $1"
)
_SUMS = (
    "SELECT month, kind, programme, CAST(SUM(payments) AS BIGINT) AS payments, "  # noqa: S608 - words from code
    "CAST(SUM(fen) AS BIGINT) AS amount_fen, "
    "CAST(SUM(people) AS BIGINT) AS recipients FROM (SELECT s.month AS month, "
    "CASE WHEN f.kind = 'agency' THEN 'forwarded' ELSE 'aid' END AS kind, s.programme AS programme, "
    "s.payments AS payments, s.amount_fen AS fen, s.recipients_of_fund AS people FROM month_sum s "
    f"JOIN fund f ON f.code = s.fund WHERE s.register = '{OUTLAY}' AND s.kind = '{CASH}' AND s.month >= $1 {{own}}"
    "UNION ALL SELECT month, figure AS kind, '' AS programme, 0 AS payments, money_fen AS fen, 0 AS people "
    "FROM figure_month WHERE figure = 'bought' AND month >= $1 {own}) x "
    "GROUP BY month, kind, programme HAVING SUM(fen) <> 0 "
    "ORDER BY month DESC, CASE WHEN kind = 'bought' THEN 1 ELSE 0 END, amount_fen DESC, programme LIMIT $2"
)


@dataclass(frozen=True, slots=True)
class Outlay:
    """A payment: its day, what it was booked as (chart) and for, `amount_fen` of `of_fen` out of the funds asked for.

    `listed`: its recipients are named by code; a bare number is visits.
    """

    seq: int
    on: str
    chart: str
    programme: str
    amount_fen: int
    of_fen: int
    recipients: int
    listed: bool


@dataclass(frozen=True, slots=True)
class MonthOutlay:
    """What went out in a month for a programme, or as `bought`.

    `recipients` are visits; `payments` are those that stand, 0 where they are not counted. Both are below 0 where a
    month took back more of earlier months than it paid.
    """

    month: str
    kind: str
    programme: str
    payments: int
    amount_fen: int
    recipients: int


async def by_month(funds: Sequence[str], limit: int) -> list[MonthOutlay]:
    """The latest of these funds (of all without any), newest month first, in it aid first and the largest sum."""
    own = f"AND fund IN ({reading.places(len(funds), 2)}) " if funds else ""
    months = [row["month"] for row in await reading.rows(_MONTHS.format(own=own), MONTHS_MAX, *funds)]
    if not months:
        return []
    own = f"AND fund IN ({reading.places(len(funds), 3)}) " if funds else ""
    rows = await reading.rows(_SUMS.format(own=own), min(months), limit, *funds)
    return [MonthOutlay(**row) for row in rows]
