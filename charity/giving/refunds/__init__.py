"""Refunds 退款: requested, approved, paid, rejected and read. This is the door; outsiders import only it."""

from .bookings import CAUSE_WORDS
from .paying import offered, pay
from .readers import STATUS_WORDS, Filters, banked, booking, content_hash, get, page
from .verbs import PREFIX, SERIES, approve, reject, request

__all__ = [
    "CAUSE_WORDS",
    "PREFIX",
    "SERIES",
    "STATUS_WORDS",
    "Filters",
    "approve",
    "banked",
    "booking",
    "content_hash",
    "get",
    "offered",
    "page",
    "pay",
    "reject",
    "request",
]
