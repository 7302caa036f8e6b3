"""The close of a day 日结 at a place of money: prepared by the cashier, reviewed and closed by an accountant.

Always true: days close in order, over the content that was shown, by somebody else than who prepared them; a closed day
refuses whatever would change it (charity/ledger/closed_days.py); the last closed day alone is opened again, with a
reason, and its row stays. This is the door; outsiders import only it.
"""

from .confirming import Prepared, new_page
from .readers import Day, closed, content_now, get, newest, prepared, progress, shown_day
from .verbs import close, prepare, reopen

__all__ = [
    "Day",
    "Prepared",
    "close",
    "closed",
    "content_now",
    "get",
    "new_page",
    "newest",
    "prepare",
    "prepared",
    "progress",
    "reopen",
    "shown_day",
]
