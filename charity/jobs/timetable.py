"""What happens by the clock. Every entry may run twice at once without harm.

Pledges need none: whether one has expired is read from its date. An entry may post, so the process that keeps
the timetable runs the writer too; what nobody does is done by `roles.SYSTEM`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MINUTE_S = 60.0
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Timed:
    """`run` answers how many things it did; it gets `limit_s` seconds."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[int]]
    first_s: float = 5.0
    limit_s: float = 60.0
