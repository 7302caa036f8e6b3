"""Fundraising campaigns: made, filed, published behind a gate, closed; and their public figures.

Source: Charity Law 24, 25, 27 and MCA Order 74 art 11: a public campaign shows its filing number and the
designated platform; the plan is filed 10 days before it starts, for a disaster within 10 days after.
Always true: `fund`, `funds` and `kind` never change after a campaign was made, so they may be
remembered; whether it is open is asked again in the transaction of each gift.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from charity import clock, words
from charity.db import engine, reading, transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.giving import rules
from charity.giving.models import CAMPAIGN, FIGURES, Campaign, CampaignRow
from charity.ledger import funds as ledger_funds
from charity.ledger.state import State
from charity.roles import Actor

FILING_DAYS = 10
PUBLIC = ("active", "closed", "archived")
KIND_WORDS = {
    "one_day": "慈善一日捐",
    "everyday": "日常捐赠",
    "winter": "送温暖、献爱心",
    "education": "慈善助学",
    "orphan": "慈善救孤",
    "disaster": "赈灾募捐",
    "agency": "受托代理",
}
STATUS_WORDS = {"draft": "草稿", "filed": "已备案", "active": "进行中", "closed": "已结束", "archived": "已归档"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign to be made. `fund` takes what is not designated; `funds` are further choices."""

    slug: str
    name: str
    kind: str
    starts_on: str
    fund: str
    purpose: str
    ends_on: str | None = None
    funds: Sequence[str] = ()
    reach: str = "public"
    name_en: str = ""
    purpose_en: str = ""
    goal_fen: int | None = None
    prefix: str = "JZ"
    certificate_no: str = ""
    beneficiaries: str = ""
    surplus: str = ""
    cost_note: str = ""
    receiving: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What of a campaign never changes."""

    slug: str
    kind: str
    fund: str
    funds: tuple[str, ...]
    prefix: str

    def chosen(self, fund: str | None) -> str:
        """The fund a giver chose, or the campaign's own; refuses one that is no choice."""
        if not fund:
            return self.fund
        if fund not in self.funds:
            raise rules.FUND_NOT_CHOICE(fund=fund)
        return fund


@dataclass(frozen=True, slots=True)
class Figures:
    """Public totals in fen and counts, as the books have them after entry `seq` (I12)."""

    received_fen: int
    refunded_fen: int
    gifts: int
    donors: int
    in_kind: int
    seq: int

    @property
    def net_fen(self) -> int:
        """Received less refunded, fen."""
        return self.received_fen - self.refunded_fen


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign with its figures, read in one snapshot."""

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


# -- what is remembered -------------------------------------------------------------------------------

_known: dict[str, Known] = {}
_known_of: object = None


async def known(slug: str) -> Known:
    """The facts of a campaign that no verb changes, or campaign.unknown (422)."""
    global _known_of  # noqa: PLW0603 - one memory a process, of one open database
    if _known_of is not engine.state():
        _known.clear()
        _known_of = engine.state()
    found = _known.get(slug)
    if found is not None:
        return found
    row = await Campaign.get_or_none(slug=slug)
    if row is None:
        raise rules.CAMPAIGN_UNKNOWN(campaign=slug)
    fact = Known(row.slug, row.kind, row.fund, tuple(json.loads(row.funds)), row.prefix)
    _known[slug] = fact
    return fact


# -- decided in the writer ----------------------------------------------------------------------------


def accepting(state: State, slug: str, *, day: str, late: bool = False) -> CampaignRow:
    """The campaign's row, or a refusal when it takes no money of that day; `late`: also after the end (a pledge)."""
    row = state.row(CAMPAIGN, slug)
    if row is None:
        raise rules.CAMPAIGN_UNKNOWN(campaign=slug)
    if row["status"] != "active" and not (late and row["status"] == "closed"):
        raise rules.CAMPAIGN_NOT_OPEN(name=row["name"], state=rules.Term(STATUS_WORDS[row["status"]]))
    if day < row["starts_on"]:
        raise rules.CAMPAIGN_NOT_BEGUN(name=row["name"], starts_on=row["starts_on"])
    if not late and row["ends_on"] is not None and day > row["ends_on"]:
        raise rules.CAMPAIGN_ENDED(name=row["name"], ends_on=row["ends_on"])
    return row


