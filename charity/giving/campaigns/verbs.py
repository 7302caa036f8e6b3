"""Fundraising campaigns: made, filed, published behind a gate, closed; and what a gift asks of one.

Always true: no verb changes `fund`, `funds` or `kind`; whether a campaign is open is asked in the transaction of
each gift. Source: Charity Law 24, 25, 27 (filings.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charity import clock
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.giving import rules
from charity.giving.campaigns import certified, facts, filings
from charity.giving.campaigns.filings import has_own_fund
from charity.giving.models import CAMPAIGN, CampaignRow
from charity.ledger import entries
from charity.ledger import funds as ledger_funds
from charity.ledger.plans import Plan
from charity.ledger.state import State
from charity.roles import Actor
from charity.words import Term

KIND_WORDS = {
    "one_day": "慈善一日捐",
    "everyday": "日常接受捐赠",
    "winter": "送温暖、献爱心",
    "education": "慈善助学",
    "orphan": "慈善救孤",
    "disaster": "赈灾募捐",
    "agency": "受托代理",
}
STATUS_WORDS = {"draft": "草稿", "filed": "已备案", "active": "进行中", "closed": "已结束", "archived": "已归档"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign to be made. `fund` takes what is not designated; `funds` are further choices.

    A public appeal has a fund of its own, which is opened with it: `fund` is then a new code, and `plan` what its
    filed plan allows. `fund_kind` is unrestricted or restricted; its name is the campaign's unless it has one.
    Without a plan it goes on with a standing restricted fund, as a season that comes every year. `facts` are those of
    the fundraising plan by field (facts.py).
    """

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
    plan: Plan | None = None
    fund_name: str = ""
    fund_kind: str = "restricted"
    facts: Mapping[str, str] = field(default_factory=dict)


_OF_OTHERS = frozenset({"plan", "fund_name", "fund_kind", "facts"})


# -- decided in the writer ----------------------------------------------------------------------------


def accepting(state: State, slug: str, *, day: str, late: bool = False, anew: bool = False) -> CampaignRow:
    """The campaign's row, or a refusal when it takes no money of that day; `late`: also after the end (a pledge).

    `anew`: a gift that takes the place of a corrected one; of a day of the campaign, which may be closed since.
    """
    row = state.row(CAMPAIGN, slug)
    if row is None:
        raise rules.CAMPAIGN_UNKNOWN(campaign=slug)
    if row["status"] != "active" and not ((late or anew) and row["status"] == "closed"):
        raise rules.CAMPAIGN_NOT_OPEN(name=row["name"], state=Term(STATUS_WORDS[row["status"]]))
    if day < row["starts_on"]:
        raise rules.CAMPAIGN_NOT_BEGUN(name=row["name"], starts_on=row["starts_on"])
    if not late and row["ends_on"] is not None and day > row["ends_on"]:
        raise rules.CAMPAIGN_ENDED(name=row["name"], ends_on=row["ends_on"])
    return row


# -- verbs --------------------------------------------------------------------------------------------


async def create(new: NewCampaign, *, by: Actor) -> None:
    """Make a draft, and the fund of a public appeal with it.

    Refuses a slug or a fund that is taken, an appeal without an end or a plan, an unknown fund, an agency fund in
    another campaign, and everyday acceptance for the fund of a campaign by invitation.
    """
    by.must("campaign.manage")
    choices = list(dict.fromkeys([new.fund, *new.funds]))
    if new.reach == "public" and new.kind != "everyday" and new.ends_on is None:
        raise rules.CAMPAIGN_ENDLESS()
    if has_own_fund(new.kind, new.reach):
        await _check_appeal(new)
    elif new.plan is not None:
        raise rules.PLAN_NOT_HERE()

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT slug FROM campaign WHERE slug = $1", new.slug):
            raise rules.CAMPAIGN_EXISTS(slug=new.slug)
        if new.plan is not None:
            await _open_fund(tx, new)
        else:
            await _check_funds(tx, new.kind, choices)
            await _check_standing(tx, new)
            await _check_invited(tx, new, choices)
        row = {name: getattr(new, name) for name in NewCampaign.__slots__ if name not in _OF_OTHERS}
        row |= {"funds": json.dumps(choices), "status": "draft", "created_at": clock.stamp()}
        await tx.insert("campaign", [row])
        await facts.keep(tx, new.slug, new.facts)

    await transactions.run(work)


