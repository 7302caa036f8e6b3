"""The plan of the story: events with their time, played in order, one after another.

Always true: the same load day makes the same journal, to the last byte. So no event begins before the one
before it has ended (the books draw keys and numbers while they write), and each chapter draws from a chance of
its own, so that one more draw in giving moves nothing in goods. Two kinds go together: gifts in a row, which
all reach the writer before it begins, in their order; and at the end of a day what draws nothing (a receipt
was sent).
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
class Event:
    """One thing that somebody did: when, and what."""

    at: datetime
    do: Callable[[], Awaitable[object]]
    together: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A household of the story: its code, its key, and the store where it chooses."""

    code: str
    key: str
    store: str


@dataclass(slots=True)
class Plan:
    """Events and the people who act. `today` is the load day; `day(n)` counts from it."""

    today: date
    staff: dict[str, Actor] = field(default_factory=dict)
    households: list[Family] = field(default_factory=list)
    cards: dict[str, list[str]] = field(default_factory=dict)
    """Codes of cards by store."""
    events: list[Event] = field(default_factory=list)
    later: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    chances: dict[str, random.Random] = field(default_factory=dict)

    def chance_of(self, name: str) -> random.Random:
        """The chance of a chapter, seeded by its name and the load day."""
        if name not in self.chances:
            seed = f"{name} {self.today.isoformat()}"
            self.chances[name] = random.Random(seed)  # noqa: S311 - a story, not a secret
        return self.chances[name]

    def day(self, offset: int) -> date:
        """A date `offset` days from the load day."""
        return self.today + timedelta(days=offset)

    def at(self, day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        """An instant of a business day in Shanghai."""
        return datetime.combine(day, time(hour, minute, second), tzinfo=clock.SHANGHAI)

    def sometime(self, day: date, chance: random.Random) -> datetime:
        """Some instant of the working hours of a day."""
        return self.at(day, chance.randrange(8, 18), chance.randrange(60), chance.randrange(60))

    def add(self, at: datetime, do: Callable[[], Awaitable[object]], *, together: bool = False) -> None:
        """Add an event; `together` when it asks nothing of the database before the writer has it (a gift)."""
        self.events.append(Event(at, do, together))

    def by(self, login: str) -> Actor:
        """A member of staff."""
        return self.staff[login]


async def _nothing(plan: Plan) -> None:
    """A chapter that stands on nothing of its own."""


def _no_event(plan: Plan) -> None:
    """A chapter in which nothing happens."""


async def _empty() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A room's part of the story.

    `build` makes what stands before it begins, `add` plans what happens; `empty` says whether the open database
    holds nothing yet of what a real house would lose.
    """

    build: Callable[[Plan], Awaitable[None]] = _nothing
    add: Callable[[Plan], None] = _no_event
    empty: Callable[[], Awaitable[bool]] = _empty


async def play(plan: Plan, progress: Callable[[int, int], None]) -> None:
    """Play the events in time order; at the end of each day what could wait."""
    events = sorted(plan.events, key=lambda event: event.at)
    done = 0
    while done < len(events):
        group = _group(events, done)
        done += len(group)
        await asyncio.gather(*(_at(plan, event.at, event.do) for event in group))
        at = group[-1].at
        if done == len(events) or events[done].at.date() != at.date():
            await asyncio.gather(*(_at(plan, at, do) for do in plan.later))
            plan.later.clear()
            progress(done, len(events))


def _group(events: Sequence[Event], start: int) -> Sequence[Event]:
    """The next event, or the next gifts of its day in a row: they reach the writer in their order, in one batch."""
    stop = start + 1
    while (
        stop < min(len(events), start + AT_ONCE)
        and events[stop - 1].together
        and events[stop].together
        and events[stop].at.date() == events[start].at.date()
    ):
        stop += 1
    return events[start:stop]


async def _at(plan: Plan, at: datetime, do: Callable[[], Awaitable[object]]) -> None:
    try:
        with clock.fixed(at):
            await do()
    except Refusal as refusal:  # a shelf that is empty by then: the clerk was refused, as in life
        plan.refused[refusal.code] += 1
