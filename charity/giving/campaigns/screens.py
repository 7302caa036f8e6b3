"""What the accountant's pages of campaigns show, with words in the reader's language, and the printed filing form."""

import hashlib
from dataclasses import dataclass
from typing import Any

from charity import clock, words
from charity.errors import NOT_FOUND, FieldError
from charity.giving import campaigns
from charity.giving.campaigns import Fact, Shown, certified, filings
from charity.giving.campaigns.facts import FACTS, KEPT, value_of
from charity.giving.campaigns.forms import PLAN_ROWS, is_long
from charity.ledger import funds
from charity.ledger.funds import FundRow
from charity.ledger.plans import COST_LINE
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.filings import PrintedPlan, plan_html
from charity.printing.vouchers import NATURES
from charity.roles import Actor
from charity.web import forms
from charity.web.choices import choices, status
from charity.web.messages import spoken

CAMPAIGN_TONES = {"draft": "none", "filed": "wait", "active": "good", "closed": "none", "archived": "none"}


async def campaign_rows(*, by: Actor) -> list[dict[str, Any]]:
    """All campaigns, drafts too, for the accountant."""
    money = await funds.names()
    return [
        {
            "name": s.name,
            "href": f"/desk/campaigns/{s.row['slug']}",
            "kind": words.translate(campaigns.KIND_WORDS[s.row["kind"]]),
            "starts_on": s.row["starts_on"],
            "ends_on": s.row["ends_on"],
            "fund": money.get(s.row["fund"], s.row["fund"]),
            "status": status(s.row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
            "received": s.figures.net_fen,
        }
        for s in await campaigns.every(by=by)
    ]


async def campaign_form(values: forms.Data) -> dict[str, Any]:
    """What the form of a new campaign offers, and its rows of the plan as they were typed."""
    free = {fund.code: f"{fund.code} {fund.shown}" for fund in await funds.every() if fund.plan is None}
    programmes = {code: f"{code} {name}" for code, name in (await funds.programme_names()).items()}
    typed = [{n: forms.text(values, f"{n}.{row}") for n in ("programme", "amount")} for row in range(PLAN_ROWS)]
    return {
        "funds": choices(free, "不选"),
        "fund_kinds": choices({kind: NATURES[kind] for kind in ("restricted", "unrestricted")}),
        "programmes": choices(programmes, "不选"),
        "plan_rows": typed,
    }


def plan_table(fund: FundRow, programmes: dict[str, str]) -> list[dict[str, Any]]:
    """The lines of a fund's plan: planned, used, free; no lines without a plan."""
    return [
        {
            "line": words.say("募捐成本") if use.line == COST_LINE else programmes.get(use.line, use.line),
            "planned": use.planned_fen,
            "used": use.used_fen,
            "free": use.free_fen,
        }
        for use in fund.uses
    ]


@dataclass(frozen=True, slots=True)
class Readiness:
    """A campaign's row with its certificate, its facts by field, and what it lacks: to be filed, to go live."""

    row: dict[str, Any]
    kept: dict[str, str]
    to_file: list[FieldError]
    to_publish: list[FieldError]


async def readiness(shown: Shown, fund: FundRow) -> Readiness:
    """The plan of a campaign as it is filled in."""
    row, kept = await certified.with_certificate(shown.row), await campaigns.facts_of(shown.row["slug"])
    purposed = funds.is_purposed(fund.kind, fund.programmes, fund.plan)
    return Readiness(row, kept, filings.to_file(row, kept), filings.gate(row, kept, purposed=purposed))


def fact_words(fact: Fact, value: str) -> str:
    """What is filled in as people read it; of a choice its words."""
    return words.translate(fact.choices[value]) if fact.choices is not None and value else value


def fact_rows(ready: Readiness) -> list[dict[str, Any]]:
    """All facts that this campaign is asked for or has: words, value or 未填, and the law."""
    lacking = {error.field for error in (*ready.to_file, *ready.to_publish)}
    rows = []
    for fact in FACTS:
        if fact.only_asked:
            continue
        value = fact_words(fact, value_of(fact, ready.row, ready.kept))
        unfilled = {"code": fact.field, "label": words.say("未填"), "tone": "wait"}
        if value or fact.field in lacking:
            note = words.translate(fact.source)
            if fact.of_office and value:
                note = words.say("有效期至 {day}", day=ready.row["certified_until"])
            fact_row = {"term": words.translate(fact.words), "note": note}
            rows.append(fact_row | ({"value": value} if value else {"value": unfilled, "kind": "status"}))
    return rows


def plan_fields(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the plan's form: everyday acceptance has only its own."""
    kind = row["kind"]
    asked = [f for f in KEPT if (kind == "one_day" if f.only_asked else f.everyday or kind != "everyday")]
    return [
        {
            "name": fact.field,
            "label": words.translate(fact.words),
            "kind": "select" if fact.choices else "textarea" if is_long(fact) else "text",
            "options": choices(fact.choices, "请选择") if fact.choices else [],
            "maxlength": "" if fact.choices else str(fact.limit),
            "hint": words.translate(fact.hint) if fact.hint else "",
            "group": "asked" if fact.only_asked else "form" if fact.only_form else "public",
        }
        for fact in asked
    ]


async def campaign_page(slug: str, *, by: Actor) -> dict[str, Any]:
    """One campaign for the accountant: what the gate still wants, and what may be done."""
    shown = await campaigns.get(slug, by=by)
    row, fund = shown.row, await funds.get(shown.row["fund"])
    ready = await readiness(shown, fund)
    lacking = spoken(ready.to_publish) if row["status"] in {"draft", "filed"} else []
    plan = plan_table(fund, await funds.programme_names())
    return {
        "facts": fact_rows(ready),
        "is_filed": campaigns.is_filed(row),
        "unfiled": spoken(ready.to_file) if row["status"] in {"draft", "filed", "active"} else [],
        "shown": shown,
        "row": row,
        "fund": f"{fund.code} {fund.shown}",
        "plan": plan,
        "plan_sums": {name: sum(line[name] for line in plan) for name in ("planned", "used", "free")},
        "state": status(row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
        "kind": words.translate(campaigns.KIND_WORDS[row["kind"]]),
        "missing": lacking,
        "file_by": campaigns.file_by(row),
    }


async def filing_form(shown: Shown) -> bytes:
    """The printed form of the plan with all that is filled in; not_found (404) where there is nothing to file."""
    we = await organisation.get()
    if not campaigns.is_filed(shown.row):
        raise NOT_FOUND()
    row, kept = await certified.with_certificate(shown.row), await campaigns.facts_of(shown.row["slug"])
    printed = PrintedPlan(
        organisation=we.named,
        credit_code=we.credit_code,
        name=shown.row["name"],
        filing_no=shown.row["filing_no"],
        printed_on=clock.today().isoformat(),
        rows=[
            (words.translate(fact.words), fact_words(fact, value_of(fact, row, kept)))
            for fact in FACTS
            if fact.field != "filing_no" and not fact.only_asked
        ],
        demo=we.demo,
        lang=words.language(),
    )
    html = plan_html(printed)
    return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16])
