"""Which gifts a payment used, and which payments used a gift: for whoever reads gifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charity import addresses
from charity.giving import receipts
from charity.giving.models import Donation
from charity.ledger import entries, tracing
from charity.ledger.tracing import Source, Use
from charity.people import persons
from charity.people.persons import Person
from charity.roles import Actor

PAGE = 100


@dataclass(frozen=True, slots=True)
class UsedGift:
    """A part of a payment's money and where it came from.

    `gift` is None where it came with something else: an opening, or another fund's transfer, as `kind` says.
    """

    source: Source
    kind: str
    gift: Donation | None
    giver: Person | None
    receipt: tuple[str, str] | None
    """Number and code of the last receipt that the gift was on."""


@dataclass(frozen=True, slots=True)
class GiftUse:
    """A payment that used a part of a gift, and the document it rests on."""

    use: Use
    document: tuple[addresses.Kind, str] | None


async def used_by(seq: int | None, *, after: str = "", by: Actor) -> tuple[list[UsedGift], str | None]:
    """What the payment of this entry used, in the order of arrival, PAGE lines behind `after`, and where to go on.

    Nothing where there is no payment yet, and for whoever reads no gifts.
    """
    if seq is None or not by.may("gift.read"):
        return [], None
    sources, following = await tracing.sources_page(seq, after=after, limit=PAGE)
    gifts = await _by_seq([source.seq for source in sources], by)
    givers = await persons.names({gift.donor_id for gift in gifts.values()})
    held = await receipts.held([gift.key for gift in gifts.values()], by=by)
    kinds = {n: str(body["kind"]) for n, body in (await entries.bodies(s.seq for s in sources)).items()}
    return [_used(source, kinds, gifts, givers, held) for source in sources], following


def _used(
    source: Source,
    kinds: Mapping[int, str],
    gifts: Mapping[int, Donation],
    givers: Mapping[str, Person],
    held: Mapping[str, tuple[str, str]],
) -> UsedGift:
    gift = gifts.get(source.seq)
    giver = givers.get(gift.donor_id) if gift else None
    return UsedGift(source, kinds.get(source.seq, ""), gift, giver, held.get(gift.key) if gift else None)


async def giver_of(seq: int, facts: Mapping[str, Any], *, by: Actor) -> str:
    """Who gave what the entry of this seq and these facts is about, as whoever reads gifts sees the name.

    "" for an entry about no gift, and for all others who look.
    """
    if not by.may("gift.read"):
        return ""
    gift = await Donation.visible_to(by).get_or_none(seq=facts.get("refund_of") or facts.get("of") or seq)
    if gift is None and "donation" in facts:
        gift = await Donation.visible_to(by).get_or_none(key=facts["donation"])
    return persons.shown((await persons.names([gift.donor_id])).get(gift.donor_id)) if gift else ""


async def uses_of(seq: int, *, after: int = 0) -> tuple[list[GiftUse], int | None]:
    """The payments that used the gift of this entry, oldest first, behind an entry, and where to go on."""
    uses = [use for use in await tracing.gift_uses(seq) if use.seq > after]
    shown = uses[:PAGE]
    bodies = await entries.bodies(use.seq for use in shown)
    following = shown[-1].seq if len(uses) > PAGE else None
    return [GiftUse(use, addresses.document(bodies[use.seq]["facts"])) for use in shown], following


async def _by_seq(seqs: list[int], by: Actor) -> dict[int, Donation]:
    rows = await Donation.visible_to(by).filter(seq__in=sorted(set(seqs))) if seqs else []
    return {row.seq: row for row in rows}
