"""The plan of the story: acts with their time, told in order.

Acts of one lane follow one another; acts of different lanes of a day may overlap, so that the writer
can batch them. Chance is drawn when the plan is made, never while it is told.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from charity import clock
from charity.errors import Refusal
from charity.roles import Actor

AT_ONCE = 200
_lanes = count()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did: when, what, and in which lane."""

    at: datetime
    do: Callable[[], Awaitable[object]]
    lane: str


@dataclass(slots=True)
class Plan:
    """Acts and the people who act. `today` is the load day; `day(n)` counts from it."""

    today: date
    chance: random.Random
    staff: dict[str, Actor] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def day(self, offset: int) -> date:
        """A date `offset` days from the load day."""
        return self.today + timedelta(days=offset)

    def at(self, day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        """An instant of a business day in Shanghai."""
        return datetime.combine(day, time(hour, minute, second), tzinfo=clock.SHANGHAI)

    def sometime(self, day: date) -> datetime:
        """Some instant of the working hours of a day."""
        return self.at(day, self.chance.randrange(8, 18), self.chance.randrange(60), self.chance.randrange(60))

    def tell(self, at: datetime, do: Callable[[], Awaitable[object]], lane: str = "") -> None:
        """Add an act; without a lane it waits for nobody on its day."""
        self.acts.append(Act(at, do, lane or f"#{next(_lanes)}"))

    def by(self, login: str) -> Actor:
        """A member of staff."""
        return self.staff[login]


async def tell(plan: Plan, progress: Callable[[int, int], None]) -> None:
    """Tell the acts in time order, day by day."""
    # What would still lie ahead on the load day is told as of its morning.
    latest = clock.now()
    days: dict[date, list[Act]] = defaultdict(list)
    for act in sorted(plan.acts, key=lambda a: a.at):
        days[act.at.date()].append(act)
    done = 0
    for acts in days.values():
        lanes: dict[str, list[Act]] = defaultdict(list)
        for act in acts:
            lanes[act.lane].append(act)
        queues = list(lanes.values())
        for n in range(0, len(queues), AT_ONCE):
            await asyncio.gather(*(_lane(plan, queue, latest) for queue in queues[n : n + AT_ONCE]))
        done += len(acts)
        progress(done, len(plan.acts))


async def _lane(plan: Plan, acts: Sequence[Act], latest: datetime) -> None:
    for act in acts:
        with clock.telling(min(act.at, latest)):
            try:
                await act.do()
            except Refusal as refusal:  # a shelf that is empty by then: the clerk was refused, as in life
                plan.refused[refusal.code] += 1
