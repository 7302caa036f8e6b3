"""A gift on a page of its own, and the way between gifts and payments. This is the door; outsiders import only it.

The way is by the intervals that the public receipt shows: a payment lists the gifts that it used, a gift the payments
that used it, each to the fen.
"""

from .readers import PAGE, UsedGift, giver_of, used_by, uses_of
from .screens import used_table

__all__ = ["PAGE", "UsedGift", "giver_of", "used_by", "used_table", "uses_of"]
