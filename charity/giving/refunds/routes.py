"""The pages of refunds: requested by an accountant, decided by somebody else."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.giving import donations, refunds
from charity.giving.refunds import screens
from charity.giving.refunds.forms import RefundForm
from charity.giving.rules import NO_SUCH_STEP
from charity.ledger import funds
from charity.web import auth, forms, pages

Data = dict[str, str | list[str]]


async def refund_form(request: Request) -> Response:
    """Ask how much goes back, and why."""
    auth.allowed(request, "refund.request")
    return await _refund_form(request, {})


async def _refund_form(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    gift = await donations.get(request.path_params["id"], by=auth.allowed(request, "refund.request"))
    fund = (await funds.names()).get(gift.fund, gift.fund)
    return await pages.form(request, "giving/refunds/new.html", refusal, values=values, gift=gift, fund=fund)


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
    actor = auth.allowed(request, "refund.read")
    return await pages.page(request, "giving/refunds/list.html", rows=await screens.refund_rows(by=actor))


async def show_refund(request: Request) -> Response:
    """A refund request, and the buttons of who may decide."""
    auth.allowed(request, "refund.read")
    return await _refund_page(request)


async def _refund_page(request: Request, refusal: Refusal | None = None) -> Response:
    return await pages.form(
        request,
        "giving/refunds/show.html",
        refusal,
        **await screens.refund_page(request.path_params["number"], by=auth.allowed(request, "refund.read")),
    )


async def decide_refund(request: Request) -> Response:
    """Approve or turn down a refund."""
    actor = auth.allowed(request, "refund.approve")
    number = request.path_params["number"]
    data = await forms.data(request)
    try:
        step = request.path_params["step"]
        if step not in {"approve", "reject"}:
            raise NO_SUCH_STEP()
        if step == "approve":
            await refunds.approve(number, by=actor, idem=forms.idem(request, data, "refund.approve"))
            message = "已批准并入账。请出纳按原路退回。"
        else:
            await refunds.reject(number, by=actor)
            message = "已驳回，账上没有变动。"
    except Refusal as refusal:
        return await _refund_page(request, refusal)
    return pages.see_other(request, f"/refunds/{number}", flash=message)


routes = [
    Route("/donations/{id}/refund", refund_form, methods=["GET"]),
    Route("/donations/{id}/refund", refund, methods=["POST"]),
    Route("/refunds", refund_list, methods=["GET"]),
    Route("/refunds/{number}", show_refund, methods=["GET"]),
    Route("/refunds/{number}/{step}", decide_refund, methods=["POST"]),
]