async def _check_appeal(new: NewCampaign) -> None:
    """Refuse an appeal that offers other funds, and a plan without a line, of programmes that are none or twice."""
    if set(new.funds) - {new.fund}:
        raise rules.ONE_FUND()
    if new.plan is None:
        return
    if not new.plan.lines:
        raise rules.PLAN_NEEDED()
    named = await ledger_funds.programme_names(new.plan.programmes)
    for n, programme in enumerate(new.plan.programmes):
        if programme not in named:
            raise unreadable(FieldError(f"programme.{n}", "没有项目“{programme}”", (("programme", programme),)))
        if programme in new.plan.programmes[:n]:
            raise unreadable(FieldError(f"programme.{n}", "这个项目已在上面，请合并为一行"))
    if new.fund_kind == "agency":
        raise rules.FUND_KIND()


async def _open_fund(tx: Tx, new: NewCampaign) -> None:
    """Open the appeal's own fund."""
    named = {"name": new.fund_name or new.name, "name_en": new.name_en, "kind": new.fund_kind}
    if not await ledger_funds.open_fund(tx, code=new.fund, **named, plan=new.plan):
        raise rules.FUND_NOT_NEW(fund=new.fund)


async def _check_funds(tx: Tx, kind: str, choices: list[str]) -> None:
    for code in choices:
        fund = await ledger_funds.kind(tx, code)
        if fund is None:
            raise unreadable(FieldError("fund", "没有基金“{fund}”", (("fund", code),)))
        if (fund == "agency") != (kind == "agency"):
            raise rules.FUND_KIND()


async def _check_standing(tx: Tx, new: NewCampaign) -> None:
    """Refuse a fund with a plan (it is one appeal's), and one that another campaign has on some of the same days.

    Nobody could tell whose the money is. An appeal goes on only with a fund that is for something.
    """
    sql = "SELECT slug FROM campaign WHERE fund = $1 AND starts_on <= $2 AND COALESCE(ends_on, $2) >= $3"
    days = (new.ends_on or "9999-12-31", new.starts_on)
    shared = new.kind != "everyday" and await tx.row(sql, new.fund, *days) is not None
    if shared or await ledger_funds.planned(tx, new.fund):
        raise rules.FUND_TAKEN(fund=new.fund)
    if has_own_fund(new.kind, new.reach) and not await ledger_funds.purposed(tx, new.fund):
        raise rules.PLAN_NEEDED()


async def _check_invited(tx: Tx, new: NewCampaign, choices: list[str]) -> None:
    """Refuse funds of campaigns by invitation where everybody is asked; who is not invited gives them nothing."""
    if new.reach != "public":
        return
    for code in choices:
        if await tx.row("SELECT slug FROM campaign WHERE fund = $1 AND reach = 'targeted'", code):
            raise rules.CAMPAIGN_FUND_INVITED(fund=code)


async def keep_archived(old: NewCampaign, *, received_fen: int, gifts: int, by: Actor) -> None:
    """Keep what the archive says of a campaign of before the books: archived at once, its totals in no figure.

    Refuses a slug that is taken, an unknown fund, and one that the books could still hold: it has ended before the
    first entry.
    """
    by.must("campaign.manage")
    first = await entries.after(0, limit=1)
    books_begin = first[0]["effective_on"] if first else clock.today().isoformat()
    if not old.ends_on or old.ends_on >= books_begin:
        raise rules.CAMPAIGN_OF_THE_BOOKS()

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT slug FROM campaign WHERE slug = $1", old.slug):
            raise rules.CAMPAIGN_EXISTS(slug=old.slug)
        await _check_funds(tx, old.kind, [old.fund])
        row = {name: getattr(old, name) for name in NewCampaign.__slots__ if name not in _OF_OTHERS}
        row |= {"funds": json.dumps([old.fund]), "status": "archived", "created_at": clock.stamp()}
        await tx.insert("campaign", [{**row, "archived_fen": received_fen, "archived_gifts": gifts}])
        await facts.keep(tx, old.slug, old.facts)

    await transactions.run(work)


