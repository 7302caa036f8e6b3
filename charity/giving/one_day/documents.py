"""The poster of a work unit in a campaign: scan and give, or give together by one transfer.

Source: Charity Law 25 (filing and contact are shown wherever one asks in public), field.md 2.4.
"""

import hashlib
from typing import Final
from urllib.parse import quote

from charity import clock, words
from charity.giving import campaigns, organisers, rules, unit_rosters, ways, work_units
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.printing import pdfs
from charity.printing.posters import PrintedPoster, poster_html
from charity.roles import Actor
from charity.settings import settings

SECONDS: Final = 30.0


def address(slug: str, unit: str) -> str:
    """What the QR code says: the form to give of the campaign, with the unit chosen. Nothing personal."""
    return f"{settings().public_url.rstrip('/')}/campaigns/{quote(slug)}/give?work_unit={quote(unit)}"


async def poster(code: str, slug: str, *, by: Actor) -> bytes:
    """The poster as PDF, in the language of whoever prints it.

    Refuses a retired unit (work_unit.retired), a campaign that is closed or over (campaign.not_open, campaign.ended),
    and one that is no one-day giving (campaign.not_found).
    """
    by.must("gift.read")
    return await _poster(code, slug, by)


async def own_poster(slug: str, *, by: Actor) -> bytes:
    """The same for an organiser: he names no unit, his own is printed."""
    by.must("roster.fill")
    return await _poster(await organisers.own_unit(by=by), slug, by)


async def _poster(code: str, slug: str, by: Actor) -> bytes:
    unit = await work_units.get(code, by=by)
    if unit.retired_at:
        raise rules.WORK_UNIT_RETIRED(name=unit.name)
    shown = await campaigns.get(slug, by=by)
    _must_take_gifts(shown)
    to = await ways.account_of(slug) or ways.Account()
    we, own = await organisation.get(), await organisation.facts_on(clock.today())
    printed = PrintedPoster(
        organisation=we.named,
        campaign=shown.name,
        purpose=shown.purpose,
        starts_on=shown.row["starts_on"],
        ends_on=shown.row["ends_on"] or "",
        filing_no=shown.row["filing_no"] or "",
        unit=unit.name,
        reference=await unit_rosters.reference_of(code, slug) or unit.reference,
        address=address(slug, code),
        holder=to.holder,
        bank=to.bank,
        account=to.number,
        planned=to.planned,
        phone=own.value(FactKind.PHONE),
        demo=we.demo,
        lang=words.language(),
    )
    html = poster_html(printed)
    return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16], seconds=SECONDS)


def _must_take_gifts(shown: campaigns.Shown) -> None:
    """A poster may hang before its campaign begins, and not when it is over."""
    row = shown.row
    if row["kind"] != "one_day":
        raise rules.CAMPAIGN_NOT_FOUND()
    if row["status"] != "active":
        raise rules.CAMPAIGN_NOT_OPEN(name=row["name"], state=words.Term(campaigns.STATUS_WORDS[row["status"]]))
    if row["ends_on"] and clock.today().isoformat() > row["ends_on"]:
        raise rules.CAMPAIGN_ENDED(name=row["name"], ends_on=row["ends_on"])
