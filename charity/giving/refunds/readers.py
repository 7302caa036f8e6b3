"""Refunds, as they are read: by number, by gift, and the list of all that keeps what is decided and paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from charity import clock
from charity.giving import donations, lookup, receipts, rules
from charity.giving.channels import CHANNELS
from charity.giving.models import Donation, Refund
from charity.giving.refunds import bookings
from charity.giving.refunds.bookings import Booking
from charity.ledger import entries, funds, payment_numbers, tracing
from charity.ledger.content import Content
from charity.ledger.payment_numbers import PaymentKind
from charity.roles import SYSTEM, Actor

STATUS_WORDS = receipts.REFUND_STATUS_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list of refunds is asked for; empty means all. `number` is a refund's, or that of a receipt."""

    status: str = ""
    cause: str = ""
    number: str = ""
    name: str = ""
    amounts: tuple[int, int] | None = None
    bank: str = ""
    from_on: str = ""
    to_on: str = ""
    after: str = ""


async def get(number: str, *, by: Actor) -> Refund:
    """A refund's row, or refund.unknown (404)."""
    row = await Refund.visible_to(by).get_or_none(number=number)
    if row is None:
        raise rules.REFUND_UNKNOWN()
    return row


async def banked(numbers: Sequence[str], *, by: Actor) -> dict[str, Refund]:
    """These refunds by number, as a bank's lines are compared with them."""
    rows = Refund.visible_to(by).filter(number__in=numbers)
    return {row.number: row for row in await rows} if numbers else {}


async def page(filters: Filters, limit: int, *, by: Actor) -> list[Refund]:
    """Refunds by number, newest first, after one."""
    query = Refund.visible_to(by)
    if filters.status:
        query = query.filter(status=filters.status)
    if filters.cause:
        query = query.filter(cause=filters.cause)
    if filters.after:
        query = query.filter(number__lt=filters.after)
    if filters.number:
        query = query.filter(donation_id__in=await receipts.gifts_of_number(filters.number))
    if filters.name:
        query = query.filter(donation_id__in=lookup.whole(await lookup.gifts_of_name(filters.name)))
    if filters.amounts:
        query = query.filter(amount_fen__gte=filters.amounts[0], amount_fen__lte=filters.amounts[1])
    if filters.from_on:
        query = query.filter(requested_at__gte=clock.midnight(date.fromisoformat(filters.from_on)))
    if filters.to_on:
        query = query.filter(requested_at__lt=clock.midnight(date.fromisoformat(filters.to_on) + timedelta(days=1)))
    if filters.bank:
        held = await payment_numbers.holders(list(CHANNELS), filters.bank)
        query = query.filter(number__in=[row["number"] for row in held if row["kind"] == PaymentKind.REFUND])
    return await query.order_by("-number").limit(limit)


async def booking(refund: Refund, gift: Donation) -> Booking:
    """How a refund was booked, or would be if it were approved now."""
    if refund.seq is not None:
        return Booking(refund.debit, refund.general_fen)
    agency = (await funds.get(gift.fund)).kind == "agency"
    today = entries.open_day(clock.today().isoformat(), (await entries.head()).closed_through)
    unspent = await tracing.unspent_fen(gift.seq, gift.fund)
    return Booking(
        bookings.debit(refund.cause, agency=agency, earlier=bookings.earlier_year(gift.booked_on, today)),
        bookings.general_fen(refund.amount_fen, unspent, agency=agency),
    )


async def content(refund: Refund) -> Content:
    """What whoever decides or pays is shown now."""
    gift = await donations.get(refund.donation_id, by=SYSTEM)
    row = {name: getattr(refund, name) for name in ("number", "status", "amount_fen", "cause", "reason", "salt")}
    shown = {"key": gift.key, "fund": gift.fund, "amount_fen": gift.amount_fen}
    return bookings.content(row, shown, await booking(refund, gift))


async def content_hash(number: str) -> str:
    """The hash of what is shown of a refund now."""
    return (await content(await get(number, by=SYSTEM))).hash
