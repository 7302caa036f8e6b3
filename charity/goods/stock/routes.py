"""The pages of the stock: the stores to choose from, what is on hand in one by lot and by item, and one lot."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.goods.stock import movements, readers, screens
from charity.ledger import funds
from charity.office import stores
from charity.web import auth, pages


async def show_stores(request: Request) -> Response:
    """Choose a store: for accounts that serve all of them."""
    by = auth.allowed(request, "goods.read")
    shown = [s for s in await stores.every() if by.store in {None, s.code}]
    figures = await readers.figures((s.code for s in shown), by=by)
    return await pages.page(request, "goods/stock/stores.html", stores=shown, figures=figures)


async def show_stock(request: Request) -> Response:
    """What is on hand in a store, by lot or by item, with what expires soon."""
    by = auth.allowed(request, "goods.read")
    store = await stores.served(request.path_params["store"].upper(), by=by)
    query = request.query_params
    within = query.get("within", "")
    chosen = readers.Filter(
        store=store.code,
        text=screens.asked(query.get("q", "")),
        within_days=int(within) if within in {"7", "30", "90"} else None,
        expired=within == "expired",
    )
    context: dict[str, Any] = {"store": store, "q": query.get("q", "")[: screens.ASKED_MAX].strip(), "within": within}
    context |= {"figures": (await readers.figures([store.code], by=by))[store.code]}
    begin = query.get("after", "")[:120]
    if query.get("list") == "items" and not chosen.dated:
        items, after = await readers.items(chosen, by=by, after=begin)
        context |= {"items": items, "totals": await readers.totals(replace(chosen, named=True), by=by)}
        return await pages.page(request, "goods/stock/items.html", **context, **pages.pager(request, after))
    lines, after = await readers.page(chosen, by=by, after=begin)
    notes, tones = screens.expiry_notes(lines)
    context |= {"lines": lines, "totals": await readers.totals(chosen, by=by), "funds": await funds.names()}
    context |= {"notes": notes, "tones": tones}
    return await pages.page(request, "goods/stock/show.html", **context, **pages.pager(request, after))


async def show_lot(request: Request) -> Response:
    """One lot: what it is, where its pieces are, and each slip that moved them."""
    by = auth.allowed(request, "goods.read")
    lot = await movements.lot(request.path_params["code"], by=by)
    after = request.query_params.get("after", "")
    begin = int(after) if after.isascii() and after.isdigit() and len(after) <= screens.SEQ_DIGITS else None
    moves, following = await movements.of(lot.code, by=by, after=begin)
    context: dict[str, Any] = {"lot": lot, "moves": moves, "funds": await funds.names([lot.fund])}
    context |= {"stores": {store.code: store.name for store in await stores.every()}}
    context |= {"expiry": screens.expiry(lot.expires_on)[0] if any(lot.on_hand.values()) else ""}
    cursor = str(following) if following is not None else None
    return await pages.page(request, "goods/stock/lot.html", **context, **pages.pager(request, cursor))


routes = [
    Route("/stores", show_stores, methods=["GET"]),
    Route("/stores/{store}/stock", show_stock, methods=["GET"]),
    Route("/goods/lots/{code}", show_lot, methods=["GET"]),
]
