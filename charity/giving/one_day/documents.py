"""The poster of a work unit in a campaign: scan and give, or give together by one transfer.

Source: Charity Law 25 (filing and contact are shown wherever one asks in public), field.md 2.4.
"""

import hashlib
from typing import Any, Final
from urllib.parse import quote

from charity import clock, words
from charity.errors import Refusal
from charity.giving import campaigns, organisers, rules, settling, unit_rosters, ways, work_units
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.printing import pdfs
from charity.printing.posters import PrintedPoster, poster_html
from charity.printing.unit_lists import PrintedUnitList, unit_list_html
from charity.roles import Actor
from charity.settings import settings

SECONDS: Final = 30.0
LIST_SECONDS: Final = 60.0
LIST_MAX: Final = 600
"""People on a printed list to be signed; a longer roster goes as a sheet."""


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
        reference=await unit_rosters.reference_to_pay(code, unit.reference, slug),
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


async def together(key: str, *, by: Actor) -> tuple[bytes, str]:
    """All of a unit in one file: the poster while the campaign takes gifts, the slip once locked, the list."""
    row = await unit_rosters.get(key, by=by)
    unit = (await work_units.named([row.work_unit]))[row.work_unit]
    parts = []
    try:
        parts.append(await _poster(row.work_unit, row.campaign, by))
    except Refusal as refusal:
        if refusal.code not in _NO_POSTER:
            raise
    if row.locked_at is not None:
        parts.append((await settling.slip(key, by=by))[0])
    parts.append(await _list(row, unit, by))
    return await pdfs.joined(parts, title=words.say("{unit}：一日捐材料", unit=unit)), row.reference


_NO_POSTER: Final = frozenset({rules.WORK_UNIT_RETIRED.code, rules.CAMPAIGN_NOT_OPEN.code, rules.CAMPAIGN_ENDED.code})


async def _list(row: unit_rosters.UnitRoster, unit: str, by: Actor) -> bytes:
    """The list to be signed, as the roster stands."""
    we, shown = await organisation.get(), await campaigns.get(row.campaign, by=by)
    lines = await unit_rosters.lines(row.key, row.sheet, limit=LIST_MAX + 1)
    printed = PrintedUnitList(
        organisation=we.named,
        campaign=shown.name,
        unit=unit,
        reference=row.reference,
        lines=[] if len(lines) > LIST_MAX else [_line(n, line) for n, line in enumerate(lines, 1)],
        count=row.people,
        staff_fen=row.staff_fen,
        unit_fen=row.unit_fen,
        locked=row.locked_at is not None,
        demo=we.demo,
        lang=words.language(),
    )
    html = unit_list_html(printed)
    return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16], seconds=LIST_SECONDS)


def _line(n: int, line: unit_rosters.Line) -> dict[str, Any]:
    return {
        "n": n,
        "name": line.typed.name,
        "amount_fen": line.amount_fen,
        "way": _way(line),
        "single": line.single,
    }


def _way(line: unit_rosters.Line) -> str:
    """How one gives: himself online, out of his wage as he agreed; else the unit writes it in."""
    if line.faults:
        return ""
    if not line.counted:
        return words.say("已线上捐")
    return words.say("工资代扣") if line.payroll else ""


def _must_take_gifts(shown: campaigns.Shown) -> None:
    """A poster may hang before its campaign begins, and not when it is over."""
    row = shown.row
    if row["kind"] != "one_day":
        raise rules.CAMPAIGN_NOT_FOUND()
    if row["status"] != "active":
        raise rules.CAMPAIGN_NOT_OPEN(name=row["name"], state=words.Term(campaigns.STATUS_WORDS[row["status"]]))
    if row["ends_on"] and clock.today().isoformat() > row["ends_on"]:
        raise rules.CAMPAIGN_ENDED(name=row["name"], ends_on=row["ends_on"])
