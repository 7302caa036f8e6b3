"""The pages of vouchers: the list, one voucher as it is approved and printed, and a page for each decision."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.aid import payees, seeking
from charity.aid.content import PURPOSE_WORDS
from charity.aid.status import STATUS_WORDS
from charity.aid.vouchers import approvals, documents, readers, screens, verbs
from charity.aid.vouchers.forms import ApproveForm, ReasonForm, VouchersQuery
from charity.errors import Refusal
from charity.giving import gifts
from charity.ledger import funds
from charity.people.masking import Reader
from charity.roles import Actor
from charity.web import auth, confirming, forms, pages
from charity.web.list_filters import ROWS, must_know, rows_of

_AGREED = {
    # (the last approval that was needed, another voucher follows): the words of the next page
    (True, False): "您已同意 {number}，审批完成，等出纳付款",
    (False, False): "您已同意 {number}，还需要另一位审批人",
    (True, True): "您已同意 {number}，审批完成，等出纳付款。下面是下一张等您审批的",
    (False, True): "您已同意 {number}，还需要另一位审批人。下面是下一张等您审批的",
}
DECISIONS: dict[str, tuple[str, str]] = {
    # page: (permission, the words of the next page)
    "return": ("voucher.approve", "已退回 {number}，等经办人修改后重新审批"),
    "reject": ("voucher.approve", "已驳回 {number}"),
    "cancel": ("voucher.make", "已取消 {number}"),
}


async def listed(request: Request) -> Response:
    """`GET /vouchers`."""
    by = auth.allowed(request, "voucher.read")
    asked, refusal = forms.filters(request, VouchersQuery)
    money, programmes = await funds.names(), await funds.programme_names()
    following: str | None = None

    async def read() -> list[dict[str, Any]]:
        nonlocal following
        must_know("status", asked.status, {*STATUS_WORDS, readers.OPEN_FILTER})
        must_know("purpose", asked.purpose, PURPOSE_WORDS)
        must_know("programme", asked.programme, programmes)
        must_know("fund", asked.fund, money)
        listed, following = await readers.page(readers.Filters(**asked.chosen(), limit=ROWS), by=by)
        return listed

    rows, refusal = await rows_of(refusal, read)
    context = await screens.page(rows, {**money, **programmes}, by)
    context |= pages.pager(request, following) | await readers.choices()
    context["names_whole"] = payees.reader(by) == Reader.PERMITTED
    return await pages.form(request, "aid/vouchers/list.html", refusal, asked=asked, **context)


async def voucher_page(request: Request) -> Response:
    """`GET /vouchers/{number}`."""
    by = auth.allowed(request, "voucher.read")
    return await _voucher(request, request.path_params["number"], by)


async def approve(request: Request) -> Response:
    """`POST /vouchers/{number}/approve`: on to the next voucher that waits for this approver."""
    by = auth.allowed(request, "voucher.approve")
    data, number = await forms.data(request, ApproveForm), request.path_params["number"]
    try:
        seen = forms.read(ApproveForm, data).content_hash
        answer = await approvals.approve(number=number, content_hash=seen, by=by)
    except Refusal as refusal:
        return await _voucher(request, number, by, refusal)
    following = await seeking.next_to_approve(number, by=by)
    flash = _AGREED[answer.body["status"] == "approved", bool(following)]
    return pages.see_other(request, addresses.of("voucher", following or number), flash, number=number)


async def decision_page(request: Request) -> Response:
    """`GET /vouchers/{number}/{return|reject|cancel}`."""
    name = _decision(request)
    auth.allowed(request, DECISIONS[name][0])
    return await _confirm(request, name)


async def decide(request: Request) -> Response:
    """`POST /vouchers/{number}/{return|reject|cancel}`."""
    name, number = _decision(request), request.path_params["number"]
    by = auth.allowed(request, DECISIONS[name][0])
    data = await forms.data(request, ReasonForm)
    verb = {"return": approvals.send_back, "reject": approvals.reject, "cancel": verbs.cancel}[name]
    try:
        form = forms.read(ReasonForm, data)
        await verb(number=number, reason=form.reason, content_hash=form.content_hash, by=by)
    except Refusal as refusal:
        return await _confirm(request, name, data, refusal)
    return pages.see_other(request, addresses.of("voucher", number), DECISIONS[name][1], number=number)


async def pdf(request: Request) -> Response:
    """`GET /vouchers/{number}.pdf`."""
    by = auth.allowed(request, "voucher.read")
    voucher = await readers.get(request.path_params["number"])
    return pages.pdf(await documents.pdf(voucher, by), f"{voucher.number}.pdf")


# -- pages that more than one handler shows -----------------------------------------------------------


async def _voucher(request: Request, number: str, by: Actor, refusal: Refusal | None = None) -> Response:
    voucher = await readers.get(number)
    used, following = await gifts.used_by(voucher.row["entry_seq"], after=request.query_params.get("after", ""), by=by)
    return await pages.page(
        request,
        "aid/vouchers/show.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, screens.confirmed(voucher, by)),
        used=gifts.used_table(used, by),
        **pages.pager(request, following, addresses.of("voucher", voucher.number)),
        **await screens.show(voucher, by),
    )


async def _confirm(request: Request, decision: str, values: Any = None, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, DECISIONS[decision][0])
    voucher = await readers.get(request.path_params["number"])
    return await pages.page(
        request,
        "aid/vouchers/confirm.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, screens.confirmed(voucher, by)),
        reason_value=forms.text(values, "reason") if values else "",
        **screens.confirm(voucher, decision, by),
    )


def _decision(request: Request) -> str:
    return request.url.path.rsplit("/", 1)[-1]


routes = [
    Route("/vouchers", listed, methods=["GET"]),
    Route("/vouchers/{number}.pdf", pdf, methods=["GET"]),
    Route("/vouchers/{number}", voucher_page, methods=["GET"]),
    Route("/vouchers/{number}/approve", approve, methods=["POST"]),
    Route("/vouchers/{number}/return", decision_page, methods=["GET"]),
    Route("/vouchers/{number}/return", decide, methods=["POST"]),
    Route("/vouchers/{number}/reject", decision_page, methods=["GET"]),
    Route("/vouchers/{number}/reject", decide, methods=["POST"]),
    Route("/vouchers/{number}/cancel", decision_page, methods=["GET"]),
    Route("/vouchers/{number}/cancel", decide, methods=["POST"]),
]
