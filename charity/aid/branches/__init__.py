"""Money to a branch of ours 乡镇分会、联络站: it stands with the branch (1122) until its signed roster 花名册.

Always true: what stands with a branch is what was paid to it less what confirmed rosters (charity/aid/rosters) account
for and what it gave back, never below zero. This is the door; outsiders import only it.
"""

from .advances import account, is_advance, must_reach, open_advance
from .advances import stored as stored_advance
from .checks import run as check
from .readers import LISTED_MAX, ROSTERS, Advance, Reached, advance, branch_names, reached, waiting_advances
from .returns import give_back

__all__ = [
    "LISTED_MAX",
    "ROSTERS",
    "Advance",
    "Reached",
    "account",
    "advance",
    "branch_names",
    "check",
    "give_back",
    "is_advance",
    "must_reach",
    "open_advance",
    "reached",
    "stored_advance",
    "waiting_advances",
]
