"""The pages of statements: files, lines, an upload, one file that is taken in or withdrawn."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.bank import chosen_columns
from charity.bank.models import LineStatus
from charity.bank.statements import readers, screens, verbs, withdrawals
from charity.bank.statements.forms import FORM_MAX, LinesQuery, StatementsQuery, TakeForm, UploadForm
from charity.bank.statements.readers import Filters, LineView
from charity.errors import Refusal
from charity.ledger import places
from charity.web import auth, confirming, forms, pages
from charity.web.list_filters import must_know, rows_of

FILES = frozenset({"file"})


async def listed(request: Request) -> Response:
    """`GET /bank/statements`."""
    by = auth.allowed(request, "statement.read")
    asked, refusal = forms.filters(request, StatementsQuery)
    following = ""

    async def read() -> list[Any]:
        nonlocal following
        must_know("place", asked.place, await places.labels(screens.CHARTS))
        rows, following = await readers.statements(place=asked.place, after=asked.after, by=by)
        return rows

    rows, refusal = await rows_of(refusal, read)
    context = await screens.listed(rows, asked.place) | pages.pager(request, following)
    return await pages.form(request, "bank/statements/list.html", refusal, **context)


async def lines(request: Request) -> Response:
    """`GET /bank/lines`."""
    by = auth.allowed(request, "statement.read")
    asked, refusal = forms.filters(request, LinesQuery)
    following = ""

    async def read() -> list[LineView]:
        nonlocal following
        must_know("place", asked.place, await places.labels(screens.CHARTS))
        must_know("status", asked.status, set(LineStatus))
        filters = Filters(
            place=asked.place,
            status=asked.status,
            statement=asked.statement,
            from_on=asked.from_on,
            to_on=asked.to_on,
            text=asked.who,
            direction=asked.direction,
            amounts=asked.amounts(),
            after=asked.after,
        )
        views, following = await readers.lines(filters, by=by)
        return views

    views, refusal = await rows_of(refusal, read)
    context = await screens.lines(views, asked, following) | pages.pager(request, following)
    return await pages.form(request, "bank/statements/lines.html", refusal, asked=asked, **context)


async def new(request: Request) -> Response:
    """`GET /bank/statements/new`."""
    auth.allowed(request, "statement.import")
    return await _form(request, {"place": request.query_params.get("place", "")})


async def upload(request: Request) -> Response:
    """`POST /bank/statements/new`: read and shown; nothing is taken in."""
    by = auth.allowed(request, "statement.import")
    data = await forms.data(request, UploadForm, files=FILES)
    try:
        form = forms.read(UploadForm, data)
        content = forms.file(request, "file")
        name = forms.file_name(request, "file")
        key = await verbs.upload(place=form.place, name=name, data=content, columns=form.columns(), by=by)
    except Refusal as refusal:
        return await _form(request, data, refusal)
    row = await readers.get(key, by=by)
    again = "这个文件已经导入过，没有再导入" if row["taken_at"] else ""
    return pages.see_other(request, addresses.of("statement", key), again)


async def _form(request: Request, values: forms.Data, refusal: Refusal | None = None) -> Response:
    titles = (refusal.facts.get("titles") if refusal else None) or chosen_columns.titles(forms.text(values, "titles"))
    columns = chosen_columns.choices(titles, {name: forms.text(values, name) for name in UploadForm.model_fields})
    context = {"place": forms.text(values, "place"), **columns, **await screens.upload()}
    return await pages.form(request, "bank/statements/new.html", refusal, **context)


async def show(request: Request) -> Response:
    """`GET /bank/statements/{key}`."""
    auth.allowed(request, "statement.read")
    return await _page(request)


async def take(request: Request) -> Response:
    """`POST /bank/statements/{key}/take`."""
    by = auth.allowed(request, "statement.import")
    data, key = await forms.data(request, TakeForm), request.path_params["key"]
    try:
        await verbs.take(key, content_hash=forms.read(TakeForm, data).content_hash, by=by)
    except Refusal as refusal:
        return await _page(request, refusal)
    row = await readers.get(key, by=by)
    return pages.see_other(
        request, addresses.of("statement", key), "已导入，新增 {count} 行，账簿没有变动", count=row["new_lines"]
    )


async def withdraw(request: Request) -> Response:
    """`POST /bank/statements/{key}/withdraw`."""
    by = auth.allowed(request, "statement.import")
    await forms.data(request)
    try:
        await withdrawals.withdraw(request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _page(request, refusal)
    return pages.see_other(request, "/bank/statements", "已撤下，什么也没有导入")


async def ask_back(request: Request) -> Response:
    """`GET /bank/statements/{key}/take-back`."""
    auth.allowed(request, "statement.import")
    return await _confirm(request)


async def take_back(request: Request) -> Response:
    """`POST /bank/statements/{key}/take-back`."""
    by = auth.allowed(request, "statement.import")
    data, key = await forms.data(request, TakeForm), request.path_params["key"]
    try:
        await withdrawals.take_back(key, content_hash=forms.read(TakeForm, data).content_hash, by=by)
    except Refusal as refusal:
        return await _confirm(request, refusal)
    return pages.see_other(request, addresses.of("statement", key), "已撤回，它的行不再在册，账簿没有变动")


async def _confirm(request: Request, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "statement.import")
    context = await screens.taking_back(await readers.get(request.path_params["key"], by=by))
    listed_errors = confirming.errors(request, refusal, context["facts"])
    status = refusal.status if refusal else 200
    return await pages.page(request, "bank/statements/take_back.html", status, errors=listed_errors, **context)


async def _page(request: Request, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "statement.read")
    context = await screens.show(await readers.get(request.path_params["key"], by=by), by)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    status = refusal.status if refusal else 200
    return await pages.page(request, "bank/statements/show.html", status, errors=listed_errors, **context)


routes = [
    Route("/bank/statements", listed, methods=["GET"]),
    Route("/bank/lines", lines, methods=["GET"]),
    Route("/bank/statements/new", new, methods=["GET"]),
    Route("/bank/statements/new", upload, methods=["POST"], max_body_size=FORM_MAX),
    Route("/bank/statements/{key}", show, methods=["GET"]),
    Route("/bank/statements/{key}/take", take, methods=["POST"]),
    Route("/bank/statements/{key}/take-back", ask_back, methods=["GET"]),
    Route("/bank/statements/{key}/take-back", take_back, methods=["POST"]),
    Route("/bank/statements/{key}/withdraw", withdraw, methods=["POST"]),
]
