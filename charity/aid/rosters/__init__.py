"""Signed rosters 花名册 of branches: what was distributed of a payment to a branch, and to whom.

Always true: a roster is written down by one person and confirmed by another, and never reaches beyond its payment. This
is the door; outsiders import only it.
"""

from .checks import run as check
from .content import Line, RosterContent
from .readers import roster, waiting_rosters
from .verbs import KIND, REVERSAL, confirm, record, refuse, withdraw

__all__ = [
    "KIND",
    "REVERSAL",
    "Line",
    "RosterContent",
    "check",
    "confirm",
    "record",
    "refuse",
    "roster",
    "waiting_rosters",
    "withdraw",
]
