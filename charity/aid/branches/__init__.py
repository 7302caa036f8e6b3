"""Money to a branch of ours 乡镇分会、联络站: it stands with the branch (1122) until its signed roster 花名册.

Always true: what stands with a branch is what was paid to it less what confirmed rosters account for and what it gave
back, never below zero; a roster is written by one person and confirmed by another. This is the door; outsiders import
only it.
"""

from .advances import account, is_advance, open_advance
from .checks import run as check
from .content import Line, RosterContent
from .readers import Advance, Reached, advance, reached, roster
from .returns import give_back
from .rosters import KIND, confirm, record, refuse

__all__ = [
    "KIND",
    "Advance",
    "Line",
    "Reached",
    "RosterContent",
    "account",
    "advance",
    "check",
    "confirm",
    "give_back",
    "is_advance",
    "open_advance",
    "reached",
    "record",
    "refuse",
    "roster",
]
