"""Giving money back (docs/books.md): approved, then paid; a chargeback was taken from us before anybody approved it.

The approval debits what the cause says (docs/field.md 9, rows 84-89) and credits what is owed, 2209 by fund: the gift's
unspent positions leave its fund, and for what is spent F-GEN pays, from its own places of money, by a transfer of net
assets. So each fund balances by itself. The payment debits 2209 and credits where the money lay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity.ledger import accounts as acc
from charity.ledger.loading import Loader
from charity.ledger.models import REFUND_OF, RefundOfRow
from charity.ledger.state import Entry, State
from charity.ledger.takeovers import Leaving
from charity.ledger.takeovers import load as leaving

PAID = "refund.paid"


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back: of which gift entry, the debited chart, and the facts of the entry.

    `credit` is 2209 with the place `-`; of a chargeback the chart and place that the money was taken from, by fund.
    """

    gift_seq: int
    debit: str
    credit: dict[str, str]
    effective_on: str
    party: str
    facts: dict[str, Any]


async def load(loader: Loader, gift_seq: int, *, fund: str, amount_fen: int) -> Leaving:
    """What leaves the gift and F-GEN; to be awaited in the `Command.load` of a command that is alone."""
    return await leaving(loader, gift_seq, fund=fund, payer=acc.GENERAL_FUND, amount_fen=amount_fen)


def owed(fund: str) -> str:
    """The account of what a fund owes to givers."""
    return acc.money(acc.OTHER_PAYABLE, fund)


def by_fund(leaving: Leaving) -> dict[str, int]:
    """What each fund pays of it, fen."""
    return parts(leaving.fund, leaving.unspent_fen + leaving.used_fen, leaving.used_fen)


def parts(fund: str, amount_fen: int, general_fen: int) -> dict[str, int]:
    """What each fund pays of a refund of which F-GEN pays `general_fen`, fen."""
    if fund == acc.GENERAL_FUND:
        return {fund: amount_fen}
    return {code: fen for code, fen in ((fund, amount_fen - general_fen), (acc.GENERAL_FUND, general_fen)) if fen}


def post(state: State, leaving: Leaving, refund: Refund, *, actor: str) -> Entry:
    """Append the approved refund of a gift; `credit` has an account for each fund that pays."""
    paying = by_fund(leaving)
    lines = [(acc.money(refund.debit, leaving.fund), acc.CNY, leaving.unspent_fen + leaving.used_fen)]
    lines += [(refund.credit[fund], acc.CNY, -fen) for fund, fen in paying.items()]
    if leaving.used_fen and leaving.fund != acc.GENERAL_FUND:
        lines += [
            (_net(state, leaving.fund), acc.CNY, -leaving.used_fen),
            (_net(state, acc.GENERAL_FUND), acc.CNY, leaving.used_fen),
        ]
    entry = state.post(
        "gift.refund",
        _joined(lines),
        effective_on=refund.effective_on,
        actor=actor,
        party=refund.party,
        facts={**refund.facts, "refund_of": refund.gift_seq},
        flows=leaving.flows(),
    )
    state.add(REFUND_OF, RefundOfRow(seq=entry.seq, gift_seq=refund.gift_seq))
    return entry


def pay(
    state: State,
    paying: dict[str, int],
    *,
    chart: str,
    place: str,
    effective_on: str,
    actor: str,
    party: str,
    facts: dict[str, Any],
) -> Entry:
    """Append the payment of an approved refund: what each fund owes leaves its money in this place."""
    lines = [(owed(fund), acc.CNY, fen) for fund, fen in paying.items()]
    lines += [(acc.money(chart, fund, place), acc.CNY, -fen) for fund, fen in paying.items()]
    return state.post(PAID, lines, effective_on=effective_on, actor=actor, party=party, facts=facts)


def _net(state: State, fund: str) -> str:
    """The account of a fund's net assets."""
    free = state.fund(fund).kind == "unrestricted"
    return acc.money(acc.NET_UNRESTRICTED if free else acc.NET_RESTRICTED, fund)


def _joined(lines: Sequence[acc.Posting]) -> list[acc.Posting]:
    """Lines of the same account and unit added up; what cancels out is left away."""
    sums: dict[tuple[str, str], int] = {}
    for account, unit, quantity in lines:
        sums[account, unit] = sums.get((account, unit), 0) + quantity
    return [(account, unit, quantity) for (account, unit), quantity in sums.items() if quantity]
