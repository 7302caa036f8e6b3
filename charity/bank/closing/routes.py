"""The pages of the close of a day: how far each place is, one day before it is prepared, and what was closed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, days
from charity.bank import matching
from charity.bank.closing import readers, screens, verbs
from charity.bank.closing.forms import CloseForm, DaysQuery, NewQuery, PrepareForm, ReopenForm
from charity.bank.closing.readers import Day
from charity.bank.models import BankDayRow
from charity.errors import Refusal
from charity.web import auth, confirming, forms, pages
from charity.web.list_filters import must_know, rows_of

DAYS = "/bank/days"


async def listed(request: Request) -> Response:
    """`GET /bank/days`."""
    by = auth.allowed(request, "statement.read")
    asked, refusal = forms.filters(request, DaysQuery)
    progress, following = await readers.progress(by=by), ""

    async def read() -> list[BankDayRow]:
        nonlocal following
        must_know("place", asked.place, {one.place.code: "" for one in progress})
        rows, following = await readers.newest(place=asked.place, after=asked.after, by=by)
        return list(rows)

    rows, refusal = await rows_of(refusal, read)
    context = await screens.listed(progress, rows, asked.place, by) | pages.pager(request, following)
    return await pages.form(request, "bank/closing/list.html", refusal, **context)


async def new(request: Request) -> Response:
    """`GET /bank/days/new`: a day as it can be prepared."""
    auth.allowed(request, "day.prepare")
    asked, refusal = forms.filters(request, NewQuery)
    return await _new(request, asked.place, asked.on, refusal)


async def prepare(request: Request) -> Response:
    """`POST /bank/days/new`."""
    by = auth.allowed(request, "day.prepare")
    data = await forms.data(request, PrepareForm)
    try:
        form = forms.read(PrepareForm, data)
        answer = await verbs.prepare(
            place=form.place,
            on=form.on.isoformat(),
            asked=form.prepared(),
            content_hash=form.content_hash,
            by=by,
            idem=forms.idem(request, data, "day.prepare"),
        )
    except Refusal as refusal:
        place, on = forms.text(data, "place"), forms.text(data, "on")
        return await _new(request, place, on, refusal, data)
    return pages.see_other(request, addresses.of("bank_day", answer.body["key"]), "已准备，等会计复核")


async def _new(
    request: Request, place: str, on: str, refusal: Refusal | None, data: forms.Data | None = None
) -> Response:
    by = auth.allowed(request, "day.prepare")
    day: Day | None = None
    if place and on:
        try:
            days.read(on)
            await matching.catch_up()
            day = await readers.shown_day(place, on, by=by)
        except Refusal as missing:
            refusal = refusal or missing
        except days.DayRefused:
            assert refusal is not None, "the query or the form was refused"
    context = await screens.new(place, on, day, data or {}, by)
    listed_errors = confirming.errors(request, refusal, context.get("facts", ()))
    status = refusal.status if refusal else 200
    return await pages.page(request, "bank/closing/new.html", status, errors=listed_errors, **context)


async def show(request: Request) -> Response:
    """`GET /bank/days/{key}`."""
    auth.allowed(request, "statement.read")
    return await _page(request)


async def close(request: Request) -> Response:
    """`POST /bank/days/{key}/close`."""
    by = auth.allowed(request, "day.close")
    data, key = await forms.data(request, CloseForm), request.path_params["key"]
    try:
        content_hash = forms.read(CloseForm, data).content_hash
        await verbs.close(key=key, content_hash=content_hash, by=by, idem=forms.idem(request, data, "day.close"))
    except Refusal as refusal:
        return await _page(request, refusal)
    return pages.see_other(request, addresses.of("bank_day", key), "已日结，这一天的账不能再动")


async def reopen(request: Request) -> Response:
    """`POST /bank/days/{key}/reopen`."""
    by = auth.allowed(request, "day.close")
    data, key = await forms.data(request, ReopenForm), request.path_params["key"]
    try:
        reason = forms.read(ReopenForm, data).reason
        await verbs.reopen(key=key, reason=reason, by=by, idem=forms.idem(request, data, "day.reopen"))
    except Refusal as refusal:
        return await _page(request, refusal, forms.text(data, "reason"))
    return pages.see_other(request, DAYS, "已重新打开，这一天要再日结一次")


async def _page(request: Request, refusal: Refusal | None = None, reason: str = "") -> Response:
    by = auth.allowed(request, "statement.read")
    view = await readers.get(request.path_params["key"], by=by)
    values = readers.confirmed(view.row)
    day: Day | None = None
    try:
        day = await readers.shown_day(view.row["place"], view.row["on_day"], by=by, before=view.row["before_on"])
    except Refusal as missing:  # opened again, and more is open since than a page shows
        refusal = refusal or missing
    context = await screens.show(view, values, day, by)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    status = refusal.status if refusal else 200
    return await pages.page(request, "bank/closing/show.html", status, errors=listed_errors, reason=reason, **context)


routes = [
    Route(DAYS, listed, methods=["GET"]),
    Route(f"{DAYS}/new", new, methods=["GET"]),
    Route(f"{DAYS}/new", prepare, methods=["POST"]),
    Route(f"{DAYS}/{{key}}", show, methods=["GET"]),
    Route(f"{DAYS}/{{key}}/close", close, methods=["POST"]),
    Route(f"{DAYS}/{{key}}/reopen", reopen, methods=["POST"]),
]
