"""The pages of the opening: the draft, its form, and the confirmation with the total typed again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.finance import rules
from charity.finance.opening import readers, screens, verbs
from charity.finance.opening.forms import ROWS_LEAST, ROWS_MORE, ConfirmForm, lines, read
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
    data, rows = await forms.data(request, forms.Numbered), ROWS_LEAST
    try:
        form = read(data)
        rows = form.rows
        if form.step == "more":
            return await _edit(request, data, rows + ROWS_MORE)
        idem = forms.idem(request, data, "opening.write")
        await verbs.write(on=form.on, lines=lines(data), by=by, idem=idem)
    except Refusal as refusal:
        return await _edit(request, data, rows, refusal)
    return pages.see_other(request, "/opening", "已保存，等另一位会计或审批人核对确认")


async def confirm(request: Request) -> Response:
    """`POST /opening/confirm`."""
    by = auth.allowed(request, "opening.confirm")
    data = await forms.data(request, ConfirmForm)
    try:
        form = forms.read(ConfirmForm, data)
        await verbs.confirm(
            content_hash=form.content_hash,
            confirmed_total_fen=form.total_yuan,
            by=by,
            idem=forms.idem(request, data, "opening.confirm"),
        )
    except Refusal as refusal:
        return await _show(request, forms.text(data, "total_yuan"), refusal)
    return pages.see_other(request, "/opening", "期初余额已入账")


async def _show(request: Request, typed: str = "", refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "opening.read")
    context = await screens.show(await readers.get(by=by), by)
    status, errors = refusal.status if refusal else 200, screens.errors(refusal)
    return await pages.page(request, "finance/opening/show.html", status, typed=typed, errors=errors, **context)


async def _edit(request: Request, values: forms.Data, rows: int, refusal: Refusal | None = None) -> Response:
    context = await screens.form(values, rows)
    status, errors = refusal.status if refusal else 200, screens.errors(refusal)
    return await pages.page(request, "finance/opening/edit.html", status, errors=errors, **context)


routes = [
    Route("/opening", show, methods=["GET"]),
    Route("/opening/edit", edit, methods=["GET"]),
    Route("/opening/edit", write, methods=["POST"]),
    Route("/opening/confirm", confirm, methods=["POST"]),
]
