"""Payments out of funds, as they are told to the public: by month, each whole and with what some funds had in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from charity.db import reading
from charity.ledger import checks

MONTHS_MAX = 12


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


async def months(funds: Sequence[str]) -> list[str]:
    """The latest months in which these funds (all without any) paid, newest first."""
    test = f"AND fund IN ({reading.places(len(funds), 2)}) " if funds else ""
    rows = await reading.rows(
        "SELECT DISTINCT month FROM figure_month WHERE money_fen <> 0 AND figure IN "  # noqa: S608 - places only
        f"('aid', 'bought', 'agency_out', 'administration', 'fundraising') {test}ORDER BY month DESC LIMIT $1",
        MONTHS_MAX,
        *funds,
    )
    return [row["month"] for row in rows]


async def of_months(months: Sequence[str], funds: Sequence[str]) -> list[Outlay]:
    """The payments of these months and all between, without those that came back, newest first."""
    own = f"s.fund IN ({reading.places(len(funds), 3)})" if funds else "1 = 1"
    rows = await reading.rows(
        # CROSS JOIN tells SQLite, which has no statistics, to begin with the entries of a kind.
        checks.sql(
            "SELECT x.seq, x.effective_on, @e.programme AS programme, @e.recipients AS recipients, "  # noqa: S608
            "@e.listed AS listed, a.chart, x.spent, x.paid FROM "
            "(SELECT b.seq, b.effective_on, CAST(SUM(s.stop - s.start) AS BIGINT) AS paid, "
            f"CAST(SUM(CASE WHEN {own} THEN s.stop - s.start ELSE 0 END) AS BIGINT) AS spent "
            "FROM entry b CROSS JOIN segment s WHERE b.kind = 'voucher.paid' AND b.effective_on >= $1 "
            "AND b.effective_on <= $2 AND s.owner_seq = b.seq AND s.kind = 'spent' GROUP BY b.seq, b.effective_on) x "
            "JOIN entry e ON e.seq = x.seq JOIN posting p ON p.seq = e.seq AND p.n = 1 "
            "JOIN account a ON a.id = p.account WHERE x.spent > 0 ORDER BY x.seq DESC"
        ),
        f"{min(months)}-01",
        f"{max(months)}-31",
        *funds,
    )
    return [
        Outlay(
            row["seq"],
            row["effective_on"],
            row["chart"],
            row["programme"] or "",
            row["spent"],
            row["paid"],
            int(row["recipients"] or 0),
            row["listed"] in {"1", "true"},
        )
        for row in rows
    ]
