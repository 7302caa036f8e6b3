"""Refunds 退款: requested, approved, rejected and read. This is the door; outsiders import only it."""

from .readers import STATUS_WORDS, get, waiting
from .verbs import SERIES, approve, reject, request

__all__ = [
    "SERIES",
    "STATUS_WORDS",
    "approve",
    "get",
    "reject",
    "request",
    "waiting",
]
