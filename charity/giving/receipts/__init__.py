"""Donation receipts 捐赠收据: issued, ended, delivered and read. This is the door; outsiders import only it."""

from .verbs import (
    DELIVERY_WORDS,
    REASON_MAX,
    SERIES,
    STATUS_WORDS,
    Filters,
    deliver,
    end,
    get,
    gifts,
    issue,
    lines,
    number_text,
    page,
    reissue,
    replace,
    void,
)

__all__ = [
    "DELIVERY_WORDS",
    "REASON_MAX",
    "SERIES",
    "STATUS_WORDS",
    "Filters",
    "deliver",
    "end",
    "get",
    "gifts",
    "issue",
    "lines",
    "number_text",
    "page",
    "reissue",
    "replace",
    "void",
]
