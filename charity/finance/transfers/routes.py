"""The pages of transfers: where money lies, what moves, what will be booked; the list, one slip, its reversal."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.errors import Refusal
from charity.finance.transfers import readers, screens, verbs
from charity.finance.transfers.forms import NewQuery, ReasonForm, read
from charity.ledger import places
from charity.web import auth, confirming, forms, pages


async def listed(request: Request) -> Response:
    """`GET /transfers`."""
    by = auth.allowed(request, "transfer.read")
    rows, following = await readers.page(after=request.query_params.get("after", ""), by=by)
    context = {"rows": screens.listed(rows, await places.labels()), **pages.pager(request, following)}
    return await pages.page(request, "finance/transfers/list.html", **context)


async def new(request: Request) -> Response:
    """`GET /transfers/new`: where money lies; with `source` the form for what leaves there, with `all` filled in."""
    auth.allowed(request, "money.transfer")
    asked, _ = forms.filters(request, NewQuery)
    if not asked.source:
        return await pages.page(request, "finance/transfers/choose.html", **await screens.choose())
    return await _fill(request, {"source": asked.source, "all": asked.all})


async def make(request: Request) -> Response:
    """`POST /transfers/new`: shows what will be booked (review), goes back (change), or books it (confirm)."""
    by = auth.allowed(request, "money.transfer")
    data = await forms.data(request, forms.Numbered)
    try:
        form = read(data)
        if form.step == "change":
            return await _fill(request, data)
        transfer = await form.transfer(data)
        await verbs.check(transfer)
    except Refusal as refusal:
        return await _fill(request, data, refusal)
    if form.step == "review":
        return await _review(request, transfer, data)
    try:
        key = forms.idem(request, data, "transfer.make")
        answer = await verbs.make(transfer, content_hash=form.content_hash, by=by, idem=key)
    except Refusal as refusal:
        return await _review(request, transfer, data, refusal)
    number = answer.body["number"]
    return pages.see_other(request, addresses.of("transfer", number), "{number} 已登记，已记账", number=number)


async def _fill(request: Request, values: forms.Data, refusal: Refusal | None = None) -> Response:
    try:
        source = await places.get(forms.text(values, "source"), field="source")
    except Refusal as unknown:
        context = {**await screens.choose(), "errors": screens.errors(unknown)}
        return await pages.page(request, "finance/transfers/choose.html", unknown.status, **context)
    context = await screens.fill(source, values)
    status = refusal.status if refusal else 200
    return await pages.page(request, "finance/transfers/fill.html", status, errors=screens.errors(refusal), **context)


async def _review(
    request: Request, transfer: verbs.Transfer, data: forms.Data, refusal: Refusal | None = None
) -> Response:
    context = await screens.review(transfer, data)
    status = refusal.status if refusal else 200
    return await pages.page(request, "finance/transfers/review.html", status, errors=screens.errors(refusal), **context)


async def show(request: Request) -> Response:
    """`GET /transfers/{number}`."""
    by = auth.allowed(request, "transfer.read")
    view = await readers.get(request.path_params["number"], by=by)
    return await pages.page(request, "finance/transfers/show.html", **await screens.show(view))


async def ask_reverse(request: Request) -> Response:
    """`GET /transfers/{number}/reverse`: what a reversal does, before it is done."""
    auth.allowed(request, "money.reverse")
    return await _reverse(request, "")


async def reverse(request: Request) -> Response:
    """`POST /transfers/{number}/reverse`."""
    by = auth.allowed(request, "money.reverse")
    data, number = await forms.data(request, ReasonForm), request.path_params["number"]
    try:
        form, key = forms.read(ReasonForm, data), forms.idem(request, data, "transfer.reverse")
        await verbs.reverse(number=number, reason=form.reason, content_hash=form.content_hash, by=by, idem=key)
    except Refusal as refusal:
        return await _reverse(request, forms.text(data, "reason"), refusal)
    return pages.see_other(request, addresses.of("transfer", number), "{number} 已冲销，钱记回原处", number=number)


async def _reverse(request: Request, reason: str, refusal: Refusal | None = None) -> Response:
    view = await readers.get(request.path_params["number"], by=auth.allowed(request, "money.reverse"))
    context: dict[str, Any] = {"reason": reason, **await screens.show(view)}
    context["carried"] = confirming.carried(verbs.content_of(view.row).hash, context["facts"])
    return await pages.form(request, "finance/transfers/reverse.html", refusal, **context)


routes = [
    Route("/transfers", listed, methods=["GET"]),
    Route("/transfers/new", new, methods=["GET"]),
    Route("/transfers/new", make, methods=["POST"]),
    Route("/transfers/{number}", show, methods=["GET"]),
    Route("/transfers/{number}/reverse", ask_reverse, methods=["GET"]),
    Route("/transfers/{number}/reverse", reverse, methods=["POST"]),
]
