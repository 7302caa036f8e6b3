"""Fees that a bank takes by itself 手续费: booked from its line in one press, by a rule that is shown, matched at once.

Always true: the general fund bears it, never a gift; only a line that a rule knows is a fee (`bank/fee_rules.py`); an
outgoing line that none knows stays open until what it is was booked. This is the door; outsiders import only it.
"""

from .readers import get, matches_after, wrong
from .verbs import book, undo

__all__ = ["book", "get", "matches_after", "undo", "wrong"]
