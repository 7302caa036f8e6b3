"""Gifts and pledges by the name of their giver and by amount. This is the door; outsiders import only it.

Always true: a term is written behind the books by the timetable (`keep_up`), never by a gift; what came since the last
time is read as it is. A reader answers at most MATCHES_MAX keys, newest first, and says when there are more.
"""

from .keeping import check, keep_up
from .readers import MATCHES_MAX, Match, gifts_of_amount, gifts_of_name, pledges_of_name, whole

__all__ = ["MATCHES_MAX", "Match", "check", "gifts_of_amount", "gifts_of_name", "keep_up", "pledges_of_name", "whole"]
