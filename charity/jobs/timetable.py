"""What happens by the clock: one visible list. Every task may run twice at once without harm.

Pledges need none: an expired one is told by its date. `points.expire` posts, so the process that keeps the
timetable runs the writer too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from charity.goods import points
from charity.office import sessions
from charity.reports import exports
from charity.roles import Actor, Role

HOUR_S = 3600.0
SYSTEM = Actor("system", "系统", frozenset({Role.MANAGER}))
"""Who acts when nobody does: named in the books as `system`, has no account and no session."""


@dataclass(frozen=True, slots=True)
class Task:
    """`run` answers how many things it did; it gets `limit_s` seconds."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[int]]
    first_s: float = 5.0
    limit_s: float = 60.0


async def expire_points() -> int:
    """Points of a cycle that can no longer be spent."""
    return await points.expire(by=SYSTEM)


TIMETABLE: tuple[Task, ...] = (
    Task("exports.purge", HOUR_S, exports.purge),
    Task("sessions.sweep", HOUR_S, sessions.sweep, first_s=20.0),
    Task("points.expire", HOUR_S, expire_points, first_s=40.0, limit_s=300.0),
)
