"""The page of the till: a card, a basket, and its issue."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.goods import scanning, slips
from charity.goods.scanning import Basket
from charity.goods.scanning.forms import Scanned
from charity.goods.till import documents, screens
from charity.goods.till.answers import Answer
from charity.goods.till.serving import Counter
from charity.office import stores
from charity.office.stores import Store
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.policies import CAMERA

TEMPLATE: Final = "goods/till/out.html"
QUEUED: Final = "x-fragment"
"""The header of a request that a script made out of its queue of scans."""


async def _counter(request: Request) -> tuple[Actor, Store]:
    """Who serves, at which store; refuses another store's clerk."""
    by = auth.allowed(request, "goods.move")
    return by, await stores.served(request.path_params["store"].upper(), by=by)


async def show(request: Request) -> Response:
    """The till: an empty basket, or what was just handed out."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    return await _page(request, Counter(store.code, by, Basket()), store, done)


async def work(request: Request) -> Response:
    """What was scanned and pressed at the till since its last answer."""
    by, store = await _counter(request)
    data = await forms.data(request, Scanned)
    counter = Counter(store.code, by, Basket())
    try:
        counter.basket = scanning.read(data, header=("rare",))
        counter.basket.check_scans()
        counter.just_out = scanning.text(data, "just_out")
        forms.read(forms.Numbered, data)
    except Refusal as refusal:
        counter.status = refusal.status
        counter.answers.append(Answer(reasons=tuple(screens.reasons(refusal))))
        return await _page(request, counter, store, None)
    # Without scripts a code may be half typed when another button is pressed.
    read = QUEUED in request.headers or counter.basket.pressed in {"scan", "finish"}
    half_typed = "" if read else counter.basket.scanned
    await counter.serve(scans=read)
    if counter.number and not counter.basket.card and counter.all_accepted:
        return pages.see_other(request, f"/stores/{store.code}/out?done={counter.number}")
    return await _page(request, counter, store, await screens.done(counter.number, by=by), half_typed)


async def _page(
    request: Request, counter: Counter, store: Store, done: dict[str, Any] | None, half_typed: str = ""
) -> Response:
    by = counter.by
    context = await screens.show(store.code, counter.basket, counter.answers, by=by)
    today = await slips.issued_today(store.code)
    return await pages.page(
        request,
        TEMPLATE,
        counter.status,
        policy=CAMERA,
        store=store,
        done=done,
        half_typed=half_typed,
        today=today,
        key=scanning.shown(counter.basket.idem),
        **context,
    )


async def commands_pdf(request: Request) -> Response:
    """The sheet of command codes that hangs beside the till."""
    auth.allowed(request, "goods.move")
    return pages.pdf(await documents.commands_pdf(), words.say("柜台指令码.pdf"))


routes = [
    Route("/goods/commands.pdf", commands_pdf, methods=["GET"]),
    Route("/stores/{store}/out", show, methods=["GET"]),
    Route("/stores/{store}/out", work, methods=["POST"]),
]
