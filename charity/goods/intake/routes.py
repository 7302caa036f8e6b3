"""The page of the intake: scanned lines, a new item, and the slip."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.goods import scanning, slips
from charity.goods.intake import screens
from charity.goods.intake.receiving import Counter
from charity.goods.limits import INTAKE_LINES_MAX
from charity.goods.scanning import Basket
from charity.goods.scanning.forms import Scanned
from charity.office import stores
from charity.office.stores import Store
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.policies import CAMERA

TEMPLATE = "goods/intake/in.html"


async def _counter(request: Request) -> tuple[Actor, Store]:
    """Who takes in, at which store; refuses another store's clerk."""
    by = auth.allowed(request, "goods.move")
    return by, await stores.served(request.path_params["store"].upper(), by=by)


async def show(request: Request) -> Response:
    """The intake screen: an empty slip, or what was just taken in."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    return await _page(request, Counter(store.code, by, Basket()), store, done)


async def work(request: Request) -> Response:
    """What was scanned and pressed at the intake screen since its last answer."""
    by, store = await _counter(request)
    data = await forms.data(request, Scanned)
    counter = Counter(store.code, by, Basket())
    try:
        counter.basket = scanning.read(data, limit=INTAKE_LINES_MAX, header=screens.HEADER)
        if scanning.text(data, "new_barcode"):
            counter.new = {name: scanning.text(data, name) for name in screens.NEW}
        counter.basket.check_scans()
        forms.read(forms.Numbered, data)
    except Refusal as refusal:
        counter.refuse(refusal)
        return await _page(request, counter, store, None)
    # Without scripts a code may be half typed when another button is pressed.
    read = "x-fragment" in request.headers or counter.basket.pressed in {"scan", "finish"}
    half_typed = "" if read else counter.basket.scanned
    await counter.serve(scans=read)
    if counter.begins_anew:
        return pages.see_other(request, f"/stores/{store.code}/in?done={counter.number}")
    return await _page(request, counter, store, await screens.done(counter.number, by=by), half_typed)


async def _page(
    request: Request, counter: Counter, store: Store, done: dict[str, Any] | None, half_typed: str = ""
) -> Response:
    context = await screens.show(counter.basket, new=counter.new, errors=counter.errors, newest=counter.newest)
    return await pages.page(
        request,
        TEMPLATE,
        counter.status,
        policy=CAMERA,
        store=store,
        done=done,
        refused=list(dict.fromkeys(counter.refused)),
        signals=counter.signals,
        signal_words=counter.words,
        registering=counter.registering,
        today=await slips.issued_today(store.code),
        half_typed=half_typed,
        key=scanning.shown(counter.basket.idem),
        **context,
    )


routes = [
    Route("/stores/{store}/in", show, methods=["GET"]),
    Route("/stores/{store}/in", work, methods=["POST"]),
]
