"""Receipts by the hundred as one file (PDF, or a ZIP of several), printed by a job. Outsiders import only this."""

from .models import ReceiptFile
from .parts import make
from .readers import (
    RECEIPTS_MAX,
    Selection,
    ended_since,
    file_of,
    folder,
    get,
    lines_of,
    path_of,
    recent,
    selected,
)
from .verbs import KEEP_DAYS, begin, cancel, fail, finish, note, order, progress, purge, sweep, wanted

__all__ = [
    "KEEP_DAYS",
    "RECEIPTS_MAX",
    "ReceiptFile",
    "Selection",
    "begin",
    "cancel",
    "ended_since",
    "fail",
    "file_of",
    "finish",
    "folder",
    "get",
    "lines_of",
    "make",
    "note",
    "order",
    "path_of",
    "progress",
    "purge",
    "recent",
    "selected",
    "sweep",
    "wanted",
]
