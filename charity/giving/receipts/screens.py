"""What the staff pages of receipts show, with words in the reader's language."""

from collections.abc import Iterable
from typing import Any

from charity import addresses, words
from charity.db import sealed
from charity.giving import campaigns, on_receipts, receipts
from charity.giving.channels import CHANNELS
from charity.giving.donors.screens import consents, fiscal
from charity.giving.models import Donation, GiftReversal, Receipt, Refund
from charity.ledger import funds
from charity.office import staff
from charity.people import persons
from charity.people.masking import Reader
from charity.printing import glyphs
from charity.printing.receipts import PrintedReceipt
from charity.roles import SYSTEM, Actor
from charity.web import confirming
from charity.web.choices import choices, status

RECEIPT_TONES = {"issued": "good", "voided": "bad", "replaced": "wait"}
DELIVERY_TONES = {"pending": "wait", "sent": "good", "handed": "good", "kept_undelivered": "none"}
REFUND_TONES = {"requested": "wait", "approved": "info", "refunded": "good", "rejected": "bad"}
REVERSAL_TONES = {"requested": "wait", "approved": "good", "rejected": "bad"}


async def receipt_rows(listed: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The list of receipts."""
    rows = list(listed)
    givers = await persons.names([r["donor"] for r in rows])
    names, money = await campaigns.names([r["campaign"] for r in rows]), await funds.names()
    return [
        {
            "number": r["number"],
            "href": addresses.of("receipt", r["code"]),
            "on": r["issued_on"],
            "donor": persons.shown(givers.get(r["donor"])),
            "campaign": names.get(r["campaign"] or "", ""),
            "fund": money.get(r["fund"], r["fund"]),
            "status": status(r["status"], receipts.STATUS_WORDS, RECEIPT_TONES),
            "delivery": status(r["delivery"], receipts.DELIVERY_WORDS, DELIVERY_TONES),
            "amount": r["amount_fen"],
        }
        for r in rows
    ]


async def receipt_page(row: Receipt, *, by: Actor) -> dict[str, Any]:
    """The staff page of a receipt: its gifts, refunds and neighbours."""
    gifts = await receipts.gifts(row.code)
    keys_on = await receipts.gifts_of_number(row.number)
    asked = await receipts.refunds_of(keys_on, by=by)
    corrections = await receipts.reversals_of(keys_on, by=by)
    requesters = [*(r.requested_by for r in asked), *(r.requested_by for r in corrections)]
    keys = [row.handler, row.ended_by or "", *requesters]
    staff_names = await staff.names([k for k in keys if k])
    donor = (await persons.names([row.donor_id])).get(row.donor_id)
    slugs = [row.campaign_id] if row.campaign_id else list(dict.fromkeys(g.campaign_id or "" for g in gifts))
    names, money = await campaigns.names(slugs), await funds.names()
    facts = _confirmed(row, persons.shown(donor))
    printed = await receipts.printed_of(row, gifts, to=Reader.PERMITTED)
    return {
        "row": row,
        "confirmed": facts,
        "carried": confirming.carried(receipts.content_of(row).hash, facts),
        "messages": await receipts.messages(gifts, by=by),
        "lines": printed.lines,
        "unprintable": [f"{char}（U+{ord(char):04X}）" for char in glyphs.missing(*_texts(printed))],
        "missing": [g.key for g in gifts if g.receipt_id is None and g.status == "ok" and g.amount_fen],
        "anew": await _issued_anew(row, gifts),
        "reason": sealed.unseal("receipt", "reason", row.code, row.reason),
        "delivery_note": sealed.unseal("receipt", "delivery_note", row.code, row.delivery_note),
        "donor": persons.shown(donor),
        "consents": None if row.roster else await consents(row.donor_id, **_published(gifts)),
        "people": len((await on_receipts.contents(row.number)).in_force) if row.roster else 0,
        "fiscal": await fiscal(row.donor_id),
        "campaign": words.listed(names[slug] for slug in slugs if slug in names),
        "fund": words.listed(money.get(code, code) for code in dict.fromkeys([row.fund, *(g.fund for g in gifts)])),
        "handler": staff_names.get(row.handler, ""),
        "ended_by": staff_names.get(row.ended_by or "", ""),
        "state": status(row.status, receipts.STATUS_WORDS, RECEIPT_TONES),
        "delivery": status(row.delivery, receipts.DELIVERY_WORDS, DELIVERY_TONES),
        "delivery_options": choices(receipts.DELIVERY_WORDS),
        "gifts": [_gift_row(g, names.get(g.campaign_id or "", ""), money.get(g.fund, g.fund), by) for g in gifts],
        "refunds": [
            {
                **_asked(r, staff_names),
                "href": addresses.of("refund", r.number),
                "amount": r.amount_fen,
                "status": refund_state(r),
            }
            for r in asked
        ],
        "corrections": [
            {**_asked(r, staff_names), "href": addresses.of("reversal", r.number), "status": reversal_state(r)}
            for r in corrections
        ],
    }


async def _issued_anew(row: Receipt, gifts: Iterable[Donation]) -> list[dict[str, str]]:
    """The receipts that the gifts of a voided one are on by now."""
    codes = {gift.receipt_id for gift in gifts if gift.receipt_id and row.status == "voided"}
    rows = await Receipt.visible_to(SYSTEM).filter(code__in=codes).order_by("number") if codes else []
    return [{"number": one.number, "href": addresses.of("receipt", one.code)} for one in rows]


def _published(gifts: Iterable[Donation]) -> dict[str, bool]:
    """Whether all gifts on a receipt may be shown with the name, and with the amount."""
    kept = list(gifts)
    return {"name": all(gift.public_name for gift in kept), "amount": all(gift.public_amount for gift in kept)}


def _texts(printed: PrintedReceipt) -> list[str]:
    """What people typed of all that a receipt prints."""
    lines = [text for line in printed.lines for text in (line.project, line.name, line.specification)]
    return [printed.donor, printed.memo, printed.project, printed.wish_note, printed.reason, *lines]


def _confirmed(row: Receipt, donor: str) -> list[dict[str, Any]]:
    """What is shown to whoever voids or replaces it."""
    state = status(row.status, receipts.STATUS_WORDS, RECEIPT_TONES)
    return [
        {"term": words.translate("捐赠人"), "value": donor},
        {"term": words.translate("金额"), "value": row.amount_fen, "kind": "yuan"},
        {"term": words.translate("开具日期"), "value": row.issued_on, "kind": "date"},
        {"term": words.translate("状态"), "value": state, "kind": "status"},
    ]


def refund_state(row: Refund) -> dict[str, str]:
    """How far a refund is, as a status."""
    return status(row.status, receipts.REFUND_STATUS_WORDS, REFUND_TONES)


def reversal_state(row: GiftReversal) -> dict[str, str]:
    """How far the correction of a gift is, as a status."""
    return status(row.status, receipts.REVERSAL_STATUS_WORDS, REVERSAL_TONES)


def _asked(row: Refund | GiftReversal, names: dict[str, str]) -> dict[str, Any]:
    """Who asked for a refund or a correction of a gift on the receipt, and when."""
    return {"number": row.number, "by": names.get(row.requested_by, ""), "at": row.requested_at}


def _gift_row(gift: Donation, campaign: str, fund: str, by: Actor) -> dict[str, Any]:
    channel = CHANNELS.get(gift.channel)
    return {
        "key": gift.key,
        "href": addresses.shown_to(by, "gift", gift.key),
        "on": gift.received_on,
        "purpose": " · ".join(part for part in (campaign, fund) if part),
        "channel": words.translate(channel.words if channel else "实物交付"),
        "ref": gift.channel_ref,
        "amount": gift.amount_fen,
        "refunded": gift.refunded_fen,
        "refundable": gift.kind == "cash" and gift.status == "ok",
        "reversible": gift.kind == "cash" and gift.status == "ok" and not gift.refunded_fen,
    }
