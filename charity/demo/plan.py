"""The plan of the story: acts with their time, told in order, one after another.

Always true: the same load day tells the same journal, to the last byte. So no act begins before the one
before it has ended (the books draw keys and numbers while they write), and chance for the acts is drawn when
the plan is made. Two kinds go together: gifts in a row, which all reach the writer before it begins, in their
order; and at the end of a day what draws nothing (a receipt was sent).
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from charity import clock
from charity.errors import Refusal
from charity.roles import Actor

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did: when, and what."""

    at: datetime
    do: Callable[[], Awaitable[object]]
    together: bool = False


@dataclass(slots=True)
class Plan:
    """Acts and the people who act. `today` is the load day; `day(n)` counts from it."""

    today: date
    chance: random.Random
    staff: dict[str, Actor] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    later: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
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

    def tell(self, at: datetime, do: Callable[[], Awaitable[object]], *, together: bool = False) -> None:
        """Add an act; `together` when it asks nothing of the database before the writer has it (a gift)."""
        self.acts.append(Act(at, do, together))

    def by(self, login: str) -> Actor:
        """A member of staff."""
        return self.staff[login]


async def tell(plan: Plan, progress: Callable[[int, int], None]) -> None:
    """Tell the acts in time order; at the end of each day what could wait."""
    acts = sorted(plan.acts, key=lambda a: a.at)
    done = 0
    while done < len(acts):
        group = _group(acts, done)
        done += len(group)
        await asyncio.gather(*(_told(plan, act.at, act.do) for act in group))
        at = group[-1].at
        if done == len(acts) or acts[done].at.date() != at.date():
            await asyncio.gather(*(_told(plan, at, do) for do in plan.later))
            plan.later.clear()
            progress(done, len(acts))


def _group(acts: Sequence[Act], start: int) -> Sequence[Act]:
    """The next act, or the next gifts of its day in a row: they reach the writer in their order, in one batch."""
    stop = start + 1
    while (
        stop < min(len(acts), start + AT_ONCE)
        and acts[stop - 1].together
        and acts[stop].together
        and acts[stop].at.date() == acts[start].at.date()
    ):
        stop += 1
    return acts[start:stop]


async def _told(plan: Plan, at: datetime, do: Callable[[], Awaitable[object]]) -> None:
    try:
        with clock.telling(at):
            await do()
    except Refusal as refusal:  # a shelf that is empty by then: the clerk was refused, as in life
        plan.refused[refusal.code] += 1
