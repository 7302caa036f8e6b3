"""The pages of receipts, for staff: the list, one receipt and its PDF, its delivery, and how it ends."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.errors import Refusal
from charity.giving import receipts
from charity.giving.donors.screens import kinds
from charity.giving.receipts import screens
from charity.giving.receipts.forms import DeliveryForm, ReasonForm, ReceiptsQuery, ReplaceForm
from charity.office import privacy
from charity.web import auth, confirming, forms, pages
from charity.web.choices import choices
from charity.web.list_filters import ROWS, must_know, rows_of

Data = dict[str, str | list[str]]


def to_receipt(request: Request, receipt: dict[str, str]) -> Response:
    """Go on to the receipt `{code, number}` of a gift that was just recorded."""
    message = "已登记到账，收据 {number} 已开具。接下来打印或寄送收据。"
    return pages.see_other(request, addresses.of("receipt", receipt["code"]), flash=message, number=receipt["number"])


async def receipt_list(request: Request) -> Response:
    """Receipts, newest first."""
    actor = auth.allowed(request, "gift.read")
    asked, refusal = forms.filters(request, ReceiptsQuery)

    async def read() -> list[dict[str, Any]]:
        must_know("status", asked.status, receipts.STATUS_WORDS)
        must_know("delivery", asked.delivery, receipts.DELIVERY_WORDS)
        return await receipts.page(receipts.Filters(**asked.chosen()), ROWS + 1, by=actor)

    rows, refusal = await rows_of(refusal, read)
    more = rows[ROWS - 1]["number"] if len(rows) > ROWS else ""
    return await pages.form(
        request,
        "giving/receipts/list.html",
        refusal,
        asked=asked,
        query=request.url.query,
        rows=await screens.receipt_rows(rows[:ROWS]),
        statuses=choices(receipts.STATUS_WORDS, "全部"),
        deliveries=choices(receipts.DELIVERY_WORDS, "全部"),
        **pages.pager(request, more),
    )


async def receipt(request: Request) -> Response:
    """A receipt for staff."""
    auth.allowed(request, "gift.read")
    return await _receipt_page(request)


async def _receipt_page(request: Request, refusal: Refusal | None = None) -> Response:
    row = await receipts.get(request.path_params["code"])
    return await pages.form(
        request,
        "giving/receipts/show.html",
        refusal,
        **await screens.receipt_page(row, by=auth.allowed(request, "gift.read")),
    )


async def pdf(request: Request) -> Response:
    """The whole receipt for staff to look at: a copy of today (the original: giving/copies)."""
    auth.allowed(request, "gift.read")
    body, number = await receipts.whole_pdf(request.path_params["code"], copied_on=clock.today().isoformat())
    return pages.pdf(body, f"{number}.pdf")


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
    return pages.see_other(request, addresses.of("receipt", code), flash="送达情况已记下。")


async def end_form(request: Request) -> Response:
    """Ask why a receipt is voided or replaced."""
    auth.allowed(request, "receipt.void")
    return await _end_page(request, {})


async def _end_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    row = await receipts.get(request.path_params["code"])
    template = "giving/receipts/void.html" if request.url.path.endswith("/void") else "giving/receipts/replace.html"
    context = await screens.receipt_page(row, by=auth.allowed(request, "gift.read"))
    return await pages.page(
        request,
        template,
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, context["confirmed"]),
        values=values,
        kinds=kinds(),
        notice=(await privacy.current()).version,
        **context,
    )


async def void(request: Request) -> Response:
    """Void a receipt."""
    actor = auth.allowed(request, "receipt.void")
    code = request.path_params["code"]
    data = await forms.data(request, ReasonForm)
    try:
        form = forms.read(ReasonForm, data)
        idem = forms.idem(request, data, "receipt.void")
        await receipts.void(code, reason=form.reason, content_hash=form.content_hash, by=actor, idem=idem)
    except Refusal as refusal:
        return await _end_page(request, data, refusal)
    return pages.see_other(request, addresses.of("receipt", code), flash="收据已作废，捐赠本身不变，编号保留。")


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
            content_hash=form.content_hash,
            by=actor,
            idem=forms.idem(request, data, "receipt.replace"),
        )
    except Refusal as refusal:
        return await _end_page(request, data, refusal)
    message = "已换开收据 {number}，原收据保留并标为已更换。"
    return pages.see_other(
        request, addresses.of("receipt", answer.body["code"]), flash=message, number=answer.body["number"]
    )


async def issue(request: Request) -> Response:
    """Issue a receipt anew over the gifts of a voided one that are on none."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request)
    shown = await screens.receipt_page(await receipts.get(request.path_params["code"]), by=actor)
    try:
        idem = forms.idem(request, data, "receipt.issue")
        answer = await receipts.issue_anew(donations=shown["missing"], by=actor, idem=idem)
    except Refusal as refusal:
        return await _receipt_page(request, refusal)
    message = "已重新开具收据 {number}。"
    return pages.see_other(
        request, addresses.of("receipt", answer.body["code"]), flash=message, number=answer.body["number"]
    )


routes = [
    Route("/receipts", receipt_list, methods=["GET"]),
    Route("/receipts/{code}", receipt, methods=["GET"]),
    Route("/receipts/{code}/delivery", deliver, methods=["POST"]),
    Route("/receipts/{code}/issue", issue, methods=["POST"]),
    Route("/receipts/{code}/void", end_form, methods=["GET"]),
    Route("/receipts/{code}/void", void, methods=["POST"]),
    Route("/receipts/{code}/replace", end_form, methods=["GET"]),
    Route("/receipts/{code}/replace", replace, methods=["POST"]),
    Route("/receipts/{code}/paper.pdf", pdf, methods=["GET"]),
]
