"""The pages of matching: the queue, one line, and what is decided there."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.bank.matching import automatic, readers, screens, verbs
from charity.bank.matching.forms import ChosenQuery, IgnoreForm, MatchForm, QueueQuery
from charity.bank.statements import LineView
from charity.bank.statements.screens import CHARTS
from charity.errors import Refusal
from charity.ledger import places
from charity.web import auth, forms, pages
from charity.web.list_filters import must_know, rows_of

QUEUE = "/bank/matching"


async def queue(request: Request) -> Response:
    """`GET /bank/matching`."""
    by = auth.allowed(request, "statement.read")
    await automatic.catch_up()
    asked, refusal = forms.filters(request, QueueQuery)
    following = ""

    async def read() -> list[LineView]:
        nonlocal following
        must_know("place", asked.place, await places.labels(CHARTS))
        lines, following = await readers.queue(place=asked.place, after=asked.after, by=by)
        return lines

    lines, refusal = await rows_of(refusal, read)
    context = await screens.queue(lines, asked.place, by) | pages.pager(request, following)
    return await pages.form(request, "bank/matching/queue.html", refusal, **context)


async def show(request: Request) -> Response:
    """`GET /bank/lines/{key}`."""
    auth.allowed(request, "statement.read")
    return await line_page(request)


async def match(request: Request) -> Response:
    """`POST /bank/lines/{key}/match`: what was ticked, or the candidate whose button was pressed."""
    by = auth.allowed(request, "bank.match")
    data, key = await forms.data(request, MatchForm), request.path_params["key"]
    ticked = [*forms.many(data, "movements"), *forms.many(data, "lines")]
    try:
        form = forms.read(MatchForm, data)
        made = await verbs.match(lines=[key, *form.lines], movements=form.movements, by=by)
    except Refusal as refusal:
        return await line_page(request, refusal, ticked=ticked)
    return pages.see_other(request, QUEUE, "已核对，账簿没有变动", undo=f"/bank/matches/{made}/undo")


async def ignore(request: Request) -> Response:
    """`POST /bank/lines/{key}/ignore`."""
    by = auth.allowed(request, "bank.match")
    data = await forms.data(request, IgnoreForm)
    try:
        made = await verbs.ignore(request.path_params["key"], reason=forms.read(IgnoreForm, data).reason, by=by)
    except Refusal as refusal:
        return await line_page(request, refusal, reason=forms.text(data, "reason"))
    return pages.see_other(
        request, QUEUE, "这笔流水不再核对，在调节表上仍是未达账项", undo=f"/bank/matches/{made}/undo"
    )


async def undo(request: Request) -> Response:
    """`POST /bank/matches/{key}/undo`."""
    by = auth.allowed(request, "bank.match")
    await forms.data(request)
    key = request.path_params["key"]
    about = [line.row["key"] for line in await readers.lines_about(key, by=by)]
    try:
        await verbs.undo(key, by=by)
    except Refusal as refusal:
        if not about:
            raise
        return await line_page(request, refusal, key=about[0])
    href = addresses.of("bank_line", about[0]) if about else QUEUE
    return pages.see_other(request, href, "已撤销，这笔流水等您核对")


async def line_page(
    request: Request,
    refusal: Refusal | None = None,
    *,
    key: str = "",
    ticked: Any = (),
    reason: str = "",
    note: str = "",
) -> Response:
    """The page of a line, with what was typed when something was refused."""
    by = auth.allowed(request, "statement.read")
    line = await readers.get(key or request.path_params["key"], by=by)
    asked, wrong = forms.filters(request, ChosenQuery)
    context = await screens.show(line, ChosenQuery() if wrong else asked, by, ticked=ticked, reason=reason, note=note)
    return await pages.form(request, "bank/matching/line.html", refusal or wrong, **context)


routes = [
    Route("/bank/matching", queue, methods=["GET"]),
    Route("/bank/lines/{key}", show, methods=["GET"]),
    Route("/bank/lines/{key}/match", match, methods=["POST"]),
    Route("/bank/lines/{key}/ignore", ignore, methods=["POST"]),
    Route("/bank/matches/{key}/undo", undo, methods=["POST"]),
]
