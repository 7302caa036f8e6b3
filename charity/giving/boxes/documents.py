"""The record of an opening on paper (D15)."""

from charity import words
from charity.giving.boxes import screens
from charity.giving.boxes.models import BoxOpening, DonationBox, OpeningStatus
from charity.money import capitals
from charity.office import organisation, staff
from charity.printing import pdfs
from charity.printing.boxes import PrintedOpening, opening_html


async def pdf(one: BoxOpening, box: DonationBox) -> bytes:
    """An opening as PDF, A4 portrait. Its identifier comes from what it says."""
    who = await organisation.get()
    people = await staff.names({one.counted_by, one.confirmed_by or ""} - {""})
    document = PrintedOpening(
        organisation=who.named,
        number=one.number,
        box=one.box,
        site=box.site,
        opened_at=f"{one.opened_on} {one.opened_time}",
        sheets=screens.sheets(one),
        amount_fen=one.amount_fen,
        capitals=capitals(one.amount_fen),
        opener=screens.named(one, "opener"),
        counters=[people.get(one.counted_by, ""), people.get(one.confirmed_by or "", "")],
        witness=screens.named(one, "witness"),
        slip_ref=one.slip_ref,
        state="" if one.status == OpeningStatus.CONFIRMED else screens.status(one)["label"],
        demo=who.demo,
        lang=words.language(),
    )
    says = f"{one.number} {one.status} {one.confirmed_by} {one.slip_ref} {document.lang}"
    return await pdfs.for_staff(opening_html(document), identifier=says.encode())
