"""The JSON call of the stock (docs/api.md)."""

from typing import Any

from charity.goods.stock import readers
from charity.goods.stock.forms import StockAnswer, StockQuery
from charity.web.api import Call, Endpoint

_SHOWN = ("store", "barcode", "name", "lot", "quantity", "expires_on")


async def listed(call: Call) -> dict[str, Any]:
    """What is on hand in the stores, by lot. An account of one store sees that store."""
    query: StockQuery = call.query
    chosen = readers.Filter(store=query.store or call.by.store or "", barcode=query.barcode or "")
    lines, after = await readers.page(chosen, by=call.by, after=query.after or "", limit=query.limit)
    return {"items": [{name: getattr(line, name) for name in _SHOWN} for line in lines], "next": after}


endpoints = [
    Endpoint(
        "GET",
        "/goods/stock",
        listed,
        permission="stock.call",
        params=StockQuery,
        answer=StockAnswer,
        summary="各店库存@api",
    ),
]
