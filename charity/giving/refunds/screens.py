"""What the pages of refunds show, with words in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from charity import addresses, words
from charity.db import sealed
from charity.giving import donations, receipts, refunds
from charity.giving.kinds import RefundCause
from charity.giving.models import Donation, Refund
from charity.giving.receipts.screens import refund_state
from charity.giving.refunds import bookings, readers
from charity.giving.refunds.bookings import Booking
from charity.giving.shown import finished, gift_facts, paid_from
from charity.ledger import places
from charity.ledger import refunds as books
from charity.ledger.accounts import GENERAL_FUND
from charity.office import staff
from charity.roles import SYSTEM, Actor
from charity.web import confirming


async def refund_page(number: str, *, by: Actor) -> dict[str, Any]:
    """A refund whole: what is given back and why, of which gift, who pays it, and who did what."""
    row = await refunds.get(number, by=by)
    gift = await donations.get(row.donation_id, by=SYSTEM)  # whoever may see a refund sees what is given back
    booking = await refunds.booking(row, gift)
    facts = await _facts(row, booking, gift)
    if row.seq is not None:
        facts += _payment_facts(row, await places.labels())
        facts += await finished(gift.key, row.number, (row.seq, row.paid_seq), by=by)
    shown = await readers.content(row)
    mine = by.key in {row.requested_by, row.approved_by}
    can_pay = row.status == "approved" and by.may("refund.pay") and not mine
    funds = books.parts(gift.fund, row.amount_fen, booking.general_fen)
    return {
        "row": row,
        "facts": facts,
        "carried": confirming.carried(shown.hash, facts),
        "gift_facts": await gift_facts(gift, by=by, decided=row.seq is not None),
        "people": await _people(row),
        "state": refund_state(row),
        "can_approve": row.status == "requested" and by.may("refund.approve") and by.key != row.requested_by,
        "can_pay": can_pay,
        "places": await places.offered(await refunds.offered(gift.channel), funds) if can_pay else [],
    }


async def _facts(row: Refund, booking: Booking, gift: Donation) -> list[dict[str, Any]]:
    cause = bookings.CAUSE_WORDS.get(row.cause, "")
    debit = bookings.DEBIT_WORDS.get(booking.debit, "")
    paying = books.parts(gift.fund, row.amount_fen, booking.general_fen)
    general = booking.general_fen and gift.fund != GENERAL_FUND
    return [
        {"term": words.say("退款金额"), "value": row.amount_fen, "kind": "yuan"},
        {"term": words.say("退款原因"), "value": words.translate(cause) if cause else "—"},
        {"term": words.say("理由"), "value": sealed.unseal("refund", "reason", row.number, row.reason)},
        {
            "term": words.say("当时已经用去") if row.seq is not None else words.say("其中已经用去"),
            "value": booking.general_fen,
            "kind": "yuan",
        },
        {"term": words.say("记入科目"), "value": f"{booking.debit} {words.translate(debit)}" if debit else "—"},
        {
            "term": words.say("由哪个基金付"),
            "value": await paid_from(paying),
            "note": words.say("已经用去的部分由统筹资金承担") if general else "",
        },
        {
            "term": words.say("状态"),
            "value": refund_state(row),
            "kind": "status",
        },
    ]


async def _people(row: Refund) -> list[dict[str, Any]]:
    """Who did what, as far as it is done."""
    keys = (row.requested_by, row.approved_by, row.paid_by)
    names = await staff.names([key for key in keys if key])
    names_of = await places.labels()
    decided = words.say("驳回") if row.status == "rejected" else words.say("批准")
    listed = [
        (words.say("申请"), row.requested_by, row.requested_at, ""),
        (decided, row.approved_by, row.approved_at, sealed.unseal("refund", "decision", row.number, row.decision)),
        (words.say("付款"), row.paid_by, row.paid_at, _payment(row, names_of.get(row.paid_from, ""))),
    ]
    return [
        {"term": term, "value": names.get(key, ""), "note": note, "at": at} for term, key, at, note in listed if key
    ]


def _payment_facts(row: Refund, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """When, from where and with which number it was paid; or that it was taken back already."""
    if row.cause == RefundCause.CHARGEBACK:
        return [{"term": words.say("付款"), "value": words.say("款项已被平台或银行扣回，不需要付款。")}]
    if not row.paid_on:
        return []
    return [
        {"term": words.say("付款日期"), "value": row.paid_on, "kind": "date"},
        {"term": words.say("付款账户"), "value": names.get(row.paid_from, "")},
        {"term": words.say("流水号或回单号"), "value": row.channel_ref or words.say("现金，没有单号"), "kind": "code"},
    ]


def _payment(row: Refund, place: str) -> str:
    if not row.paid_on:
        return ""
    return " ".join(part for part in (row.paid_on, place, row.channel_ref) if part)


async def refund_rows(listed: Iterable[Refund]) -> list[dict[str, Any]]:
    """The list of refunds."""
    rows = list(listed)
    staff_names = await staff.names([r.requested_by for r in rows])
    numbers = await receipts.numbers_of([r.donation_id for r in rows])
    return [
        {
            "number": r.number,
            "href": addresses.of("refund", r.number),
            "amount": r.amount_fen,
            "cause": words.translate(bookings.CAUSE_WORDS[r.cause]) if r.cause else "—",
            "receipt": numbers.get(r.donation_id, ""),
            "by": staff_names.get(r.requested_by, ""),
            "at": r.requested_at,
            "paid_on": r.paid_on,
            "status": refund_state(r),
        }
        for r in rows
    ]