async def file(slug: str, *, filing_no: str, platform_url: str, filed_on: str | None = None, by: Actor) -> None:
    """Note the filing of the plan; a draft becomes filed, an emergency may be filed while it is active.

    Refuses a plan that is not filled in, with all that is missing.
    """
    by.must("campaign.manage")
    filed_on = filed_on or clock.today().isoformat()

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] not in {"draft", "filed", "active"}:
            raise _state_refusal(row, "备案")
        if not filings.is_filed(row):
            raise rules.CAMPAIGN_NO_FILING()
        filings.must_lack_nothing(filings.to_file(row, await facts.within(tx, slug)), rules.CAMPAIGN_FILING)
        await tx.rows(
            "UPDATE campaign SET filing_no = $2, platform_url = $3, filed_on = $4, "
            "status = CASE status WHEN 'draft' THEN 'filed' ELSE status END WHERE slug = $1 RETURNING slug",
            slug,
            filing_no,
            platform_url,
            filed_on,
        )

    await transactions.run(work)


async def describe(slug: str, values: Mapping[str, str], *, by: Actor) -> None:
    """Fill in facts of the plan by field; the others stay. An active campaign loses none that the law wants of it."""
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] not in {"draft", "filed", "active"}:
            raise _state_refusal(row, "修改方案")
        if row["status"] == "active":
            lost = [fact for fact in facts.missing(row, {**values}, filing=False) if fact.field in values]
            filings.must_lack_nothing([filings.lack(fact) for fact in lost], rules.CAMPAIGN_GATE)
        await facts.keep(tx, slug, values)

    await transactions.run(work)


async def activate(slug: str, *, by: Actor) -> None:
    """Publish a campaign that passes the gate; the refusal lists everything that is missing."""
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] not in {"draft", "filed"}:
            raise _state_refusal(row, "发布")
        purposed = await ledger_funds.purposed(tx, row["fund"])
        lawful = await certified.with_certificate(row)
        lacking = filings.gate(lawful, await facts.within(tx, slug), purposed=purposed)
        filings.must_lack_nothing(lacking, rules.CAMPAIGN_GATE)
        await tx.rows("UPDATE campaign SET status = 'active' WHERE slug = $1 RETURNING slug", slug)

    await transactions.run(work)


async def close(slug: str, *, by: Actor) -> None:
    """End an active campaign; money of earlier pledges is still received."""
    await _step(slug, "active", "closed", "结束", by)


async def archive(slug: str, *, by: Actor) -> None:
    """Put a closed campaign away; it stays on the public pages."""
    await _step(slug, "closed", "archived", "归档", by)


async def _step(slug: str, before: str, after: str, step: str, by: Actor) -> None:
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        row = await _locked(tx, slug)
        if row["status"] != before:
            raise _state_refusal(row, step)
        await tx.rows("UPDATE campaign SET status = $2 WHERE slug = $1 RETURNING slug", slug, after)

    await transactions.run(work)


async def _locked(tx: Tx, slug: str) -> dict[str, Any]:
    lock = " FOR UPDATE" if tx.postgres else ""
    row = await tx.row(f"SELECT * FROM campaign WHERE slug = $1{lock}", slug)  # noqa: S608 - a constant
    if row is None:
        raise rules.CAMPAIGN_NOT_FOUND()
    return row


def _state_refusal(row: dict[str, Any], step: str) -> Exception:
    return rules.CAMPAIGN_STATE(state=Term(STATUS_WORDS[row["status"]]), step=Term(step))
