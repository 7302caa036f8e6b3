"""Giving money back (docs/books.md): unspent positions first; what is spent is paid back from F-GEN.

Spent positions change owner to the refund, as in a transfer: the payment they went to keeps its
money, and its givers are from then on the general fund's.
"""

from dataclasses import dataclass
from typing import Any

from charity.ledger import accounts as acc
from charity.ledger import rules
from charity.ledger.loading import Loader
from charity.ledger.models import REFUND_OF, RefundOfRow
from charity.ledger.state import Entry, Flows, GiftPieces, State
from charity.ledger.streams import length
from charity.money import yuan


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back: of which gift entry, how much, from which money account (chart and place)."""

    gift_seq: int
    amount_fen: int
    chart: str
    place: str
    effective_on: str
    party: str
    facts: dict[str, Any]


async def load(loader: Loader, gift_seq: int) -> list[GiftPieces]:
    """The gift's pieces, with F-GEN in view; to be awaited in `Command.load`."""
    await loader.funds([acc.GENERAL_FUND])
    return await loader.gift(gift_seq)


def post(state: State, pieces: list[GiftPieces], refund: Refund, *, actor: str, income: str = acc.GIFTS) -> Entry:
    """Append the refund of a gift that lies in one fund; refuses more than is left, or F-GEN too short.

    `income` is the credited account of the gift: 4101, or 2601 for agency money.
    """
    left = sum(length(p.owned) for p in pieces)
    if refund.amount_fen > left or len(pieces) != 1:
        raise rules.REFUND_SHORT(left_yuan=yuan(left))
    fund = pieces[0].fund
    unspent, spent = pieces[0].split(refund.amount_fen)
    moved = length(spent)
    bank = acc.money(refund.chart, fund, refund.place)
    lines = [(acc.money(income, fund), acc.CNY, refund.amount_fen), (bank, acc.CNY, -refund.amount_fen)]
    move: list[tuple[str, int]] = []
    if moved and fund != acc.GENERAL_FUND:
        general = acc.money(refund.chart, acc.GENERAL_FUND, refund.place)
        lines += [
            (acc.money(acc.NET_UNRESTRICTED, acc.GENERAL_FUND), acc.CNY, moved),
            (general, acc.CNY, -moved),
            (bank, acc.CNY, moved),
            (acc.money(acc.NET_RESTRICTED, fund), acc.CNY, -moved),
        ]
    if moved:
        move = [(acc.GENERAL_FUND, moved)]
    entry = state.post(
        "gift.refund",
        _joined(lines),
        effective_on=refund.effective_on,
        actor=actor,
        party=refund.party,
        facts={**refund.facts, "refund_of": refund.gift_seq},
        flows=Flows(
            move=move,
            refund=[(fund, unspent)] if unspent else [],
            reown=[(fund, spent)] if spent else [],
        ),
    )
    state.add(REFUND_OF, RefundOfRow(seq=entry.seq, gift_seq=refund.gift_seq))
    return entry


def _joined(lines: list[acc.Posting]) -> list[acc.Posting]:
    """Lines of the same account and unit added up; what cancels out is left away."""
    sums: dict[tuple[str, str], int] = {}
    for account, unit, quantity in lines:
        sums[account, unit] = sums.get((account, unit), 0) + quantity
    return [(account, unit, quantity) for (account, unit), quantity in sums.items() if quantity]
