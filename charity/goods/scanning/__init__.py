"""Scanning 扫码: the basket that a form carries, and what a scanned code can be. This is the door."""

from .baskets import Basket, Data, Row, read, text
from .codes import pieces_and_code, unknown_code

__all__ = ["Basket", "Data", "Row", "pieces_and_code", "read", "text", "unknown_code"]
