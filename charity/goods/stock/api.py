"""The JSON calls of the stock (docs/api.md)."""

from typing import Any

from charity.goods.stock import movements, readers
from charity.goods.stock.forms import LotAnswer, LotQuery, StockAnswer, StockQuery
from charity.web.api import Call, Endpoint

_LOT = ("code", "barcode", "name", "store", "fund", "source", "expires_on", "slip", "on_hand")
_MOVED = ("slip", "kind", "store", "effective_on", "seq", "quantity", "remaining", "reverses", "reversed_by")
_SHOWN = ("store", "barcode", "name", "lot", "quantity", "expires_on")


async def listed(call: Call) -> dict[str, Any]:
    """What is on hand in the stores, by lot. An account of one store sees that store."""
    query: StockQuery = call.query
    chosen = readers.Filter(store=query.store or call.by.store or "", barcode=query.barcode or "")
    lines, after = await readers.page(chosen, by=call.by, after=query.after or "", limit=query.limit)
    sums = await readers.totals(chosen, by=call.by)
    return {
        "items": [{name: getattr(line, name) for name in _SHOWN} for line in lines],
        "next": after,
        "totals": {"lots": sums.lots, "pieces": sums.pieces},
    }


async def show_lot(call: Call) -> dict[str, Any]:
    """`GET /goods/lots/{code}`: a lot, and what moved it, newest first."""
    query: LotQuery = call.query
    lot = await movements.lot(call.path["code"], by=call.by)
    moves, after = await movements.of(lot.code, by=call.by, after=query.after, limit=query.limit)
    return {
        **{name: getattr(lot, name) for name in _LOT},
        "movements": [{name: getattr(move, name) for name in _MOVED} for move in moves],
        "next": after,
    }


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
    Endpoint(
        "GET",
        "/goods/lots/{code}",
        show_lot,
        permission="stock.call",
        params=LotQuery,
        answer=LotAnswer,
        summary="一个批次和它的收发",
    ),
]
