"""Opening stock 期初库存: goods on the shelves before the books began. This is the door; outsiders import only it."""

from .verbs import KIND, LINES_MAX, OpeningSlip, StockLine, booked, faults, load, lots_of, post, slips_of

__all__ = ["KIND", "LINES_MAX", "OpeningSlip", "StockLine", "booked", "faults", "load", "lots_of", "post", "slips_of"]
