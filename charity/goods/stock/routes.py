"""The pages of the stock: the stores to choose from, and what is on hand in one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.goods.stock import readers, screens
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
    """What is on hand in a store, by lot, with what expires soon."""
    by = auth.allowed(request, "goods.read")
    store = await stores.served(request.path_params["store"].upper(), by=by)
    query = request.query_params
    within = query.get("within", "")
    chosen = readers.Filter(
        store=store.code,
        text=query.get("q", "")[:60].strip(),
        within_days=int(within) if within in {"7", "30", "90"} else None,
        expired=within == "expired",
    )
    lines, after = await readers.page(chosen, by=by, after=query.get("after", "")[:120])
    figures = (await readers.figures([store.code], by=by))[store.code]
    notes, tones = screens.expiry_notes(lines)
    context: dict[str, Any] = {"store": store, "lines": lines, "figures": figures, **pages.pager(request, after)}
    context |= {"slips": await readers.slip_numbers(line.lot for line in lines), "funds": await funds.names()}
    context |= {"notes": notes, "tones": tones, "q": chosen.text, "within": within}
    return await pages.page(request, "goods/stock/show.html", **context)


routes = [
    Route("/stores", show_stores, methods=["GET"]),
    Route("/stores/{store}/stock", show_stock, methods=["GET"]),
]