def count(state: State, slug: str, *, received: int = 0, refunded: int = 0, gifts: int = 0, donors: int = 0) -> None:
    """Add to the public figures, in the batch that posts. Amounts in fen."""
    row = state.row(FIGURES, slug)
    assert row is not None, slug
    state.change(
        FIGURES,
        slug,
        received_fen=row["received_fen"] + received,
        refunded_fen=row["refunded_fen"] + refunded,
        gifts=row["gifts"] + gifts,
        donors=row["donors"] + donors,
    )


# -- verbs --------------------------------------------------------------------------------------------


async def create(new: NewCampaign, *, by: Actor) -> None:
    """Make a draft. Refuses a slug that is taken, an unknown fund, an agency fund in another campaign."""
    by.must("campaign.manage")
    choices = list(dict.fromkeys([new.fund, *new.funds]))

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT slug FROM campaign WHERE slug = $1", new.slug):
            raise rules.CAMPAIGN_EXISTS(slug=new.slug)
        await _check_funds(tx, new.kind, choices)
        row = {name: getattr(new, name) for name in NewCampaign.__slots__}
        row |= {"funds": json.dumps(choices), "status": "draft", "created_at": clock.stamp()}
        await tx.insert("campaign", [row])
        await tx.insert("campaign_figures", [{"slug": new.slug}])

    await transactions.run(work)


async def _check_funds(tx: Tx, kind: str, choices: list[str]) -> None:
    for code in choices:
        fund = await tx.row("SELECT kind FROM fund WHERE code = $1", code)
        if fund is None:
            raise unreadable(FieldError("fund", "没有基金“{fund}”", (("fund", code),)))
        if (fund["kind"] == "agency") != (kind == "agency"):
            raise rules.FUND_KIND()


async def file(slug: str, *, filing_no: str, platform_url: str, filed_on: str | None = None, by: Actor) -> None:
    """Note the filing of the plan; a draft becomes filed, an emergency may be filed while it is active."""
    by.must("campaign.manage")
    filed_on = filed_on or clock.today().isoformat()

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] not in {"draft", "filed", "active"}:
            raise _state_refusal(row, "备案")
        await tx.rows(
            "UPDATE campaign SET filing_no = $2, platform_url = $3, filed_on = $4, "
            "status = CASE status WHEN 'draft' THEN 'filed' ELSE status END WHERE slug = $1 RETURNING slug",
            slug,
            filing_no,
            platform_url,
            filed_on,
        )

    await transactions.run(work)


async def activate(slug: str, *, by: Actor) -> None:
    """Publish a campaign that passes the gate; the refusal lists everything that is missing."""
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] not in {"draft", "filed"}:
            raise _state_refusal(row, "发布")
        missing = gate(row)
        if missing:
            raise rules.CAMPAIGN_GATE(missing=rules.Terms(missing))
        await tx.rows("UPDATE campaign SET status = 'active' WHERE slug = $1 RETURNING slug", slug)

    await transactions.run(work)


async def close(slug: str, *, by: Actor) -> None:
    """End an active campaign; money of earlier pledges is still received."""
    await _step(slug, "active", "closed", "结束", by)


async def archive(slug: str, *, by: Actor) -> None:
    """Put a closed campaign away; it stays on the public pages."""
    await _step(slug, "closed", "archived", "归档", by)


async def _step(slug: str, before: str, after: str, act: str, by: Actor) -> None:
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] != before:
            raise _state_refusal(row, act)
        await tx.rows("UPDATE campaign SET status = $2 WHERE slug = $1 RETURNING slug", slug, after)

    await transactions.run(work)


