"""Stock 库存: lots, and what is on hand where. This is the door; outsiders import only it."""

from .keeping import moved
from .movements import LotFacts, Movement, lot
from .readers import (
    Filter,
    ItemLine,
    Lot,
    StockFigures,
    StockLine,
    Totals,
    figures,
    get,
    items,
    known,
    on_hand,
    page,
    pieces,
    slip_numbers,
    totals,
)

__all__ = [
    "Filter",
    "ItemLine",
    "Lot",
    "LotFacts",
    "Movement",
    "StockFigures",
    "StockLine",
    "Totals",
    "figures",
    "get",
    "items",
    "known",
    "lot",
    "moved",
    "on_hand",
    "page",
    "pieces",
    "slip_numbers",
    "totals",
]
