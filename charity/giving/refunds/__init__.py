"""Refunds 退款: requested, approved, rejected and read. This is the door; outsiders import only it."""

from .readers import STATUS_WORDS, get, waiting
from .verbs import PREFIX, SERIES, approve, reject, request

__all__ = [
    "PREFIX",
    "SERIES",
    "STATUS_WORDS",
    "approve",
    "get",
    "reject",
    "request",
    "waiting",
]
