"""The letter that carries an invitation on paper."""

import hashlib
from typing import Final

from charity import clock, words
from charity.giving import organisers, rules, work_units
from charity.giving.organisers.screens import address_of, reached
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.letters import PrintedLetter, letter_html
from charity.roles import Actor

SECONDS: Final = 30.0


async def letter(unit: str, code: str, *, by: Actor) -> bytes:
    """The letter as PDF, only while the code is good and this unit's."""
    by.must("organiser.invite")
    return await _letter(unit, code, by)


async def own_letter(code: str, *, by: Actor) -> bytes:
    """The same for an organiser who hands over."""
    by.must("roster.fill")
    return await _letter(await organisers.own_unit(by=by), code, by)


async def _letter(unit: str, code: str, by: Actor) -> bytes:
    invited = await organisers.opened(code)
    if invited.work_unit != unit:
        raise rules.ORGANISER_UNKNOWN()
    kept = await work_units.get(unit, by=by)
    we, how = await organisation.get(), await reached()
    address = address_of(invited.code)
    printed = PrintedLetter(
        organisation=we.named,
        unit=kept.name,
        name=invited.name,
        code=grouped(invited.code),
        address=address,
        typed_at=address.rpartition("/")[0],
        expires_on=invited.expires_on,
        phone=how["phone"],
        office=how["office"],
        printed_on=clock.today().isoformat(),
        demo=we.demo,
        lang=words.language(),
    )
    html = letter_html(printed)
    return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16], seconds=SECONDS)


def grouped(code: str) -> str:
    """A code as it is read and typed, in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
