"""Pledges 认捐: promised, paid and read. This is the door; outsiders import only it."""

from .content import content_of
from .readers import OPEN, Filters, answered, get, gifts_of, known, of_reference, page, receipts_of, shown_status
from .verbs import PLEDGE_DAYS, STATUS_WORDS, Promise, promise, receive

__all__ = [
    "OPEN",
    "PLEDGE_DAYS",
    "STATUS_WORDS",
    "Filters",
    "Promise",
    "answered",
    "content_of",
    "get",
    "gifts_of",
    "known",
    "of_reference",
    "page",
    "promise",
    "receipts_of",
    "receive",
    "shown_status",
]
