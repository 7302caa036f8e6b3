"""What leaves a gift that is given back, or that was entered wrongly: intervals of the streams (docs/books.md).

Its unspent positions leave first. For what of it is used already, the next free positions of the fund that pays leave
instead, and both change owners: the gifts that were next own the used positions from then on. So a payment keeps its
money, every gift keeps as many positions as it gave, and nobody has to be asked what stands for what. A position that
a transfer moved to another fund is not left: its transfer would have to be undone first.
"""

from dataclasses import dataclass

from charity.ledger import rules
from charity.ledger.loading import Loader
from charity.ledger.state import Flows, Owned
from charity.ledger.streams import INFLOWS_WITHIN, Piece, first_of, last_of, length, merged, without
from charity.money import yuan

EXCHANGED_MAX = 20_000
"""Pieces that one entry may give other owners: they stand in its body."""
_ARRIVED = f"SELECT start, stop, seq FROM inflow WHERE {INFLOWS_WITHIN} ORDER BY start"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves: `unspent` positions of the gift's fund, `taken` ones of the fund that pays for what is used."""

    fund: str
    payer: str
    unspent: list[Piece]
    taken: list[Piece]
    owned: list[Owned]

    @property
    def unspent_fen(self) -> int:
        """What leaves of the gift's own money, fen."""
        return length(self.unspent)

    @property
    def used_fen(self) -> int:
        """What the fund that pays gives for what is used, fen."""
        return length(self.taken)

    def flows(self) -> Flows:
        """What the entry does to the streams."""
        if self.fund == self.payer:
            refund = [(self.fund, merged([*self.unspent, *self.taken]))]
        else:
            refund = [(self.fund, self.unspent), (self.payer, self.taken)]
        return Flows(refund=[part for part in refund if part[1]], own=self.owned)


async def unspent_fen(loader: Loader, gift_seq: int, *, fund: str) -> int:
    """What of a gift lies unspent in its own fund, fen; in `Command.load`."""
    await loader.funds([fund])
    return sum(length(p.unspent) for p in await loader.gift(gift_seq) if p.fund == fund)


async def load(loader: Loader, gift_seq: int, *, fund: str, payer: str, amount_fen: int) -> Leaving:
    """What leaves when so much of a gift goes back; to be awaited in the `Command.load` of a command that is alone.

    Refuses more than is left of the gift, and a `payer` whose free money does not reach for what is used.
    """
    await loader.funds([fund, payer])
    pieces = await loader.gift(gift_seq)
    left = sum(length(p.owned) for p in pieces)
    if amount_fen > left:
        raise rules.REFUND_SHORT(left_yuan=yuan(left))
    own_unspent = [piece for p in pieces if p.fund == fund for piece in p.unspent]
    unspent = last_of(own_unspent, amount_fen)
    used = _first_used([(p.fund, p.owned) for p in pieces], fund, own_unspent, amount_fen - length(unspent))
    free = without(loader.state.stream(payer).free, unspent if payer == fund else [])
    needed = sum(length([piece]) for _, piece in used)
    taken = first_of(free, needed)
    if length(taken) < needed:
        raise rules.FUND_SHORT(
            fund=loader.state.named(payer), available_yuan=yuan(length(free)), needed_yuan=yuan(needed)
        )
    arrived: list[tuple[Piece, int]] = []
    for start, stop in taken:
        rows = await loader.rows(_ARRIVED, payer, start, stop)
        arrived += [((max(start, row["start"]), min(stop, row["stop"])), row["seq"]) for row in rows]
    owned = [*_taken_over(used, arrived), *((payer, piece, gift_seq) for piece in taken)]
    if len(owned) > EXCHANGED_MAX:
        raise rules.TAKEN_OVER_BY_TOO_MANY(most=EXCHANGED_MAX)
    return Leaving(fund, payer, unspent, taken, owned)


def _first_used(
    owned: list[tuple[str, list[Piece]]], fund: str, unspent: list[Piece], amount: int
) -> list[tuple[str, Piece]]:
    """The first used positions, those of the gift's own fund before others."""
    used: list[tuple[str, Piece]] = []
    for code, pieces in sorted(owned, key=lambda part: (part[0] != fund, part[0])):
        first = first_of(without(pieces, unspent) if code == fund else pieces, amount)
        used += [(code, piece) for piece in first]
        amount -= length(first)
    return used


def _taken_over(used: list[tuple[str, Piece]], arrived: list[tuple[Piece, int]]) -> list[Owned]:
    """The used positions with their new owners: the first by whoever was next, and so on."""
    owned: list[Owned] = []
    owners = iter(arrived)
    left, seq = 0, 0
    for fund, (start, stop) in used:
        at = start
        while at < stop:
            if not left:
                piece, seq = next(owners)
                left = length([piece])
            size = min(left, stop - at)
            owned.append((fund, (at, at + size), seq))
            at, left = at + size, left - size
    return owned
