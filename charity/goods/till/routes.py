"""The page of the till: a card, a basket, and its issue."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.goods import scanning, slips
from charity.goods.scanning import Basket
from charity.goods.till import documents, screens, verbs
from charity.office import stores
from charity.office.stores import Store
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.policies import CAMERA

TEMPLATE = "goods/till/out.html"


async def _counter(request: Request) -> tuple[Actor, Store]:
    """Who serves, at which store; refuses another store's clerk."""
    by = auth.allowed(request, "goods.move")
    return by, await stores.served(request.path_params["store"].upper(), by=by)


async def show(request: Request) -> Response:
    """The till: an empty basket, or what was just handed out."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    context = await screens.show(store.code, Basket(), by=by)
    today = await slips.issued_today(store.code)
    return await pages.page(request, TEMPLATE, policy=CAMERA, store=store, done=done, today=today, **context)


async def work(request: Request) -> Response:
    """One press at the till: a scan, a step, or the end."""
    by, store = await _counter(request)
    data = await forms.data(request, forms.Numbered)
    basket = scanning.read(data, header=("rare",))
    scan_error, refusals, status = "", list[str](), 200
    try:
        forms.read(forms.Numbered, data)
        basket = await _pressed(basket, by)
        if basket.pressed == "finish":
            answer = await verbs.issue(
                store=store.code,
                card=basket.card,
                lines=screens.lines(basket),
                proxy=screens.proxy_of(basket),
                by=by,
                idem=forms.idem(request, data, "goods.issue"),
            )
            return pages.see_other(request, f"/stores/{store.code}/out?done={answer.body['number']}")
    except Refusal as refusal:
        status = refusal.status
        reasons = screens.reasons(refusal)
        scan_error, refusals = (reasons[0], []) if basket.pressed == "scan" else ("", reasons)
    context = await screens.show(store.code, basket, by=by, scan_error=scan_error, refusals=refusals)
    today = await slips.issued_today(store.code)
    return await pages.page(request, TEMPLATE, status, policy=CAMERA, store=store, done=None, today=today, **context)


async def _pressed(basket: Basket, by: Actor) -> Basket:
    """The basket after one press."""
    if basket.pressed == "clear":
        return Basket()
    if basket.pressed == "undo":
        return basket.undone()
    if basket.pressed == "proxy":
        return replace(basket, proxy=not basket.proxy)
    if basket.pressed == "finish":
        screens.counted(basket)
        return basket
    if basket.pressed == "scan":
        basket = await screens.scanned(basket, by=by)
        return basket if basket.pressed == "scan" else await _pressed(basket, by)
    return basket.changed()


async def commands_pdf(request: Request) -> Response:
    """The sheet of command codes that hangs beside the till."""
    auth.allowed(request, "goods.move")
    return pages.pdf(await documents.commands_pdf(), words.say("柜台指令码.pdf"))


routes = [
    Route("/goods/commands.pdf", commands_pdf, methods=["GET"]),
    Route("/stores/{store}/out", show, methods=["GET"]),
    Route("/stores/{store}/out", work, methods=["POST"]),
]
