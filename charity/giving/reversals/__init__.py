"""Corrections 更正 of wrong gifts: requested, decided and read. This is the door; outsiders import only it."""

from .readers import STATUS_WORDS, Filters, get, page, shown_hash
from .verbs import PREFIX, SERIES, approve, reject, request

__all__ = [
    "PREFIX",
    "SERIES",
    "STATUS_WORDS",
    "Filters",
    "approve",
    "get",
    "page",
    "reject",
    "request",
    "shown_hash",
]
