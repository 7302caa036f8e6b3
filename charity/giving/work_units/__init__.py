"""Work units 单位 that give together in one-day giving: kept by the accountant, offered to givers.

Outsiders import only this. Always true: code, name and reference of a unit that takes part are its own; a retired one
stays with what it gave, is offered no more, and takes no new gift or promise through any door. What was promised before
is still received.
"""

from .readers import (
    KIND_WORDS,
    Filters,
    Giving,
    every,
    get,
    giving,
    giving_of,
    listed,
    named,
    of_references,
    one_day_campaigns,
    open_campaigns,
)
from .verbs import add, change, must_take_part, retire, revive

__all__ = [
    "KIND_WORDS",
    "Filters",
    "Giving",
    "add",
    "change",
    "every",
    "get",
    "giving",
    "giving_of",
    "listed",
    "must_take_part",
    "named",
    "of_references",
    "one_day_campaigns",
    "open_campaigns",
    "retire",
    "revive",
]
