"""The printed receipt D1: whole for staff and its giver, masked for whoever scanned its QR."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final, Literal, cast

from charity import clock, words
from charity.db import sealed
from charity.giving import campaigns, on_receipts
from charity.giving.channels import CHANNELS, GOODS_CHANNEL
from charity.giving.models import Donation, Receipt
from charity.giving.receipts import readers
from charity.giving.receipts.pick_up import pick_up_code
from charity.giving.receipts.printed import goods_lines
from charity.giving.receipts.tax import tax_note
from charity.ledger import funds, journal_vouchers
from charity.office import organisation, staff
from charity.people import masking, persons
from charity.people.masking import Reader, What
from charity.printing import pdfs
from charity.printing.receipts import Copy, PrintedReceipt, ReceiptLine, receipt_form, sheets
from charity.settings import settings

BASIS = {"invoice": "发票", "market": "市场价", "appraisal": "评估", "none": ""}
WHOLE: Final[tuple[Copy, ...]] = ("stub", "donor", "books")
NAMED_MAX: Final = 3
"""Funds in the giver's wish, and staff in a signature, that are named one by one."""
_SIZED = re.compile(r"(.+?)\s+(\d\S*)")
"""A kind of goods is called by name and size: 大米(晚籼) 5kg."""


def verify_url(code: str) -> str:
    """The address that the QR carries: no personal data, only the random code."""
    return f"{settings().public_url.rstrip('/')}/r/{code}"


async def whole_pdf(code: str, *, copied_on: str = "") -> tuple[bytes, str]:
    """All three copies with every name, for staff; and the receipt's number. `copied_on`: the day of a reprint."""
    return await _for_staff(code, WHOLE, Reader.PERMITTED, copied_on)


async def whole_sheets(code: str, *, copied_on: str = "") -> list[dict[str, Any]]:
    """What `whole_pdf` prints, for many receipts of one PDF (printing.receipts.form)."""
    return sheets(await printed_for(code, to=Reader.PERMITTED, copied_on=copied_on), WHOLE)


async def full_pdf(code: str) -> tuple[bytes, str]:
    """The giver's own copy, marked as one of today; and the receipt's number."""
    return await _for_staff(code, ("donor",), Reader.GIVER, clock.today().isoformat())


async def masked_pdf(code: str) -> tuple[bytes, str]:
    """The donor's copy as whoever has the code may see it; and the receipt's number."""
    printed = await printed_for(code, to=Reader.HOLDER)
    form = receipt_form(printed)
    return await pdfs.for_anybody(form, identifier=_identifier(code, printed, Reader.HOLDER)), printed.number


async def _for_staff(code: str, copies: Sequence[Copy], to: Reader, copied_on: str) -> tuple[bytes, str]:
    printed = await printed_for(code, to=to, copied_on=copied_on)
    form = receipt_form(printed, copies)
    return await pdfs.for_staff(form, identifier=_identifier(code, printed, to)), printed.number


def _identifier(code: str, printed: PrintedReceipt, to: Reader) -> bytes:
    facts = f"{code}|{to}|{printed.lang}|{printed.status}|{printed.copied_on}"
    return hashlib.sha256(facts.encode()).digest()[:16]


async def printed_for(code: str, *, to: Reader, copied_on: str = "") -> PrintedReceipt:
    """All that a receipt prints, and a page shows, for this reader."""
    return await printed_of(await readers.get(code), await readers.gifts(code), to=to, copied_on=copied_on)


