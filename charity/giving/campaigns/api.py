"""The JSON calls of campaigns for whoever manages them (docs/api.md): the plan, its filing, going live."""

from typing import Any

from charity.giving import campaigns
from charity.giving.campaigns import screens
from charity.giving.campaigns.forms import FilingForm, PlanAnswer, PlanForm, filled
from charity.ledger import funds
from charity.web.api import Call, Endpoint
from charity.web.messages import spoken


async def _answer(call: Call) -> dict[str, Any]:
    shown = await campaigns.get(call.path["slug"], by=call.by)
    ready = await screens.readiness(shown, await funds.get(shown.row["fund"]))
    return {
        "slug": shown.row["slug"],
        "status": shown.row["status"],
        "facts": ready.kept,
        "missing_to_file": spoken(ready.to_file),
        "missing_to_publish": spoken(ready.to_publish),
    }


async def show_plan(call: Call) -> dict[str, Any]:
    """The plan of a campaign, and what it lacks."""
    return await _answer(call)


async def describe(call: Call) -> dict[str, Any]:
    """Fill in facts of the plan."""
    await campaigns.describe(call.path["slug"], filled(call.body), by=call.by)
    return await _answer(call)


async def file(call: Call) -> dict[str, Any]:
    """Note the filing of the plan."""
    form: FilingForm = call.body
    values = {"filing_no": form.filing_no, "platform_url": form.platform_url}
    await campaigns.file(call.path["slug"], **values, filed_on=form.filed_on.isoformat(), by=call.by)
    return await _answer(call)


async def activate(call: Call) -> dict[str, Any]:
    """Publish a campaign that lacks nothing."""
    await campaigns.activate(call.path["slug"], by=call.by)
    return await _answer(call)


endpoints = [
    Endpoint(
        "GET",
        "/campaigns/{slug}/plan",
        show_plan,
        permission="campaign.read",
        answer=PlanAnswer,
        summary="募捐方案和未填的各项",
    ),
    Endpoint(
        "PUT",
        "/campaigns/{slug}/plan",
        describe,
        permission="campaign.manage",
        body=PlanForm,
        answer=PlanAnswer,
        summary="填写募捐方案",
    ),
    Endpoint(
        "POST",
        "/campaigns/{slug}/file",
        file,
        permission="campaign.manage",
        body=FilingForm,
        answer=PlanAnswer,
        summary="登记募捐方案备案",
    ),
    Endpoint(
        "POST",
        "/campaigns/{slug}/activate",
        activate,
        permission="campaign.manage",
        answer=PlanAnswer,
        summary="发布募捐活动",
    ),
]
