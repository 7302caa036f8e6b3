"""Campaigns as they are shown, with their public figures.

Always true: `fund`, `funds` and `kind` never change after a campaign was made, so they may be remembered;
whether it is open is asked again in the transaction of each gift.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from charity import clock, words
from charity.db import engine, reading
from charity.giving import rules
from charity.giving.kinds import PUBLISHED, Reach
from charity.giving.models import SLUG_MAX, Campaign
from charity.ledger import funds as ledger_funds
from charity.ledger import statement
from charity.ledger.statement import Statement
from charity.roles import PUBLIC, SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Known:
    """What of a campaign never changes."""

    slug: str
    kind: str
    fund: str
    funds: tuple[str, ...]
    prefix: str
    reach: str = "public"

    def chosen(self, fund: str | None) -> str:
        """The fund a giver chose, or the campaign's own; refuses one that is no choice."""
        if not fund:
            return self.fund
        if fund not in self.funds:
            raise rules.FUND_NOT_CHOICE(fund=fund)
        return fund


@dataclass(frozen=True, slots=True)
class Figures:
    """The public figures of a campaign: those of its fund, as the books have them after entry `seq` (I12)."""

    equation: Statement
    seq: int

    @property
    def received_fen(self) -> int:
        """Gifts of money, fen; of a fund that holds for others what it collected."""
        return self.equation["received"].money_fen + self.equation["agency_in"].money_fen

    @property
    def refunded_fen(self) -> int:
        """Money given back, fen."""
        return self.equation["refunded"].money_fen + self.equation.given_back.money_fen

    @property
    def net_fen(self) -> int:
        """Received less refunded, fen."""
        return self.received_fen - self.refunded_fen

    @property
    def gifts(self) -> int:
        """Gifts of money and goods that were not reversed."""
        return self.equation.gifts

    @property
    def donors(self) -> int:
        """Who gave, each once; the nameless are none."""
        return self.equation.donors


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign with its figures."""

    row: dict[str, Any]
    figures: Figures

    @property
    def name(self) -> str:
        """The name in the current language."""
        return str((words.language() == "en" and self.row["name_en"]) or self.row["name"])

    @property
    def purpose(self) -> str:
        """The purpose in the current language."""
        return str((words.language() == "en" and self.row["purpose_en"]) or self.row["purpose"])


_known: dict[str, Known] = {}
_known_of: object = None


async def known(slug: str) -> Known:
    """The facts of a campaign that no verb changes, or campaign.unknown (422)."""
    global _known_of  # noqa: PLW0603 - one memory a process, of one open database
    if _known_of is not engine.state():
        _known.clear()
        _known_of = engine.state()
    remembered = _known.get(slug)
    if remembered is not None:
        return remembered
    row = await Campaign.visible_to(SYSTEM).get_or_none(slug=slug)
    if row is None:
        raise rules.CAMPAIGN_UNKNOWN(campaign=slug)
    lasting = Known(row.slug, row.kind, row.fund, tuple(json.loads(row.funds)), row.prefix, row.reach)
    _known[slug] = lasting
    return lasting


async def _shown(rows: Iterable[dict[str, Any]], by: Actor) -> list[Shown]:
    period = await statement.of(statement.EARLIEST, clock.today().isoformat())
    return [Shown(row, Figures(period.of(row["fund"]), period.seq)) for row in rows if _visible(row, by)]


def _visible(row: Mapping[str, Any], by: Actor) -> bool:
    """As `Campaign.visible_to`."""
    return by.may("campaign.read") or (row["status"] in PUBLISHED and row["reach"] == Reach.PUBLIC)


async def every(*, by: Actor = PUBLIC) -> list[Shown]:
    """Campaigns with figures: the active ones first, then the newest. Drafts only for whoever manages them."""
    visible = await _shown(await reading.rows("SELECT * FROM campaign"), by)
    visible.sort(key=lambda s: (s.row["starts_on"], s.row["slug"]), reverse=True)
    return sorted(visible, key=lambda s: s.row["status"] != "active")


async def get(slug: str, *, by: Actor = PUBLIC) -> Shown:
    """One campaign with figures, or campaign.not_found (404): also one by invitation, which `invitations` shows."""
    shown = await _shown(await reading.rows("SELECT * FROM campaign WHERE slug = $1", slug), by)
    if not shown:
        raise rules.CAMPAIGN_NOT_FOUND()
    return shown[0]


async def names(slugs: Iterable[str | None]) -> dict[str, str]:
    """Names of published campaigns by slug in the current language, of those too that were by invitation.

    For whoever has the slug already: from a gift, a receipt or a pledge that he may see.
    """
    wanted = [s for s in dict.fromkeys(slugs) if s and len(s) <= SLUG_MAX]  # Tortoise refuses to ask for a longer one
    published = Campaign.visible_to(SYSTEM).filter(status__in=PUBLISHED, slug__in=wanted)
    return _named(await published) if wanted else {}


async def every_name() -> dict[str, str]:
    """The names of all published campaigns by slug, in the current language; ordered by the Chinese name. For staff."""
    return _named(await Campaign.visible_to(SYSTEM).filter(status__in=PUBLISHED).order_by("name"))


async def is_public(slug: str) -> bool:
    """Whether this campaign has a page that everybody may open."""
    return await Campaign.visible_to(PUBLIC).filter(slug=slug).exists()


async def money_takers(*, closed: bool = False) -> dict[str, str]:
    """The names of the campaigns that take money now, by slug, also of those by invitation; the newest first.

    `closed`: of those that are closed too, after them.
    """
    taking = Campaign.visible_to(SYSTEM).filter(status__in=["active", "closed"] if closed else ["active"])
    return _named(await taking.order_by("status", "-starts_on", "-slug"))


def _named(rows: Iterable[Campaign]) -> dict[str, str]:
    english = words.language() == "en"
    return {r.slug: (r.name_en if english and r.name_en else r.name) for r in rows}


async def fund_choices(slug: str) -> list[tuple[str, str]]:
    """(code, name) of the funds a giver may choose today, the campaign's own first."""
    lasting = await known(slug)
    closed = await _not_collected(lasting, lasting.funds, clock.today().isoformat())
    names = await ledger_funds.names(lasting.funds)
    return [(code, names[code]) for code in lasting.funds if code not in closed]


