"""The pages on which the accountant makes, files, publishes and closes campaigns."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock
from charity.errors import Refusal
from charity.giving import campaigns
from charity.giving.campaigns import screens
from charity.giving.campaigns.forms import CampaignForm, FilingForm, PlanForm, filled, read
from charity.giving.rules import NO_SUCH_STEP
from charity.web import auth, forms, pages
from charity.web.choices import choices

Data = dict[str, str | list[str]]


async def campaign_list(request: Request) -> Response:
    """All campaigns, drafts too."""
    actor = auth.allowed(request, "campaign.read")
    return await pages.page(request, "giving/campaigns/list.html", rows=await screens.campaign_rows(by=actor))


async def campaign_form(request: Request) -> Response:
    """The form of a new campaign."""
    auth.allowed(request, "campaign.manage")
    return await _campaign_form(request, {"kind": "one_day", "reach": "public", "prefix": "JZ"})


async def _campaign_form(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    return await pages.form(
        request,
        "giving/campaigns/new.html",
        refusal,
        values=values,
        campaign_kinds=choices(campaigns.KIND_WORDS),
        reaches=choices({"public": "公开募捐", "targeted": "定向募捐"}),
        **await screens.campaign_form(values),
    )


async def make_campaign(request: Request) -> Response:
    """Make a draft."""
    actor = auth.allowed(request, "campaign.manage")
    data = await forms.data(request, CampaignForm)
    try:
        new = read(data)
        await campaigns.create(new, by=actor)
    except Refusal as refusal:
        return await _campaign_form(request, data, refusal)
    return pages.see_other(request, f"/desk/campaigns/{new.slug}", flash="草稿已建立。请填写方案，备案后才能发布。")


async def show_campaign(request: Request) -> Response:
    """One campaign for the accountant."""
    auth.allowed(request, "campaign.read")
    return await _campaign_page(request, {})


async def _campaign_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    return await pages.form(
        request,
        "giving/campaigns/show.html",
        refusal,
        values=values,
        today=clock.today().isoformat(),
        **await screens.campaign_page(request.path_params["slug"], by=auth.allowed(request, "campaign.read")),
    )


async def plan_form(request: Request) -> Response:
    """The facts of the plan, to be filled in."""
    auth.allowed(request, "campaign.manage")
    return await _plan_page(request, {})


async def _plan_page(request: Request, typed: Data, refusal: Refusal | None = None) -> Response:
    shown = await campaigns.get(request.path_params["slug"], by=auth.allowed(request, "campaign.manage"))
    return await pages.form(
        request,
        "giving/campaigns/plan.html",
        refusal,
        shown=shown,
        fields=screens.plan_fields(shown.row),
        values=await campaigns.facts_of(shown.row["slug"]) | typed,
    )


async def plan_pdf(request: Request) -> Response:
    """The filing form, printed."""
    actor, slug = auth.allowed(request, "campaign.read"), request.path_params["slug"]
    return pages.pdf(await screens.filing_form(await campaigns.get(slug, by=actor)), f"{slug}.pdf")


async def describe(request: Request) -> Response:
    """Keep the facts of the plan."""
    actor = auth.allowed(request, "campaign.manage")
    slug, data = request.path_params["slug"], await forms.data(request, PlanForm)
    try:
        await campaigns.describe(slug, filled(forms.read(PlanForm, data)), by=actor)
    except Refusal as refusal:
        return await _plan_page(request, data, refusal)
    return pages.see_other(request, f"/desk/campaigns/{slug}", flash="募捐方案已保存。")


async def step_campaign(request: Request) -> Response:
    """File, publish, close or archive a campaign."""
    actor = auth.allowed(request, "campaign.manage")
    slug, step = request.path_params["slug"], request.path_params["step"]
    data = await forms.data(request, FilingForm if step == "file" else None)
    steps = {"activate": campaigns.activate, "close": campaigns.close, "archive": campaigns.archive}
    try:
        if step == "file":
            form = forms.read(FilingForm, data)
            values = {"filing_no": form.filing_no, "platform_url": form.platform_url}
            await campaigns.file(slug, **values, filed_on=form.filed_on.isoformat(), by=actor)
        elif step in steps:
            await steps[step](slug, by=actor)
        else:
            raise NO_SUCH_STEP()
    except Refusal as refusal:
        return await _campaign_page(request, data, refusal)
    return pages.see_other(request, f"/desk/campaigns/{slug}", flash="活动已更新。")


routes = [
    Route("/desk/campaigns", campaign_list, methods=["GET"]),
    Route("/desk/campaigns/new", campaign_form, methods=["GET"]),
    Route("/desk/campaigns/new", make_campaign, methods=["POST"]),
    Route("/desk/campaigns/{slug}", show_campaign, methods=["GET"]),
    Route("/desk/campaigns/{slug}/plan.pdf", plan_pdf, methods=["GET"]),
    Route("/desk/campaigns/{slug}/plan", plan_form, methods=["GET"]),
    Route("/desk/campaigns/{slug}/plan", describe, methods=["POST"]),
    Route("/desk/campaigns/{slug}/{step}", step_campaign, methods=["POST"]),
]
