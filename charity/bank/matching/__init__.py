"""Matching 核对: a line of a statement and what the books moved at its place are the same money.

    open -> matched | ignored -> open (undone)

Always true: matching posts nothing; the lines of a match add up to its movements, to the fen; a line and a movement
are in one match at most; what was decided, by whom and when, stays. This is the door; outsiders import only it.
"""

from .automatic import catch_up, keep_up
from .readers import decisions, get, history, matched_movements, proposed, queue
from .screens import gift_form
from .verbs import ignore, match, undo

__all__ = [
    "catch_up",
    "decisions",
    "get",
    "gift_form",
    "history",
    "ignore",
    "keep_up",
    "match",
    "matched_movements",
    "proposed",
    "queue",
    "undo",
]
