"""The pages of giving: the public form and pledge page; the cashier's and the accountant's screens."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock
from charity.errors import Refusal
from charity.giving import campaigns, donations, pledges, receipts, refunds, screens
from charity.giving.campaigns import NewCampaign
from charity.giving.forms import (
    CampaignForm,
    DeliveryForm,
    DonationForm,
    FilingForm,
    GiveForm,
    ReasonForm,
    ReceiveForm,
    RefundForm,
    ReplaceForm,
)
from charity.giving.pledges import Promise
from charity.giving.rules import CAMPAIGN_NOT_OPEN, NOT_AN_ACT, Term
from charity.ledger import funds
from charity.web import auth, forms, pages

ROWS = 50
Data = dict[str, str | list[str]]


async def _page(request: Request, template: str, refusal: Refusal | None, **context: Any) -> Response:
    """A page with a form, again with its errors when it was refused."""
    status = refusal.status if refusal else 200
    errors = pages.errors(refusal) if refusal else []
    return await pages.page(request, template, status=status, errors=errors, **context)


def _following(request: Request, after: str) -> str:
    """The address of the next page of a list, without scheme and host: a proxy may have changed them."""
    url = request.url.include_query_params(after=after)
    return f"{url.path}?{url.query}"


# -- the public ---------------------------------------------------------------------------------------


async def give_form(request: Request) -> Response:
    """The form to give."""
    values: Data = {"kind": "person", "channel": "bank", "public_amount": "1"}
    values |= {name: request.query_params[name] for name in ("work_unit",) if name in request.query_params}
    try:
        return await _give_page(request, values)
    except Refusal as refusal:
        if refusal.code != CAMPAIGN_NOT_OPEN.code:
            raise
        # An old poster leads here: the campaign's page says the same, and where its money went.
        said = pages.errors(refusal)[0]["message"]
        return pages.see_other(request, f"/campaigns/{request.path_params['slug']}", said, kind="warn")


async def _give_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    shown = await campaigns.get(request.path_params["slug"])
    if shown.row["status"] != "active":
        raise CAMPAIGN_NOT_OPEN(name=shown.name, state=Term(campaigns.STATUS_WORDS[shown.row["status"]]))
    return await _page(
        request,
        "giving/give.html",
        refusal,
        values=values,
        shown=shown,
        amounts=screens.AMOUNTS_FEN,
        kinds=screens.kinds(),
        channels=screens.pay_choices(),
        funds=screens.fund_choices(await campaigns.fund_choices(shown.row["slug"])),
        units=await screens.unit_choices() if shown.row["kind"] == "one_day" else [],
    )


async def give(request: Request) -> Response:
    """Keep the promise and show its page."""
    data = await forms.data(request, GiveForm)
    try:
        form = forms.read(GiveForm, data)
        told = Promise(
            campaign=request.path_params["slug"],
            amount_fen=form.amount,
            channel=form.channel,
            donor=form.donor(),
            public_name=form.public_name,
            public_amount=form.public_amount,
            fund=form.fund,
            work_unit=form.work_unit,
            message=form.message,
        )
        answer = await pledges.promise(told, idem=forms.idem(request, data, "anon:pledge"))
    except Refusal as refusal:
        return await _give_page(request, data, refusal)
    return pages.see_other(request, f"/p/{answer.body['code']}")


async def pledge(request: Request) -> Response:
    """What to do now, and how far it is; for whoever has the address."""
    row = await pledges.get(request.path_params["code"])
    response = await pages.page(request, "giving/pledge.html", **await screens.pledge_page(row))
    response.headers["x-robots-tag"] = "noindex"
    return response


# -- the cashier --------------------------------------------------------------------------------------


async def pledge_list(request: Request) -> Response:
    """Pledges, newest first."""
    actor = auth.allowed(request, "pledge.read")
    asked = {name: request.query_params.get(name, "") for name in ("status", "reference", "campaign", "after")}
    found = await pledges.page(pledges.Filters(**asked), ROWS + 1)
    last = found[ROWS - 1] if len(found) > ROWS else None
    return await pages.page(
        request,
        "giving/pledges.html",
        asked=asked,
        rows=await screens.pledge_rows(found[:ROWS], may_receive=actor.may("gift.receive")),
        statuses=screens.choices(pledges.STATUS_WORDS, "全部"),
        next_href=_following(request, f"{last['created_at']}|{last['code']}") if last else "",
    )


async def receive_form(request: Request) -> Response:
    """The form for money that arrived for a pledge."""
    auth.allowed(request, "gift.receive")
    return await _receive_page(request, {"received_on": clock.today().isoformat()})


async def _receive_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    row = await pledges.get(request.path_params["code"])
    return await _page(
        request,
        "giving/receive.html",
        refusal,
        values={"channel": row.channel} | values,
        channels=await screens.received_choices(),
        **await screens.pledge_page(row),
    )


async def receive(request: Request) -> Response:
    """Record money for a pledge."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, ReceiveForm)
    try:
        form = forms.read(ReceiveForm, data)
        answer = await pledges.receive(
            request.path_params["code"],
            amount_fen=form.amount_yuan,
            received_on=form.received_on.isoformat(),
            channel=form.channel,
            channel_ref=form.channel_ref,
            by=actor,
            idem=forms.idem(request, data, "pledge.receive"),
        )
    except Refusal as refusal:
        return await _receive_page(request, data, refusal)
    return _to_receipt(request, answer.body["receipt"])


