"""Whole copies of receipts: the giver's own by a second secret, and what staff print. Outsiders import only this."""

from .printing import print_whole
from .proving import EVER_MAX, TODAY_MAX, prove

__all__ = ["EVER_MAX", "TODAY_MAX", "print_whole", "prove"]
