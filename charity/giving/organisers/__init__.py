"""Organisers 单位联络员 of work units: invited by a code, joined with an account of their own, handed over, ended.

Outsiders import only this. Always true: of a unit one invitation is open at most, and one organiser at work; a code is
good once and till the end of its last day; whoever takes over ends the one before. An organiser sees his own unit
(`unit_of`), asked of the database at every request, and nobody's names.
"""

from .pace import must_wait
from .readers import (
    AT_WORK,
    LISTED_MAX,
    STATES,
    Appointment,
    Opened,
    every,
    gifts_of,
    opened,
    own_unit,
    unit_of,
)
from .verbs import HOLDS_DAYS, NAME_MAX, ORGANISERS_MAX, Made, end, forget, hand_over, invite, join

__all__ = [
    "AT_WORK",
    "HOLDS_DAYS",
    "LISTED_MAX",
    "NAME_MAX",
    "ORGANISERS_MAX",
    "STATES",
    "Appointment",
    "Made",
    "Opened",
    "end",
    "every",
    "forget",
    "gifts_of",
    "hand_over",
    "invite",
    "join",
    "must_wait",
    "opened",
    "own_unit",
    "unit_of",
]