def _to_receipt(request: Request, receipt: dict[str, str]) -> Response:
    said = "已登记到账，收据 {number} 已开具。接下来打印或寄送收据。"
    return pages.see_other(request, f"/receipts/{receipt['code']}", flash=said, number=receipt["number"])


async def donation_form(request: Request) -> Response:
    """The form for a walk-in gift."""
    auth.allowed(request, "gift.receive")
    values: Data = {"received_on": clock.today().isoformat(), "kind": "person", "channel": "cash", "public_amount": "1"}
    return await _donation_page(request, values)


async def _donation_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    return await _page(
        request,
        "giving/donation_new.html",
        refusal,
        values=values,
        campaigns=await screens.campaign_choices(),
        kinds=screens.kinds(),
        channels=await screens.received_choices(),
        units=await screens.unit_choices(),
        funds=await screens.every_fund("按活动的用途"),
    )


async def donate(request: Request) -> Response:
    """Record a walk-in gift."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, DonationForm)
    try:
        form = forms.read(DonationForm, data)
        answer = await donations.receive(
            campaign=form.campaign,
            amount_fen=form.amount_yuan,
            received_on=form.received_on.isoformat(),
            channel=form.channel,
            channel_ref=form.channel_ref,
            donor=form.donor(),
            fund=form.fund,
            work_unit=form.work_unit,
            public_name=form.public_name,
            public_amount=form.public_amount,
            memo=form.memo,
            by=actor,
            idem=forms.idem(request, data, "donation.receive"),
        )
    except Refusal as refusal:
        return await _donation_page(request, data, refusal)
    return _to_receipt(request, answer.body["receipt"])


# -- receipts and refunds -----------------------------------------------------------------------------


async def receipt_list(request: Request) -> Response:
    """Receipts, newest first."""
    auth.allowed(request, "gift.read")
    asked = {
        name: request.query_params.get(name, "")
        for name in ("status", "delivery", "number", "from_on", "to_on", "after")
    }
    found = await receipts.page(receipts.Filters(**asked), ROWS + 1)
    more = found[ROWS - 1]["number"] if len(found) > ROWS else ""
    return await pages.page(
        request,
        "giving/receipts.html",
        asked=asked,
        rows=await screens.receipt_rows(found[:ROWS]),
        statuses=screens.choices(receipts.STATUS_WORDS, "全部"),
        deliveries=screens.choices(receipts.DELIVERY_WORDS, "全部"),
        next_href=_following(request, more) if more else "",
    )


async def receipt(request: Request) -> Response:
    """A receipt for staff."""
    auth.allowed(request, "gift.read")
    return await _receipt_page(request)


async def _receipt_page(request: Request, refusal: Refusal | None = None) -> Response:
    row = await receipts.get(request.path_params["code"])
    return await _page(
        request,
        "giving/receipt.html",
        refusal,
        **await screens.receipt_page(row),
    )


async def deliver(request: Request) -> Response:
    """Note how a receipt reached its giver."""
    actor = auth.allowed(request, "gift.receive")
    code = request.path_params["code"]
    data = await forms.data(request, DeliveryForm)
    try:
        form = forms.read(DeliveryForm, data)
        await receipts.deliver(code, delivery=form.delivery, note=form.note, by=actor)
    except Refusal as refusal:
        return await _receipt_page(request, refusal)
    return pages.see_other(request, f"/receipts/{code}", flash="送达情况已记下。")


async def end_form(request: Request) -> Response:
    """Ask why a receipt is voided or replaced."""
    auth.allowed(request, "receipt.void")
    return await _end_page(request, {})


async def _end_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    row = await receipts.get(request.path_params["code"])
    template = "giving/receipt_void.html" if request.url.path.endswith("/void") else "giving/receipt_replace.html"
    return await _page(
        request,
        template,
        refusal,
        values=values,
        kinds=screens.kinds(),
        **await screens.receipt_page(row),
    )


async def void(request: Request) -> Response:
    """Void a receipt."""
    actor = auth.allowed(request, "receipt.void")
    code = request.path_params["code"]
    data = await forms.data(request, ReasonForm)
    try:
        form = forms.read(ReasonForm, data)
        await receipts.void(code, reason=form.reason, by=actor, idem=forms.idem(request, data, "receipt.void"))
    except Refusal as refusal:
        return await _end_page(request, data, refusal)
    return pages.see_other(request, f"/receipts/{code}", flash="收据已作废，捐赠本身不变，编号保留。")


async def replace(request: Request) -> Response:
    """Replace a receipt by a corrected one."""
    actor = auth.allowed(request, "receipt.void")
    data = await forms.data(request, ReplaceForm)
    try:
        form = forms.read(ReplaceForm, data)
        answer = await receipts.replace(
            request.path_params["code"],
            reason=form.reason,
            donor=form.donor(),
            by=actor,
            idem=forms.idem(request, data, "receipt.replace"),
        )
    except Refusal as refusal:
        return await _end_page(request, data, refusal)
    said = "已换开收据 {number}，原收据保留并标为已更换。"
    return pages.see_other(request, f"/receipts/{answer.body['code']}", flash=said, number=answer.body["number"])


async def refund_form(request: Request) -> Response:
    """Ask how much goes back, and why."""
    auth.allowed(request, "refund.request")
    return await _refund_form(request, {})


async def _refund_form(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    gift = await donations.get(request.path_params["id"])
    fund = (await funds.names()).get(gift.fund, gift.fund)
    return await _page(request, "giving/refund_new.html", refusal, values=values, gift=gift, fund=fund)


async def refund(request: Request) -> Response:
    """Request a refund."""
    actor = auth.allowed(request, "refund.request")
    data = await forms.data(request, RefundForm)
    try:
        form = forms.read(RefundForm, data)
        answer = await refunds.request(
            request.path_params["id"],
            amount_fen=form.amount_yuan,
            reason=form.reason,
            by=actor,
            idem=forms.idem(request, data, "refund.request"),
        )
    except Refusal as refusal:
        return await _refund_form(request, data, refusal)
    return pages.see_other(
        request, f"/refunds/{answer.body['number']}", flash="退款申请已提交，须由另一位会计或审批人批准后才付款。"
    )


async def refund_list(request: Request) -> Response:
    """Refund requests that wait."""
    auth.allowed(request, "refund.read")
    return await pages.page(request, "giving/refunds.html", rows=await screens.refund_rows())


async def show_refund(request: Request) -> Response:
    """A refund request, and the buttons of who may decide."""
    auth.allowed(request, "refund.read")
    return await _refund_page(request)


async def _refund_page(request: Request, refusal: Refusal | None = None) -> Response:
    return await _page(
        request,
        "giving/refund.html",
        refusal,
        **await screens.refund_page(request.path_params["number"]),
    )


async def decide_refund(request: Request) -> Response:
    """Approve or turn down a refund."""
    actor = auth.allowed(request, "refund.approve")
    number = request.path_params["number"]
    data = await forms.data(request)
    try:
        act = request.path_params["act"]
        if act not in {"approve", "reject"}:
            raise NOT_AN_ACT()
        if act == "approve":
            await refunds.approve(number, by=actor, idem=forms.idem(request, data, "refund.approve"))
            said = "已批准并入账。请出纳按原路退回。"
        else:
            await refunds.reject(number, by=actor)
            said = "已驳回，账上没有变动。"
    except Refusal as refusal:
        return await _refund_page(request, refusal)
    return pages.see_other(request, f"/refunds/{number}", flash=said)


# -- campaigns, by the accountant ---------------------------------------------------------------------


async def campaign_list(request: Request) -> Response:
    """All campaigns, drafts too."""
    auth.allowed(request, "campaign.read")
    return await pages.page(request, "giving/campaigns.html", rows=await screens.campaign_rows())


async def campaign_form(request: Request) -> Response:
    """The form of a new campaign."""
    auth.allowed(request, "campaign.manage")
    return await _campaign_form(request, {"kind": "everyday", "reach": "public", "prefix": "JZ"})


async def _campaign_form(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    return await _page(
        request,
        "giving/campaign_new.html",
        refusal,
        values=values,
        campaign_kinds=screens.choices(campaigns.KIND_WORDS),
        reaches=screens.choices({"public": "公开募捐", "targeted": "定向募捐"}),
        funds=await screens.every_fund(),
    )


async def make_campaign(request: Request) -> Response:
    """Make a draft."""
    actor = auth.allowed(request, "campaign.manage")
    data = await forms.data(request, CampaignForm)
    try:
        form = forms.read(CampaignForm, data)
        told: dict[str, Any] = form.model_dump()
        told["starts_on"] = form.starts_on.isoformat()
        told["ends_on"] = form.ends_on.isoformat() if form.ends_on else None
        await campaigns.create(NewCampaign(**told), by=actor)
    except Refusal as refusal:
        return await _campaign_form(request, data, refusal)
    return pages.see_other(request, f"/desk/campaigns/{form.slug}", flash="草稿已建立。备案后才能发布。")


async def show_campaign(request: Request) -> Response:
    """One campaign for the accountant."""
    auth.allowed(request, "campaign.read")
    return await _campaign_page(request, {})


async def _campaign_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    return await _page(
        request,
        "giving/campaign.html",
        refusal,
        values=values,
        today=clock.today().isoformat(),
        **await screens.campaign_page(request.path_params["slug"]),
    )


async def step_campaign(request: Request) -> Response:
    """File, publish, close or archive a campaign."""
    actor = auth.allowed(request, "campaign.manage")
    slug, act = request.path_params["slug"], request.path_params["act"]
    data = await forms.data(request, FilingForm if act == "file" else None)
    steps = {"activate": campaigns.activate, "close": campaigns.close, "archive": campaigns.archive}
    try:
        if act == "file":
            form = forms.read(FilingForm, data)
            told = {"filing_no": form.filing_no, "platform_url": form.platform_url}
            await campaigns.file(slug, **told, filed_on=form.filed_on.isoformat(), by=actor)
        elif act in steps:
            await steps[act](slug, by=actor)
        else:
            raise NOT_AN_ACT()
    except Refusal as refusal:
        return await _campaign_page(request, data, refusal)
    return pages.see_other(request, f"/desk/campaigns/{slug}", flash="活动已更新。")


routes = [
    Route("/campaigns/{slug}/give", give_form, methods=["GET"]),
    Route("/campaigns/{slug}/give", give, methods=["POST"]),
    Route("/p/{code}", pledge, methods=["GET"]),
    Route("/pledges", pledge_list, methods=["GET"]),
    Route("/pledges/{code}/receive", receive_form, methods=["GET"]),
    Route("/pledges/{code}/receive", receive, methods=["POST"]),
    Route("/donations/new", donation_form, methods=["GET"]),
    Route("/donations/new", donate, methods=["POST"]),
    Route("/donations/{id}/refund", refund_form, methods=["GET"]),
    Route("/donations/{id}/refund", refund, methods=["POST"]),
    Route("/receipts", receipt_list, methods=["GET"]),
    Route("/receipts/{code}", receipt, methods=["GET"]),
    Route("/receipts/{code}/delivery", deliver, methods=["POST"]),
    Route("/receipts/{code}/void", end_form, methods=["GET"]),
    Route("/receipts/{code}/void", void, methods=["POST"]),
    Route("/receipts/{code}/replace", end_form, methods=["GET"]),
    Route("/receipts/{code}/replace", replace, methods=["POST"]),
    Route("/refunds", refund_list, methods=["GET"]),
    Route("/refunds/{number}", show_refund, methods=["GET"]),
    Route("/refunds/{number}/{act}", decide_refund, methods=["POST"]),
    Route("/desk/campaigns", campaign_list, methods=["GET"]),
    Route("/desk/campaigns/new", campaign_form, methods=["GET"]),
    Route("/desk/campaigns/new", make_campaign, methods=["POST"]),
    Route("/desk/campaigns/{slug}", show_campaign, methods=["GET"]),
    Route("/desk/campaigns/{slug}/{act}", step_campaign, methods=["POST"]),
]
