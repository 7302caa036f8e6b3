"""The organisation 慈善总会: who we are, one row, and what is true of it on which days. This is the door."""

from charity.office.models import FactKind, FactStatus

from .codes import PAY_CODES
from .facts import (
    EVER,
    FACT_WORDS,
    Fact,
    Facts,
    account_lines,
    facts_on,
    first_day_in_force,
    forget,
    history,
    waiting,
)
from .readers import UNNAMED, Organisation, get
from .verbs import account, add, change, confirm, describe, enter, must_cover, refuse

__all__ = [
    "EVER",
    "FACT_WORDS",
    "PAY_CODES",
    "UNNAMED",
    "Fact",
    "FactKind",
    "FactStatus",
    "Facts",
    "Organisation",
    "account",
    "account_lines",
    "add",
    "change",
    "confirm",
    "describe",
    "enter",
    "facts_on",
    "first_day_in_force",
    "forget",
    "get",
    "history",
    "must_cover",
    "refuse",
    "waiting",
]
