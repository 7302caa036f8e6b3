"""Stock 库存: lots, and what is on hand where. This is the door; outsiders import only it."""

from .keeping import moved
from .readers import Filter, Lot, StockFigures, StockLine, figures, get, known, on_hand, page, pieces, slip_numbers

__all__ = [
    "Filter",
    "Lot",
    "StockFigures",
    "StockLine",
    "figures",
    "get",
    "known",
    "moved",
    "on_hand",
    "page",
    "pieces",
    "slip_numbers",
]
