"""What the accountant's pages of campaigns show, with words in the reader's language."""

from typing import Any

from charity import words
from charity.giving import campaigns
from charity.giving.campaigns.forms import PLAN_ROWS
from charity.ledger import funds
from charity.ledger.funds import FundRow
from charity.ledger.plans import COST_LINE
from charity.roles import Actor
from charity.web import forms
from charity.web.choices import choices, status

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
        "fund_kinds": choices({"restricted": "限定", "unrestricted": "非限定"}),
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


async def campaign_page(slug: str, *, by: Actor) -> dict[str, Any]:
    """One campaign for the accountant: what the gate still wants, and what may be done."""
    shown = await campaigns.get(slug, by=by)
    row, fund = shown.row, await funds.get(shown.row["fund"])
    purposed = funds.is_purposed(fund.kind, fund.programmes, fund.plan)
    lacking = campaigns.gate(row, purposed=purposed) if row["status"] in {"draft", "filed"} else []
    plan = plan_table(fund, await funds.programme_names())
    return {
        "shown": shown,
        "row": row,
        "fund": f"{fund.code} {fund.shown}",
        "plan": plan,
        "plan_sums": {name: sum(line[name] for line in plan) for name in ("planned", "used", "free")},
        "state": status(row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
        "kind": words.translate(campaigns.KIND_WORDS[row["kind"]]),
        "missing": [words.translate(m) for m in lacking],
        "file_by": campaigns.file_by(row),
    }