async def funds_offered(slugs: Iterable[str]) -> dict[str, str]:
    """Names of the funds that a giver may choose today with any of these campaigns, by code."""
    lasting = [await known(slug) for slug in slugs]
    own, codes = {campaign.fund for campaign in lasting}, {code for campaign in lasting for code in campaign.funds}
    return await ledger_funds.names(sorted(codes - await _closed(codes - own, clock.today().isoformat())))


async def chosen_fund(campaign: Known, fund: str | None, *, on: str) -> str:
    """The fund a giver of that day chose, or the campaign's own; refuses one that is no choice or not collected then.

    Only who chooses another fund than the campaign's own makes it look.
    """
    code = campaign.chosen(fund)
    if await _not_collected(campaign, [code], on):
        raise rules.FUND_NOT_COLLECTED(fund=await ledger_funds.named(code), day=on)
    return code


async def _not_collected(campaign: Known, codes: Iterable[str], on: str) -> set[str]:
    """Funds for which other campaigns collect, but none on that day; one that no campaign has may always be chosen.

    Whom nobody invited gives nothing to the fund of a campaign by invitation.
    """
    return await _closed({code for code in codes if code != campaign.fund}, on)


async def _closed(others: Collection[str], on: str) -> set[str]:
    """Of funds that are no campaign's own among those asked: see `_not_collected`."""
    if not others:
        return set()
    rows = await Campaign.visible_to(SYSTEM).filter(fund__in=sorted(others)).exclude(kind="everyday")
    owned = {row.fund for row in rows}
    invited = {row.fund for row in rows if row.reach == Reach.TARGETED}
    open_now = {r.fund for r in rows if r.status == "active" and r.starts_on <= on <= (r.ends_on or on)}
    return owned - (open_now - invited)


async def listed() -> tuple[set[str], set[str]]:
    """The slugs of campaigns that everybody may see, and the funds that only others have: those by invitation."""
    rows, public = await Campaign.visible_to(SYSTEM).all(), await Campaign.visible_to(PUBLIC).all()
    return {row.slug for row in public}, {row.fund for row in rows} - {row.fund for row in public}