def gate(row: dict[str, Any]) -> list[str]:
    """What still keeps a campaign from the public, as msgids; an empty list opens the gate."""
    if row["reach"] != "public":
        return []
    missing = []
    emergency = row["kind"] == "disaster"
    if not row["platform_url"]:
        missing.append("缺少民政部指定平台上的网址")
    if not row["filing_no"] and not emergency:
        missing.append("缺少募捐方案备案号")
    if row["filing_no"] and row["filed_on"]:
        days = (date.fromisoformat(row["starts_on"]) - date.fromisoformat(row["filed_on"])).days
        if not emergency and days < FILING_DAYS:
            missing.append("募捐方案应在开始前 10 日备案")
        if emergency and days < -FILING_DAYS:
            missing.append("应急募捐应在开始后 10 日内备案")
    return missing


def file_by(row: dict[str, Any]) -> str:
    """The last day on which the plan may be filed."""
    starts = date.fromisoformat(row["starts_on"])
    days = FILING_DAYS if row["kind"] == "disaster" else -FILING_DAYS
    return (starts + timedelta(days=days)).isoformat()


async def _locked(tx: Tx, slug: str) -> dict[str, Any]:
    lock = " FOR UPDATE" if tx.postgres else ""
    row = await tx.row(f"SELECT * FROM campaign WHERE slug = $1{lock}", slug)  # noqa: S608 - a constant
    if row is None:
        raise rules.CAMPAIGN_NOT_FOUND()
    return row


def _state_refusal(row: dict[str, Any], act: str) -> Exception:
    return rules.CAMPAIGN_STATE(state=rules.Term(STATUS_WORDS[row["status"]]), act=rules.Term(act))


# -- reading ------------------------------------------------------------------------------------------

_SHOWN = (
    "SELECT c.*, f.received_fen, f.refunded_fen, f.gifts, f.donors, f.in_kind, h.seq FROM campaign c "
    "JOIN campaign_figures f ON f.slug = c.slug CROSS JOIN head h"
)
_FIGURES = ("received_fen", "refunded_fen", "gifts", "donors", "in_kind", "seq")


def _shown(row: dict[str, Any]) -> Shown:
    figures = Figures(*(row.pop(name) for name in _FIGURES))
    return Shown(row, figures)


async def every(*, public: bool = True) -> list[Shown]:
    """Campaigns with figures: the active ones first, then the newest. `public` leaves drafts out."""
    rows = [_shown(r) for r in await reading.rows(_SHOWN)]
    chosen = [s for s in rows if not public or s.row["status"] in PUBLIC]
    chosen.sort(key=lambda s: (s.row["starts_on"], s.row["slug"]), reverse=True)
    return sorted(chosen, key=lambda s: s.row["status"] != "active")


async def get(slug: str, *, public: bool = True) -> Shown:
    """One campaign with figures, or campaign.not_found (404)."""
    row = await reading.row(f"{_SHOWN} WHERE c.slug = $1", slug)
    if row is None or (public and row["status"] not in PUBLIC):
        raise rules.CAMPAIGN_NOT_FOUND()
    return _shown(row)


async def names(slugs: Iterable[str | None]) -> dict[str, str]:
    """Names by slug in the current language."""
    wanted = [s for s in dict.fromkeys(slugs) if s]
    return _named(await Campaign.filter(slug__in=wanted)) if wanted else {}


async def every_name() -> dict[str, str]:
    """The names of all campaigns by slug, in the current language; ordered by the Chinese name."""
    return _named(await Campaign.all().order_by("name"))


def _named(rows: Iterable[Campaign]) -> dict[str, str]:
    english = words.language() == "en"
    return {r.slug: (r.name_en if english and r.name_en else r.name) for r in rows}


async def fund_choices(slug: str) -> list[tuple[str, str]]:
    """(code, name) of the funds a giver may choose, the campaign's own first."""
    fact = await known(slug)
    names = await ledger_funds.names(fact.funds)
    return [(code, names[code]) for code in fact.funds]
