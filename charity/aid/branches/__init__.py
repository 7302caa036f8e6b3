"""Money to a branch of ours 乡镇分会、联络站: it stands with the branch (1122) until its signed roster 花名册.

Always true: what stands with a branch is what was paid to it less what confirmed rosters (charity/aid/rosters) account
for and what it gave back, never below zero. This is the door; outsiders import only it.
"""

from .advances import account, is_advance, must_reach, open_advance
from .advances import stored as stored_advance
from .checks import run as check
from .readers import (
    LISTED_MAX,
    ROSTERS,
    Advance,
    Reached,
    advance,
    branch_names,
    given_back,
    reached,
    reversal_of,
    waiting_advances,
    waiting_others,
)
from .returns import CHANNEL, confirm, give_back, refuse, withdraw
from .returns import REVERSAL as RETURN_REVERSAL
from .returns import STEP as RETURN_STEP
from .steps import Step

__all__ = [
    "CHANNEL",
    "LISTED_MAX",
    "RETURN_REVERSAL",
    "RETURN_STEP",
    "ROSTERS",
    "Advance",
    "Reached",
    "Step",
    "account",
    "advance",
    "branch_names",
    "check",
    "confirm",
    "give_back",
    "given_back",
    "is_advance",
    "must_reach",
    "open_advance",
    "reached",
    "refuse",
    "reversal_of",
    "stored_advance",
    "waiting_advances",
    "waiting_others",
    "withdraw",
]
