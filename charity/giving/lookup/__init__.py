"""Gifts and pledges by the name of their giver and by amount. This is the door; outsiders import only it.

Goods keeps its slips by amount with them (charity/goods/looked_up.py).

Always true: a term is written behind the books by the timetable (`keep_up`), never by a gift; what came since the last
time is read as it is. A reader answers at most MATCHES_MAX keys, newest first, and says when there are more.
"""

from .checks import check
from .keeping import Row, keep_up, mark, write
from .memos import gifts_of_memo
from .memos import keep_up as keep_up_memos
from .readers import (
    MATCHES_MAX,
    Match,
    count_of,
    gifts_of_amount,
    gifts_of_name,
    newest_of,
    pledges_of_name,
    whole,
    written_since,
)
from .terms import of_amount, place

__all__ = [
    "MATCHES_MAX",
    "Match",
    "Row",
    "check",
    "count_of",
    "gifts_of_amount",
    "gifts_of_memo",
    "gifts_of_name",
    "keep_up",
    "keep_up_memos",
    "mark",
    "newest_of",
    "of_amount",
    "place",
    "pledges_of_name",
    "whole",
    "write",
    "written_since",
]
