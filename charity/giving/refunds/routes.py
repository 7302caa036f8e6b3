"""The pages of refunds: requested by an accountant, decided by somebody else, paid by the cashier."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.errors import Refusal
from charity.giving import donations, refunds
from charity.giving.models import Refund
from charity.giving.refunds import screens
from charity.giving.refunds.forms import ApproveForm, PayForm, RefundForm, RefundsQuery, RejectForm
from charity.giving.shown import gift_facts
from charity.web import auth, confirming, forms, pages
from charity.web.choices import choices
from charity.web.list_filters import ROWS, rows_of

SHOW, REJECT, PAY = "giving/refunds/show.html", "giving/refunds/reject.html", "giving/refunds/pay.html"
Data = dict[str, str | list[str]]


async def refund_form(request: Request) -> Response:
    """Ask how much goes back, and why."""
    auth.allowed(request, "refund.request")
    return await _refund_form(request, {})


async def _refund_form(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    actor = auth.allowed(request, "refund.request")
    gift = await donations.get(request.path_params["id"], by=actor)
    return await pages.form(
        request,
        "giving/refunds/new.html",
        refusal,
        values=values,
        gift=gift,
        gift_facts=await gift_facts(gift, by=actor),
        causes=choices(refunds.CAUSE_WORDS),
    )


async def refund(request: Request) -> Response:
    """Request a refund."""
    actor = auth.allowed(request, "refund.request")
    data = await forms.data(request, RefundForm)
    try:
        form = forms.read(RefundForm, data)
        answer = await refunds.request(
            request.path_params["id"],
            amount_fen=form.amount_yuan,
            cause=form.cause,
            reason=form.reason,
            by=actor,
            idem=forms.idem(request, data, "refund.request"),
        )
    except Refusal as refusal:
        return await _refund_form(request, data, refusal)
    flash = "退款申请已提交。须由另一位会计或审批人批准，再由出纳付款。"
    if form.cause == "chargeback":
        flash = "退款申请已提交。须由另一位会计或审批人批准；款项已被扣回，不需要出纳付款。"
    return pages.see_other(request, addresses.of("refund", answer.body["number"]), flash=flash)


async def refund_list(request: Request) -> Response:
    """All refunds, newest first."""
    actor = auth.allowed(request, "refund.read")
    asked, refusal = forms.filters(request, RefundsQuery)

    async def read() -> list[Refund]:
        return await refunds.page(refunds.Filters(**asked.chosen()), ROWS + 1, by=actor)

    rows, refusal = await rows_of(refusal, read)
    more = rows[ROWS - 1].number if len(rows) > ROWS else ""
    return await pages.form(
        request,
        "giving/refunds/list.html",
        refusal,
        asked=asked,
        rows=await screens.refund_rows(rows[:ROWS]),
        statuses=choices(refunds.STATUS_WORDS, "全部"),
        causes=choices(refunds.CAUSE_WORDS, "全部"),
        **pages.pager(request, more),
    )


async def show_refund(request: Request) -> Response:
    """A refund, and the buttons of who may decide or pay."""
    auth.allowed(request, "refund.read")
    return await _page(request, SHOW)


async def approve_refund(request: Request) -> Response:
    """Approve a refund."""
    actor = auth.allowed(request, "refund.approve")
    data, number = await forms.data(request, ApproveForm), request.path_params["number"]
    try:
        seen = forms.read(ApproveForm, data).content_hash
        answer = await refunds.approve(
            number, content_hash=seen, by=actor, idem=forms.idem(request, data, "refund.approve")
        )
    except Refusal as refusal:
        return await _page(request, SHOW, refusal)
    flash = "已批准并入账，等出纳付款。" if answer.body["status"] == "approved" else "已批准并入账，款项平台已经扣回。"
    return pages.see_other(request, addresses.of("refund", number), flash=flash)


async def reject_form(request: Request) -> Response:
    """Ask why a refund is turned down."""
    auth.allowed(request, "refund.approve")
    return await _page(request, REJECT)


async def reject_refund(request: Request) -> Response:
    """Turn a refund down."""
    actor = auth.allowed(request, "refund.approve")
    data, number = await forms.data(request, RejectForm), request.path_params["number"]
    try:
        form = forms.read(RejectForm, data)
        await refunds.reject(number, reason=form.reason, content_hash=form.content_hash, by=actor)
    except Refusal as refusal:
        return await _page(request, REJECT, refusal, data)
    return pages.see_other(request, addresses.of("refund", number), flash="已驳回，账上没有变动。")


async def pay_form(request: Request) -> Response:
    """Ask the cashier when and how it was paid."""
    auth.allowed(request, "refund.pay")
    return await _page(request, PAY, values={"paid_on": clock.today().isoformat()})


async def pay_refund(request: Request) -> Response:
    """Record the payment of a refund."""
    actor = auth.allowed(request, "refund.pay")
    data, number = await forms.data(request, PayForm), request.path_params["number"]
    try:
        form = forms.read(PayForm, data)
        await refunds.pay(
            number,
            paid_on=form.paid_on,
            paid_from=form.paid_from,
            channel_ref=form.channel_ref,
            content_hash=form.content_hash,
            by=actor,
            idem=forms.idem(request, data, "refund.pay"),
        )
    except Refusal as refusal:
        return await _page(request, PAY, refusal, data)
    return pages.see_other(request, addresses.of("refund", number), flash="已登记付款并入账，退款办结。")


async def _page(
    request: Request, template: str, refusal: Refusal | None = None, values: dict[str, Any] | None = None
) -> Response:
    actor = auth.allowed(request, "refund.read")
    context = await screens.refund_page(request.path_params["number"], by=actor)
    return await pages.page(
        request,
        template,
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, context["facts"]),
        values=values or {},
        **context,
    )


routes = [
    Route("/donations/{id}/refund", refund_form, methods=["GET"]),
    Route("/donations/{id}/refund", refund, methods=["POST"]),
    Route("/refunds", refund_list, methods=["GET"]),
    Route("/refunds/{number}", show_refund, methods=["GET"]),
    Route("/refunds/{number}/approve", approve_refund, methods=["POST"]),
    Route("/refunds/{number}/reject", reject_form, methods=["GET"]),
    Route("/refunds/{number}/reject", reject_refund, methods=["POST"]),
    Route("/refunds/{number}/pay", pay_form, methods=["GET"]),
    Route("/refunds/{number}/pay", pay_refund, methods=["POST"]),
]
