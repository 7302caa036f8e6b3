"""Statements 银行对账单: a file is shown first, then taken in whole; overlapping files add only what is beyond.

    staging -> waiting -> taken -> taken_back        (a file that is not taken may be withdrawn)

Always true: what is taken in is what was shown; of equal lines there are as many as the file with the most of them
says; nothing is posted to the books. This is the door; outsiders import only it.
"""

from .readers import Filters, LineView, content, get, lines, opened, statements
from .verbs import take, upload
from .withdrawals import sweep, take_back, withdraw

__all__ = [
    "Filters",
    "LineView",
    "content",
    "get",
    "lines",
    "opened",
    "statements",
    "sweep",
    "take",
    "take_back",
    "upload",
    "withdraw",
]
