"""Refunds 退款: requested, approved, rejected and read. This is the door; outsiders import only it."""

from .verbs import (
    SERIES,
    STATUS_WORDS,
    approve,
    get,
    reject,
    request,
    waiting,
)

__all__ = [
    "SERIES",
    "STATUS_WORDS",
    "approve",
    "get",
    "reject",
    "request",
    "waiting",
]
