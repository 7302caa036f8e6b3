"""The printed receipt D1: whole for staff, masked for whoever scanned its QR."""

import hashlib
from typing import Literal, cast

from charity import words
from charity.db import sealed
from charity.giving import campaigns
from charity.giving.channels import CHANNELS, GOODS_CHANNEL
from charity.giving.models import Donation, Receipt
from charity.giving.receipts import readers
from charity.giving.receipts.printed import goods_lines
from charity.ledger import funds
from charity.office import organisation, staff
from charity.people import masking, persons
from charity.people.masking import Reader, What
from charity.printing import pdfs
from charity.printing.receipts import PrintedReceipt, ReceiptLine, receipt_html
from charity.settings import settings

BASIS = {"invoice": "发票", "market": "市场价", "appraisal": "评估", "none": ""}


def verify_url(code: str) -> str:
    """The address that the QR carries: no personal data, only the random code."""
    return f"{settings().public_url.rstrip('/')}/r/{code}"


async def whole_pdf(code: str) -> tuple[bytes, str]:
    """All three copies with every name, for staff; and the receipt's number."""
    printed = await _printed(code, to=Reader.PERMITTED)
    html = receipt_html(printed, ("stub", "donor", "books"))
    return await pdfs.for_staff(html, identifier=_identifier(code, printed, Reader.PERMITTED)), printed.number


async def masked_pdf(code: str) -> tuple[bytes, str]:
    """The donor's copy as whoever has the code may see it; and the receipt's number."""
    printed = await _printed(code, to=Reader.HOLDER)
    html = receipt_html(printed, ("donor",))
    return await pdfs.for_anybody(html, identifier=_identifier(code, printed, Reader.HOLDER)), printed.number


def _identifier(code: str, printed: PrintedReceipt, to: Reader) -> bytes:
    return hashlib.sha256(f"{code}|{to}|{printed.lang}|{printed.status}".encode()).digest()[:16]


async def _printed(code: str, *, to: Reader) -> PrintedReceipt:
    """All that a receipt prints for this reader."""
    row = await readers.get(code)
    gifts = await readers.gifts(code)
    person = (await persons.names([row.donor_id])).get(row.donor_id)
    handler = (await staff.names([row.handler])).get(row.handler, "")
    who_we_are = await organisation.get()
    english = words.language() == "en"
    first = gifts[0]
    designated = await funds.designated(gift.fund for gift in gifts)
    return PrintedReceipt(
        number=row.number,
        status=cast("Literal['issued', 'voided', 'replaced']", row.status),
        organisation=(english and who_we_are.name_en) or who_we_are.name,
        handler=masking.show(What.HANDLER, handler, to=to),
        issued_on=row.issued_on,
        donor=persons.shown(person, to=to, consent=readers.may_be_named(row, gifts)),
        donor_id=await persons.shown_id(row.donor_id, to=to),
        lines=await _lines(row, gifts),
        total_fen=row.amount_fen,
        wish="designated" if designated else "undesignated",
        wish_note="、".join(designated.values()),
        channel=CHANNELS[first.channel].words if first.channel else GOODS_CHANNEL,
        received_on=first.received_on,
        memo=masking.show(What.MESSAGE, sealed.unseal("donation", "memo", first.key, first.memo), to=to),
        replaces=await readers.number_of(row.replaces_id),
        replaced_by=await readers.number_of(row.replaced_by_id),
        verify_url=verify_url(code),
        demo=who_we_are.demo,
        lang=words.language(),
    )


async def _lines(row: Receipt, gifts: list[Donation]) -> list[ReceiptLine]:
    """One line a gift of money; for goods one line a kind, as taken in."""
    names = await campaigns.names([g.campaign_id for g in gifts])
    if row.kind == "in_kind":
        return await _goods_lines(row.number, names.get(row.campaign_id or "", ""))
    if len(gifts) == 1:
        return [ReceiptLine(project=names.get(gifts[0].campaign_id or "", ""), kind="money", amount_fen=row.amount_fen)]
    money, amounts = await funds.names([g.fund for g in gifts]), await readers.amounts_on(row, gifts)
    several = len({g.fund for g in gifts}) > 1
    return [
        ReceiptLine(
            project=names.get(g.campaign_id or "", ""),
            kind="money",
            specification=money.get(g.fund, g.fund) if several else "",
            amount_fen=amounts[g.key],
        )
        for g in gifts
    ]


async def _goods_lines(number: str, project: str) -> list[ReceiptLine]:
    """The lines that were kept when the receipt was issued."""
    return [
        ReceiptLine(
            project=project,
            kind="goods",
            specification=line.name,
            measure=line.measure,
            quantity=line.quantity,
            unit_price_fen=line.price_fen or None,
            amount_fen=line.amount_fen or None,
            basis=words.translate(BASIS[line.evidence]),
        )
        for line in (await goods_lines([number])).get(number, [])
    ]
