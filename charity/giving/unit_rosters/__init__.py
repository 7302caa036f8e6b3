"""Rosters 名册 of work units in one-day giving: who of a unit gives how much, before the unit's one transfer.

    invited -> joined -> roster_open -> roster_locked -> remitted -> matched -> receipted -> published

Filled by the unit's organiser or by the office, up to the lock: roster_sheets reads what they type, settling books
it. Always true: nothing of a roster is in the books before it is matched; what cannot be read stands in it as it was
typed, counts for nothing, and keeps it from being locked; what somebody typed is sealed until he is a giver; who gave
online himself is not counted again. No target, no share, and no list of who did not give (Charity Law 32).
"""

from . import online
from .edits import (
    add,
    change,
    choose,
    discard,
    draft_content,
    own_gift,
    remove,
    stage,
    take,
)
from .models import FILLED, UNIT_ROSTER, UNIT_ROSTER_LINE, RosterStatus, UnitRoster, UnitRosterRow
from .readers import (
    ALONE,
    ROWS,
    STATUS_WORDS,
    Line,
    doubles,
    get,
    line,
    lines,
    listed,
    of_unit,
    place,
    reference_to_pay,
    settled_days,
    sought,
    sums,
    without_receipt,
)
from .verbs import UNITS_MAX, invite, lock, locked_content, remit, unexpected, unlock

__all__ = [
    "ALONE",
    "FILLED",
    "ROWS",
    "STATUS_WORDS",
    "UNITS_MAX",
    "UNIT_ROSTER",
    "UNIT_ROSTER_LINE",
    "Line",
    "RosterStatus",
    "UnitRoster",
    "UnitRosterRow",
    "add",
    "change",
    "choose",
    "discard",
    "doubles",
    "draft_content",
    "get",
    "invite",
    "line",
    "lines",
    "listed",
    "lock",
    "locked_content",
    "of_unit",
    "online",
    "own_gift",
    "place",
    "reference_to_pay",
    "remit",
    "remove",
    "settled_days",
    "sought",
    "stage",
    "sums",
    "take",
    "unexpected",
    "unlock",
    "without_receipt",
]
