"""The pages of the opening: the draft, its form, and the confirmation with the total typed again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.finance import rules
from charity.finance.opening import readers, screens, verbs
from charity.finance.opening.forms import (
    ROWS_LEAST,
    ROWS_MORE,
    STOCK_BODY_MAX,
    ConfirmForm,
    OpeningForm,
    StockQuery,
    both,
    read,
)
from charity.finance.opening.stock_form import FIELD, without_tabs
from charity.web import auth, forms, pages


async def show(request: Request) -> Response:
    """`GET /opening`."""
    auth.allowed(request, "opening.read")
    return await _show(request)


async def edit(request: Request) -> Response:
    """`GET /opening/edit`: the form, with the draft in it."""
    view = await readers.get(by=auth.allowed(request, "opening.make"))
    if view.begun:
        raise rules.OPENING_BEGUN(seq=view.begun)
    values, rows = screens.values(view)
    return await _edit(request, values, rows)


async def write(request: Request) -> Response:
    """`POST /opening/edit`: saves the draft, or shows the form with more rows."""
    by = auth.allowed(request, "opening.make")
    sent, rows = await forms.data(request, OpeningForm, part_max=STOCK_BODY_MAX), ROWS_LEAST
    sent[FIELD] = without_tabs(forms.text(sent, FIELD))
    try:
        form = read(sent)
        rows = form.rows
        if form.step == "more":
            return await _edit(request, sent, rows + ROWS_MORE)
        idem = forms.idem(request, sent, "opening.write")
        money, stock = both(sent)
        await verbs.write(on=form.on, lines=money, stock=stock, by=by, idem=idem)
    except Refusal as refusal:
        return await _edit(request, sent, rows, screens.located(refusal, sent))
    return pages.see_other(request, "/opening", "已保存，等另一位会计或审批人核对确认")


async def confirm(request: Request) -> Response:
    """`POST /opening/confirm`."""
    by = auth.allowed(request, "opening.confirm")
    sent = await forms.data(request, ConfirmForm)
    try:
        form = forms.read(ConfirmForm, sent)
        await verbs.confirm(
            content_hash=form.content_hash,
            confirmed_total_fen=form.total_yuan,
            by=by,
            idem=forms.idem(request, sent, "opening.confirm"),
        )
    except Refusal as refusal:
        typed = "" if refusal.now else forms.text(sent, "total_yuan")  # of what was shown before: it is read again
        return await _show(request, typed, refusal)
    return pages.see_other(request, "/opening", "期初余额已入账")


async def _show(request: Request, typed: str = "", refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "opening.read")
    query, _ = forms.filters(request, StockQuery)
    context, following = await screens.show(await readers.get(by=by), by, query.after)
    context |= pages.pager(request, following, "/opening")
    status, errors = refusal.status if refusal else 200, screens.errors(refusal)
    return await pages.page(request, "finance/opening/show.html", status, typed=typed, errors=errors, **context)


async def _edit(request: Request, values: forms.Data, rows: int, refusal: Refusal | None = None) -> Response:
    context = await screens.form(values, rows)
    status, errors = refusal.status if refusal else 200, screens.errors(refusal)
    return await pages.page(request, "finance/opening/edit.html", status, errors=errors, **context)


routes = [
    Route("/opening", show, methods=["GET"]),
    Route("/opening/edit", edit, methods=["GET"]),
    Route("/opening/edit", write, methods=["POST"], max_body_size=STOCK_BODY_MAX),
    Route("/opening/confirm", confirm, methods=["POST"]),
]