async def printed_of(row: Receipt, gifts: list[Donation], *, to: Reader, copied_on: str = "") -> PrintedReceipt:
    """The same of a receipt that was read already, with its gifts."""
    code = row.code
    person = (await persons.names([row.donor_id])).get(row.donor_id)
    reviewers = await journal_vouchers.reviewers_of([gift.seq for gift in gifts])
    takers = list(dict.fromkeys(gift.recorded_by for gift in gifts))
    names = await staff.names([row.handler, *reviewers, *takers])
    who_we_are = await organisation.get()
    first = gifts[0]
    designated = await funds.designated(gift.fund for gift in gifts)
    reason = sealed.unseal("receipt", "reason", code, row.reason)
    shows_code = to == Reader.PERMITTED and not await persons.phone_tail(row.donor_id)
    return PrintedReceipt(
        number=row.number,
        status=cast("Literal['issued', 'voided', 'replaced']", row.status),
        organisation=who_we_are.named,
        handler=_named([row.handler], names, to),
        reviewer=_named(reviewers, names, to),
        receiver=_named(takers, names, to),
        issued_on=row.issued_on,
        donor=persons.shown(person, to=to, consent=await readers.may_be_named(row, gifts)),
        donor_id=await persons.shown_id(row.donor_id, to=to),
        project=await _project(gifts[0]) if row.kind == "in_kind" else "",
        lines=await _lines(row, gifts),
        total_fen=row.amount_fen,
        wish="designated" if designated else "undesignated",
        wish_note="、".join(designated.values()) if len(designated) <= NAMED_MAX else words.say("见各行基金"),
        channel=CHANNELS[first.channel].words if first.channel else GOODS_CHANNEL,
        received_on=first.received_on,
        memo=masking.show(What.MESSAGE, sealed.unseal("donation", "memo", first.key, first.memo), to=to),
        replaces=await readers.number_of(row.replaces_id),
        replaced_by=await readers.number_of(row.replaced_by_id),
        ended_on=clock.business_date(row.ended_at).isoformat() if row.ended_at else "",
        reason=masking.show(What.REASON, reason, to=to),
        verify_url=verify_url(code),
        full_url=f"{verify_url(code)}/full" if to == Reader.HOLDER else "",
        pick_up=pick_up_code(code) if shows_code else "",
        copied_on=copied_on,
        tax_note=await tax_note(first.received_on),
        demo=who_we_are.demo,
        lang=words.language(),
    )


def _named(accounts: Sequence[str], names: dict[str, str], to: Reader) -> str:
    """Who handled, reviewed or took it: staff stand in full on every copy (Charity Law 38)."""
    some = "、".join(names.get(account, "") for account in accounts[:NAMED_MAX])
    if len(accounts) > NAMED_MAX:
        some = words.say("{names} 等 {count} 人", names=some, count=len(accounts))
    return masking.show(What.HANDLER, some, to=to)


async def _project(gift: Donation) -> str:
    """What a gift was given for: its campaign, else its fund."""
    if gift.campaign_id:
        return (await campaigns.names([gift.campaign_id])).get(gift.campaign_id, "")
    return (await funds.names([gift.fund])).get(gift.fund, gift.fund)


async def _lines(row: Receipt, gifts: list[Donation]) -> list[ReceiptLine]:
    """One line a gift of money; for goods one line a kind, as taken in."""
    if row.kind == "in_kind":
        return await _goods_lines(row.number)
    if row.roster:
        return await _roster_line(row, gifts[0])
    names, money = await campaigns.names([g.campaign_id for g in gifts]), await funds.names([g.fund for g in gifts])
    amounts = await readers.amounts_on(row, gifts) if len(gifts) > 1 else {gifts[0].key: row.amount_fen}
    return [
        ReceiptLine(
            project=names.get(g.campaign_id or "", "") or money.get(g.fund, g.fund),
            kind="money",
            specification=money.get(g.fund, g.fund),
            amount_fen=amounts[g.key],
        )
        for g in gifts
    ]


async def _roster_line(row: Receipt, gift: Donation) -> list[ReceiptLine]:
    """The staff of a unit as one line; their list is attached (D6)."""
    people = len((await on_receipts.contents(row.number)).in_force)
    names, money = await campaigns.names([gift.campaign_id]), await funds.names([gift.fund])
    project = words.say(
        "{campaign}：职工 {count} 人，附明细单", campaign=names.get(gift.campaign_id or "", ""), count=people
    )
    return [
        ReceiptLine(
            project=project, kind="money", specification=money.get(gift.fund, gift.fund), amount_fen=row.amount_fen
        )
    ]


async def _goods_lines(number: str) -> list[ReceiptLine]:
    """The lines that were kept when the receipt was issued."""
    lines = []
    for line in (await goods_lines([number])).get(number, []):
        sized = _SIZED.fullmatch(line.name)
        lines.append(
            ReceiptLine(
                kind="goods",
                name=sized[1] if sized else line.name,
                specification=sized[2] if sized else "",
                measure=line.measure,
                quantity=line.quantity,
                unit_price_fen=line.price_fen or None,
                amount_fen=line.amount_fen or None,
                basis=words.translate(BASIS[line.evidence]),
            )
        )
    return lines
