"""Corrections of gifts, as they are read: by number, by gift, and the list of all."""

from dataclasses import dataclass

from charity import clock
from charity.giving import donations, receipts, rules
from charity.giving.models import Donation, GiftReversal
from charity.giving.reversals.shape import Outlook, content
from charity.ledger import accounts as acc
from charity.ledger import entries, funds, tracing
from charity.ledger.content import Content
from charity.ledger.reversals import RECLASSIFIED
from charity.roles import SYSTEM, Actor

STATUS_WORDS = receipts.REVERSAL_STATUS_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list of corrections is asked for; empty means all. `number` is that of a receipt."""

    status: str = ""
    number: str = ""
    after: str = ""


async def get(number: str, *, by: Actor) -> GiftReversal:
    """A correction's row, or reversal.unknown (404)."""
    row = await GiftReversal.visible_to(by).get_or_none(number=number)
    if row is None:
        raise rules.REVERSAL_UNKNOWN()
    return row


async def page(filters: Filters, limit: int, *, by: Actor) -> list[GiftReversal]:
    """Corrections by number, newest first, after one."""
    query = GiftReversal.visible_to(by)
    if filters.status:
        query = query.filter(status=filters.status)
    if filters.after:
        query = query.filter(number__lt=filters.after)
    if filters.number:
        query = query.filter(donation_id__in=await receipts.gifts_of_number(filters.number))
    return await query.order_by("-number").limit(limit)


async def outlook(gift: Donation) -> Outlook:
    """How the gift would be undone now."""
    today = entries.open_day(clock.today().isoformat(), (await entries.head()).closed_through)
    unspent = await tracing.unspent_fen(gift.seq, gift.fund)
    earlier = (await funds.get(gift.fund)).kind != "agency" and gift.booked_on[:4] < today[:4]
    return Outlook(int(gift.amount_fen) - unspent, acc.PRIOR_YEARS if earlier else "")


async def done(reversal: GiftReversal, gift: Donation) -> tuple[int, str, list[int]]:
    """Of an approved correction: what of the gift was used then, fen; the kind of its entry; its entries in order.

    The entry before it is one of them where money was fetched back first.
    """
    assert reversal.seq is not None, "approved"
    bodies = await entries.bodies([reversal.seq - 1, reversal.seq])
    body = bodies[reversal.seq]
    owned = body.get("flows", {}).get("owned", [])
    used_fen = sum(stop - start for _, start, stop, owner in owned if owner == gift.seq)
    before = bodies.get(reversal.seq - 1, {"kind": "", "facts": {}})
    fetched = before["kind"] == RECLASSIFIED and before["facts"].get("reversal") == reversal.number
    return used_fen, body["kind"], [reversal.seq - 1, reversal.seq] if fetched else [reversal.seq]


async def shown(reversal: GiftReversal, gift: Donation) -> Content:
    """What whoever decides is shown now."""
    row = {name: getattr(reversal, name) for name in ("number", "status", "reason", "salt")}
    facts = {name: getattr(gift, name) for name in ("key", "amount_fen", "fund", "received_on")}
    return content(row, facts, await outlook(gift))


async def shown_hash(number: str) -> str:
    """The hash of what is shown of a correction now."""
    row = await get(number, by=SYSTEM)
    return (await shown(row, await donations.get(row.donation_id, by=SYSTEM))).hash
