"""What the pages of corrections show, with words in the reader's language."""

from collections.abc import Iterable
from typing import Any

from charity import addresses, words
from charity.db import sealed
from charity.giving import donations, receipts, reversals
from charity.giving.models import Donation, GiftReversal
from charity.giving.receipts.screens import reversal_state
from charity.giving.reversals import readers
from charity.giving.reversals.shape import Outlook
from charity.giving.shown import finished, gift_facts
from charity.ledger.reversals import CORRECTION, REVERSAL
from charity.money import yuan_sign
from charity.office import staff
from charity.roles import SYSTEM, Actor
from charity.web import confirming

BOOKED = {
    REVERSAL: "原样冲销这笔捐赠的分录",
    CORRECTION: "以前年度的捐赠：记入 3201 以前年度净资产调整",
}


async def reversal_page(number: str, *, by: Actor) -> dict[str, Any]:
    """A correction whole: of which gift, why, what it does to the books, and who did what."""
    row = await reversals.get(number, by=by)
    gift = await donations.get(row.donation_id, by=SYSTEM)  # whoever may see a correction sees what is corrected
    facts = _facts(row, gift, await readers.outlook(gift))
    booked_anew = await donations.get(row.rebooked_as, by=SYSTEM) if row.rebooked_as else None
    if row.seq is not None:
        facts += await _done(row, gift, booked_anew, by=by)
    return {
        "row": row,
        "facts": facts,
        "carried": confirming.carried((await readers.shown(row, gift)).hash, facts),
        "gift_facts": await gift_facts(gift, by=by, decided=row.status == "approved"),
        "people": await _people(row),
        "state": reversal_state(row),
        "can_approve": row.status == "requested" and by.may("reversal.approve") and by.key != row.requested_by,
        "can_rebook": row.status == "approved" and booked_anew is None and by.may("gift.receive"),
    }


def _facts(row: GiftReversal, gift: Donation, outlook: Outlook) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"term": words.say("更正金额"), "value": gift.amount_fen, "kind": "yuan"},
        {"term": words.say("理由"), "value": sealed.unseal("gift_reversal", "reason", row.number, row.reason)},
    ]
    if row.status == "requested":
        facts += [
            {
                "term": words.say("已经用去"),
                "value": outlook.used_fen,
                "kind": "yuan",
                "note": words.say("由本基金下一笔未用的捐赠接替，付款不变") if outlook.used_fen else "",
            },
            {
                "term": words.say("怎样入账"),
                "value": words.translate(BOOKED[CORRECTION if outlook.through else REVERSAL]),
                "note": words.say("钱若已划到别处，先在本基金内调回原处，再冲销"),
            },
        ]
    state = reversal_state(row)
    return [*facts, {"term": words.say("状态"), "value": state, "kind": "status"}]


async def _done(row: GiftReversal, gift: Donation, booked_anew: Donation | None, *, by: Actor) -> list[dict[str, Any]]:
    """What an approved correction did: what was used then, its entries and receipts, the number, the gift anew."""
    used_fen, kind, seqs = await readers.done(row, gift)
    facts: list[dict[str, Any]] = [
        {
            "term": words.say("当时已经用去"),
            "value": used_fen,
            "kind": "yuan",
            "note": words.say("由本基金下一笔未用的捐赠接替，付款不变") if used_fen else "",
        },
        {"term": words.say("怎样入账"), "value": words.translate(BOOKED[kind])},
        *await finished(gift.key, row.number, seqs, by=by),
    ]
    if booked_anew is not None:
        receipt = await receipts.get(booked_anew.receipt_id) if booked_anew.receipt_id else None
        facts.append(
            {
                "term": words.say("已按实际重新登记"),
                "value": receipt.number if receipt else words.say("现在没有有效收据"),
                "kind": "code" if receipt else "text",
                "href": addresses.shown_to(by, "receipt", receipt.code if receipt else None),
                "note": yuan_sign(booked_anew.amount_fen),
            }
        )
    return facts


async def _people(row: GiftReversal) -> list[dict[str, Any]]:
    names = await staff.names([key for key in (row.requested_by, row.decided_by) if key])
    decided = words.say("驳回") if row.status == "rejected" else words.say("批准")
    note = sealed.unseal("gift_reversal", "decision", row.number, row.decision)
    listed = [
        (words.say("申请"), row.requested_by, row.requested_at, ""),
        (decided, row.decided_by, row.decided_at, note),
    ]
    return [
        {"term": term, "value": names.get(key, ""), "note": text, "at": at} for term, key, at, text in listed if key
    ]


async def reversal_rows(listed: Iterable[GiftReversal]) -> list[dict[str, Any]]:
    """The list of corrections."""
    rows = list(listed)
    staff_names = await staff.names([r.requested_by for r in rows])
    keys = [r.donation_id for r in rows]
    numbers, amounts = await receipts.numbers_of(keys), await donations.amounts(keys)
    return [
        {
            "number": r.number,
            "href": addresses.of("reversal", r.number),
            "amount": amounts.get(r.donation_id),
            "receipt": numbers.get(r.donation_id, ""),
            "by": staff_names.get(r.requested_by, ""),
            "at": r.requested_at,
            "status": reversal_state(r),
        }
        for r in rows
    ]
