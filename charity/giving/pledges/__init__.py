"""Pledges 认捐: promised, paid and read. This is the door; outsiders import only it."""

from .verbs import (
    OPEN,
    PLEDGE_DAYS,
    STATUS_WORDS,
    Filters,
    Promise,
    get,
    page,
    promise,
    receipts_of,
    receive,
    shown_status,
)

__all__ = [
    "OPEN",
    "PLEDGE_DAYS",
    "STATUS_WORDS",
    "Filters",
    "Promise",
    "get",
    "page",
    "promise",
    "receipts_of",
    "receive",
    "shown_status",
]
