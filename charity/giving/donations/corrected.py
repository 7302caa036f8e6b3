"""A gift booked anew in place of one that was corrected: it takes the payment number as a part of the same event.

The number of a transfer for several purposes stays taken while one of its gifts stands. The true part of it is booked
under the number of the correction, once; whoever names no correction is refused the number as before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from charity.giving import rules
from charity.giving.models import DONATION, GIFT_REVERSAL, GiftReversalRow
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.words import Term

if TYPE_CHECKING:
    from charity.giving.donations.verbs import Gift


@dataclass(frozen=True, slots=True)
class Corrected:
    """An approved correction: its number, and the payment number of its gift with the event that this belongs to."""

    number: str
    place: str
    holder: str
    channel: str
    fen: int | None
    came: str
    """Where its money came in, as ICBC-01: what is booked anew lies there, whichever account receives today."""


async def load(loader: Loader, number: str) -> Corrected:
    """The correction of this number; to be awaited in `Command.load`. Refuses one that is not approved, or replaced."""
    row = await loader.row(GIFT_REVERSAL, number)
    if row is None:
        raise rules.CORRECTION_UNKNOWN(number=number)
    _must_wait(row)
    gift = await loader.row(DONATION, row["donation"])
    assert gift is not None, "a correction has its gift"
    body = await loader.entry(gift["seq"])
    assert body is not None, "what was corrected is in the books"
    place = payment_numbers.key(gift["channel"], gift["channel_ref"]) if gift["channel_ref"] else ""
    lines = body["postings"]
    came = next((acc.split(a)[1] for a, _, quantity in lines if quantity > 0 and acc.is_money_place(a)), "")
    return Corrected(
        number, place, body["facts"].get("together") or gift["key"], gift["channel"], gift["amount_fen"], came
    )


def take_place(state: State, corrected: Corrected, gifts: Sequence["Gift"]) -> None:
    """Let the gifts, which are not booked yet, stand for the corrected one: with its number they are of its event.

    Refuses money that two people count unless they counted just this sum: another one is counted anew.
    """
    row = state.row(GIFT_REVERSAL, corrected.number)
    assert row is not None, "loaded"
    _must_wait(row)
    fen = sum(gift.amount_fen for gift in gifts)
    for gift in gifts:
        if gift.channel.counted and (gift.channel.code, fen) != (corrected.channel, corrected.fen):
            raise rules.CHANNEL_COUNTED(channel=Term(gift.channel.words))
        gift.corrects = corrected.number
        if corrected.came and gift.channel.code == corrected.channel:
            gift.channel = replace(gift.channel, place=corrected.came)
        if gift.channel_ref and payment_numbers.key(gift.channel.code, gift.channel_ref) == corrected.place:
            gift.together = corrected.holder
    state.change(GIFT_REVERSAL, corrected.number, rebooked_as=gifts[0].key)


def _must_wait(row: GiftReversalRow) -> None:
    if row["status"] != "approved":
        raise rules.CORRECTION_OPEN(number=row["number"])
    if row["rebooked_as"] is not None:
        raise rules.CORRECTION_REBOOKED(number=row["number"])
