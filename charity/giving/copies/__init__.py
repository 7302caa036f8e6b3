"""Whole copies of receipts: the giver's own by a second secret, and what staff print. Outsiders import only this."""

from .printing import PRINT_MAX, note, print_together, print_whole, span_title
from .proving import EVER_MAX, TODAY_MAX, prove

__all__ = ["EVER_MAX", "PRINT_MAX", "TODAY_MAX", "note", "print_together", "print_whole", "prove", "span_title"]
