"""The pages of unidentified money: the list, one of them, holding a line, undoing it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.bank import matching
from charity.bank.matching import routes as lines
from charity.bank.unidentified import screens, verbs
from charity.bank.unidentified.forms import AskForm, HoldForm, ListQuery, PayForm, ReverseForm, UsesQuery
from charity.errors import Refusal
from charity.giving import unidentified
from charity.giving.unidentified import Unidentified, returns
from charity.web import auth, confirming, forms, pages
from charity.web.list_filters import rows_of

SHOW = "bank/unidentified/show.html"


async def listed(request: Request) -> Response:
    """`GET /bank/unidentified`."""
    by = auth.allowed(request, "statement.read")
    asked, refusal = forms.filters(request, ListQuery)
    following, left_fen = "", 0

    async def read() -> list[Unidentified]:
        nonlocal following, left_fen
        rows, following, left_fen = await unidentified.held(left=not asked.all, after=asked.after, by=by)
        return rows

    rows, refusal = await rows_of(refusal, read)
    context = {"rows": await screens.listed(rows), "all": asked.all, "left_fen": left_fen}
    context |= pages.pager(request, following)
    return await pages.form(request, "bank/unidentified/list.html", refusal, **context)


async def show(request: Request) -> Response:
    """`GET /bank/unidentified/{number}`."""
    return await _page(request, SHOW)


async def hold(request: Request) -> Response:
    """`POST /bank/lines/{key}/hold`."""
    by = auth.allowed(request, "money.hold")
    data, key = await forms.data(request, HoldForm), request.path_params["key"]
    try:
        form, idem = forms.read(HoldForm, data), forms.idem(request, data, "unidentified.hold")
        answer = await verbs.hold(key, note=form.note, by=by, idem=idem)
    except Refusal as refusal:
        return await lines.line_page(request, refusal, note=forms.text(data, "note"))
    number = answer.body["number"]
    return pages.see_other(request, addresses.of("unidentified", number), "{number} 已暂收，流水已核对", number=number)


async def ask_reverse(request: Request) -> Response:
    """`GET /bank/unidentified/{number}/reverse`: what a reversal does, before it is done."""
    auth.allowed(request, "money.reverse")
    return await _page(request, "bank/unidentified/reverse.html")


async def reverse(request: Request) -> Response:
    """`POST /bank/unidentified/{number}/reverse`."""
    by = auth.allowed(request, "money.reverse")
    data, number = await forms.data(request, ReverseForm), request.path_params["number"]
    try:
        form, idem = forms.read(ReverseForm, data), forms.idem(request, data, "unidentified.undo")
        await verbs.undo(number, reason=form.reason, by=by, idem=idem)
    except Refusal as refusal:
        return await _page(request, "bank/unidentified/reverse.html", refusal, reason=forms.text(data, "reason"))
    return pages.see_other(
        request, addresses.of("unidentified", number), "{number} 已冲销，这笔流水等您核对", number=number
    )


async def ask(request: Request) -> Response:
    """`POST /bank/unidentified/{number}/returns`."""
    by = auth.allowed(request, "refund.request")
    data, number = await forms.data(request, AskForm), request.path_params["number"]
    try:
        form, idem = forms.read(AskForm, data), forms.idem(request, data, "unidentified.ask")
        answer = await returns.ask(number, amount_fen=form.amount_fen, reason=form.reason, by=by, idem=idem)
    except Refusal as refusal:
        typed = {"amount": forms.text(data, "amount_fen"), "why": forms.text(data, "reason")}
        return await _page(request, SHOW, refusal, **typed)
    href = addresses.of("unidentified_return", answer.body["number"])
    return pages.see_other(request, href, "{number} 已申请，等出纳付款", number=answer.body["number"])


async def returned(request: Request) -> Response:
    """`GET /bank/unidentified-returns/{number}`."""
    return await _return_page(request)


async def pay(request: Request) -> Response:
    """`POST /bank/unidentified-returns/{number}/pay`."""
    by = auth.allowed(request, "refund.pay")
    data, number = await forms.data(request, PayForm), request.path_params["number"]
    try:
        form, idem = forms.read(PayForm, data), forms.idem(request, data, "unidentified.pay")
        await returns.pay(number, **form.model_dump(), by=by, idem=idem)
    except Refusal as refusal:
        typed = {name: forms.text(data, name) for name in ("paid_on", "channel_ref")}
        return await _return_page(request, refusal, typed)
    return pages.see_other(request, addresses.of("unidentified_return", number), "{number} 已付，已记账", number=number)


async def withdraw(request: Request) -> Response:
    """`POST /bank/unidentified-returns/{number}/withdraw`."""
    by = auth.allowed(request, "refund.request")
    await forms.data(request)
    number = request.path_params["number"]
    try:
        await returns.withdraw(number, by=by)
    except Refusal as refusal:
        return await _return_page(request, refusal)
    return pages.see_other(request, addresses.of("unidentified_return", number), "{number} 不再退回", number=number)


async def _return_page(
    request: Request, refusal: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response:
    by = auth.allowed(request, "statement.read")
    row = await unidentified.get_return(request.path_params["number"], by=by)
    context = await screens.returned(row, by, typed or {})
    context["carried"] = confirming.carried(returns.content_of(row).hash, context["facts"])
    return await pages.form(request, "bank/unidentified/return.html", refusal, **context)


async def _page(request: Request, template: str, refusal: Refusal | None = None, **typed: str) -> Response:
    by = auth.allowed(request, "statement.read")
    row = await unidentified.get(request.path_params["number"], by=by)
    context: dict[str, Any] = {
        "reason": "",
        "amount": "",
        "why": "",
        **typed,
        **await screens.show(row, await matching.get(row.line, by=by), by),
    }
    if template == SHOW:
        query, unread = forms.filters(request, UsesQuery)
        uses, following = await unidentified.uses(row.number, after=0 if unread else query.after, by=by)
        refusal = refusal or unread
        context["uses"] = await screens.uses(uses, by)
        context |= pages.pager(request, following, addresses.of("unidentified", row.number))
    return await pages.form(request, template, refusal, **context)


routes = [
    Route("/bank/unidentified", listed, methods=["GET"]),
    Route("/bank/unidentified/{number}", show, methods=["GET"]),
    Route("/bank/unidentified/{number}/reverse", ask_reverse, methods=["GET"]),
    Route("/bank/unidentified/{number}/reverse", reverse, methods=["POST"]),
    Route("/bank/unidentified/{number}/returns", ask, methods=["POST"]),
    Route("/bank/unidentified-returns/{number}", returned, methods=["GET"]),
    Route("/bank/unidentified-returns/{number}/pay", pay, methods=["POST"]),
    Route("/bank/unidentified-returns/{number}/withdraw", withdraw, methods=["POST"]),
    Route("/bank/lines/{key}/hold", hold, methods=["POST"]),
]
