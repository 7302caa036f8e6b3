"""The pages of corrections: a gift that was entered wrongly is undone by two persons."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.errors import Refusal
from charity.giving import donations, reversals
from charity.giving.reversals import screens
from charity.giving.reversals.forms import ApproveForm, RejectForm, ReversalsQuery, ReverseForm
from charity.giving.shown import gift_facts
from charity.web import auth, confirming, forms, pages
from charity.web.choices import choices

SHOW, REJECT = "giving/reversals/show.html", "giving/reversals/reject.html"
ROWS = 50


async def reverse_form(request: Request) -> Response:
    """Ask what was entered wrongly."""
    auth.allowed(request, "reversal.request")
    return await _reverse_form(request, {})


async def _reverse_form(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    actor = auth.allowed(request, "reversal.request")
    gift = await donations.get(request.path_params["id"], by=actor)
    facts = await gift_facts(gift, by=actor)
    return await pages.form(request, "giving/reversals/new.html", refusal, values=values, gift=gift, gift_facts=facts)


async def reverse(request: Request) -> Response:
    """Request a correction."""
    actor = auth.allowed(request, "reversal.request")
    data = await forms.data(request, ReverseForm)
    try:
        form = forms.read(ReverseForm, data)
        answer = await reversals.request(
            request.path_params["id"],
            reason=form.reason,
            by=actor,
            idem=forms.idem(request, data, "reversal.request"),
        )
    except Refusal as refusal:
        return await _reverse_form(request, data, refusal)
    flash = "更正申请已提交，须由另一位会计或审批人批准。"
    return pages.see_other(request, addresses.of("reversal", answer.body["number"]), flash=flash)


async def reversal_list(request: Request) -> Response:
    """All corrections, newest first."""
    actor = auth.allowed(request, "reversal.read")
    asked, refusal = forms.filters(request, ReversalsQuery)
    rows = [] if refusal else await reversals.page(reversals.Filters(**asked.model_dump()), ROWS + 1, by=actor)
    more = rows[ROWS - 1].number if len(rows) > ROWS else ""
    return await pages.form(
        request,
        "giving/reversals/list.html",
        refusal,
        asked=asked,
        rows=await screens.reversal_rows(rows[:ROWS]),
        statuses=choices(reversals.STATUS_WORDS, "全部"),
        **pages.pager(request, more),
    )


async def show_reversal(request: Request) -> Response:
    """A correction, and the buttons of who may decide."""
    auth.allowed(request, "reversal.read")
    return await _page(request, SHOW)


async def approve_reversal(request: Request) -> Response:
    """Approve a correction."""
    actor = auth.allowed(request, "reversal.approve")
    data, number = await forms.data(request, ApproveForm), request.path_params["number"]
    try:
        seen = forms.read(ApproveForm, data).content_hash
        await reversals.approve(number, content_hash=seen, by=actor, idem=forms.idem(request, data, "reversal.approve"))
    except Refusal as refusal:
        return await _page(request, SHOW, refusal)
    flash = "已批准并入账：这笔捐赠已更正，原收据作废；同一流水号的捐赠都更正后，该号可以重新登记。"
    return pages.see_other(request, addresses.of("reversal", number), flash=flash)


async def reject_form(request: Request) -> Response:
    """Ask why a correction is turned down."""
    auth.allowed(request, "reversal.approve")
    return await _page(request, REJECT)


async def reject_reversal(request: Request) -> Response:
    """Turn a correction down."""
    actor = auth.allowed(request, "reversal.approve")
    data, number = await forms.data(request, RejectForm), request.path_params["number"]
    try:
        form = forms.read(RejectForm, data)
        await reversals.reject(number, reason=form.reason, content_hash=form.content_hash, by=actor)
    except Refusal as refusal:
        return await _page(request, REJECT, refusal, data)
    return pages.see_other(request, addresses.of("reversal", number), flash="已驳回，账上没有变动。")


async def _page(request: Request, template: str, refusal: Refusal | None = None, values: Any = None) -> Response:
    actor = auth.allowed(request, "reversal.read")
    context = await screens.reversal_page(request.path_params["number"], by=actor)
    return await pages.page(
        request,
        template,
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, context["facts"]),
        values=values or {},
        **context,
    )


routes = [
    Route("/donations/{id}/reverse", reverse_form, methods=["GET"]),
    Route("/donations/{id}/reverse", reverse, methods=["POST"]),
    Route("/reversals", reversal_list, methods=["GET"]),
    Route("/reversals/{number}", show_reversal, methods=["GET"]),
    Route("/reversals/{number}/approve", approve_reversal, methods=["POST"]),
    Route("/reversals/{number}/reject", reject_form, methods=["GET"]),
    Route("/reversals/{number}/reject", reject_reversal, methods=["POST"]),
]
