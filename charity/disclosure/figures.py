"""The figures as everybody may ask for them: of any period, of all funds, of one, or of a campaign's.

Always true: pages, calls and documents get a figure from here or from `ledger.statement`, which this reads, and from
nowhere else. A campaign's figures are those of its fund.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from charity import clock
from charity.db import reading
from charity.disclosure import rules
from charity.finance import flows
from charity.finance.flows import Way
from charity.giving import campaigns
from charity.giving.donors import counting
from charity.ledger import equation, funds, statement
from charity.ledger.statement import Statement


@dataclass(frozen=True, slots=True)
class Figures:
    """The equation of a period, and who gave and was helped in it, as the books were after entry `seq`."""

    equation: Statement
    donors: int
    people: int
    seq: int


async def asked(
    begin: date | None, end: date | None, campaign: str | None, fund: str | None
) -> tuple[str, str, str | None]:
    """What is asked for, in words of the books: first and last day, and the fund (of the campaign); None for all."""
    first = (begin or date.fromisoformat(statement.EARLIEST)).isoformat()
    last = end.isoformat() if end else max(clock.today().isoformat(), first)
    if last < first:
        raise rules.PERIOD_BACKWARDS()
    if campaign:
        its_fund = (await campaigns.get(campaign)).row["fund"]
        if fund and fund != its_fund:
            raise rules.FUND_NOT_OF_CAMPAIGN(fund=fund, campaign=campaign)
        fund = its_fund
    elif fund:
        await funds.get(fund)
    return first, last, fund


async def of(begin: date | None, end: date | None, *, campaign: str | None = None, fund: str | None = None) -> Figures:
    """The figures from `begin` (None: the first entry) to `end` (None: today), both included."""
    first, last, fund = await asked(begin, end, campaign, fund)
    period = await statement.of(first, last)
    figures = period.of(fund) if fund else period.whole()
    always = first == statement.EARLIEST and last >= clock.today().isoformat()
    donors = figures.donors if always else await counting.distinct(first, last, fund or "", period.seq)
    return Figures(figures, donors, await _people(first, last, fund or "", period.seq), period.seq)


async def way(begin: date | None, end: date | None, *, campaign: str | None, fund: str | None) -> Way:
    """As `of`, the way of the money."""
    first, last, chosen = await asked(begin, end, campaign, fund)
    if chosen:
        return await flows.of_fund(chosen, first, last)
    return await flows.of_all(first, last, await campaigns.every())


# CROSS JOIN tells SQLite, which has no statistics, to begin with the entries of a kind.
_LISTED = (
    "SELECT r.recipient AS who FROM entry e CROSS JOIN voucher v CROSS JOIN voucher_recipient r "
    "WHERE e.kind = 'voucher.paid' AND e.effective_on >= $1 AND e.effective_on <= $2 AND e.seq <= $3 "
    "AND v.entry_seq = e.seq AND r.content_hash = v.content_hash AND v.fund IN (SELECT code FROM fund WHERE {chosen}) "
    "AND NOT EXISTS (SELECT 1 FROM entry b WHERE b.reverses = e.seq) AND EXISTS (SELECT 1 FROM posting p "
    "JOIN account a ON a.id = p.account WHERE p.seq = e.seq AND a.chart = '5101')"  # who buys goods helps nobody yet
)
_ROSTERED = (
    "SELECT r.recipient AS who FROM entry e CROSS JOIN branch_roster b CROSS JOIN voucher_recipient r "
    "CROSS JOIN voucher v WHERE e.kind = 'branch.roster' AND e.effective_on >= $1 AND e.effective_on <= $2 "
    "AND e.seq <= $3 AND b.entry_seq = e.seq AND r.content_hash = b.content_hash AND v.number = b.voucher "
    "AND v.fund IN (SELECT code FROM fund WHERE {chosen}) "
    "AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.reverses = e.seq)"
)
_SERVED = (
    "SELECT i.household FROM entry e CROSS JOIN goods_document d CROSS JOIN goods_issue i WHERE e.kind = 'goods.issue' "
    "AND e.effective_on >= $1 AND e.effective_on <= $2 AND e.seq <= $3 AND d.seq = e.seq AND d.reversed_by IS NULL "
    "AND i.number = d.number AND EXISTS (SELECT 1 FROM goods_line l JOIN lot o ON o.code = l.lot "
    "WHERE l.document = i.number AND o.fund IN (SELECT code FROM fund WHERE {chosen}))"
)


async def _people(begin: str, end: str, fund: str, seq: int) -> int:
    """Listed recipients and households that fetched goods, each once. Whom agency money is passed on to is not ours."""
    chosen = "kind <> 'agency'" + (" AND code = $4" if fund else "")
    who = " UNION ".join(query.format(chosen=chosen) for query in (_LISTED, _ROSTERED, _SERVED))
    values = (begin, end, seq, *([fund] if fund else []))
    count = await reading.value(f"SELECT COUNT(*) FROM ({who}) x", *values)  # noqa: S608 - from this file
    return int(count)


def answer(figures: Figures) -> dict[str, Any]:
    """The contract's JSON of the equation."""
    amounts = {
        code: {"money_fen": figures.equation[code].money_fen, "goods_fen": figures.equation[code].goods_fen}
        for code in equation.BY_CODE
    }
    counted = {"gifts": figures.equation.gifts, "donors": figures.donors}
    counted |= {"people": figures.people, "visits": figures.equation.times, "seq": figures.seq}
    return {**amounts, **counted}
