"""Scanning 扫码: the basket that a form carries, and what a scanned code can be. This is the door."""

from .baskets import Basket, Data, Row, count, read, text
from .codes import COMMANDS, Scan, read_scan
from .keys import bound, following, shown

__all__ = [
    "COMMANDS",
    "Basket",
    "Data",
    "Row",
    "Scan",
    "bound",
    "count",
    "following",
    "read",
    "read_scan",
    "shown",
    "text",
]
