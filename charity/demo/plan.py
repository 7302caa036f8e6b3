"""The plan of the story: events with their time, played in order, one after another.

Always true: the same load day makes the same journal, to the last byte. So no event begins before the one
before it has ended (the books draw keys and numbers while they write), and each chapter draws from a chance of
its own, so that one more draw in giving moves nothing in goods. Two kinds go together: gifts in a row, which
all reach the writer before it begins, in their order; and what draws nothing and waits for a quiet hour (a
receipt is sent). An event may plan another one that comes later: a cashier who finds too little in the bank
looks again on the next working day.

The story begins on the first of the month twelve months before the load day and ends on the eve of that day. What
has its season comes once, on its calendar days; only one-day and everyday giving move with the load day.
"""

import asyncio
import heapq
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from charity import clock
from charity.demo import calendar
from charity.errors import Refusal
from charity.roles import Actor

AT_ONCE = 200
ONE_DAY_BEFORE, ONE_DAY_AFTER = 45, 30
"""One-day giving runs from so many days before the load day to so many after it."""
OPENS, CLOSES = 8, 17
LUNCH = (11, 13)
"""No paper is signed between these hours."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody did: when, and what."""

    at: datetime
    do: Callable[[], Awaitable[object]]
    together: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A household of the story: its code, its key, its township, and the store where it chooses ("" in a home)."""

    code: str
    key: str
    township: str
    category: str
    members: int
    store: str


@dataclass(slots=True)
class Plan:
    """Events and the people who act. `today` is the load day; `day(n)` counts from it."""

    today: date
    staff: dict[str, Actor] = field(default_factory=dict)
    households: list[Family] = field(default_factory=list)
    people: dict[str, list[str]] = field(default_factory=dict)
    """Keys of the persons who are helped, by group: students, orphans, patients."""
    cards: dict[str, list[tuple[str, Family]]] = field(default_factory=dict)
    """Codes of cards with their families, by store."""
    cash_wanted: list[tuple[date, str, int]] = field(default_factory=list)
    """Aid that is paid in cash: the day, the fund and fen that have to lie in the till by the afternoon."""
    events: list[Event] = field(default_factory=list)
    later: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    before_together: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    """Awaited before events that go together: read what they would else ask the database for, once for all."""
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    chances: dict[str, random.Random] = field(default_factory=dict)
    playing: list[tuple[datetime, int, Event]] | None = None

    def chance_of(self, name: str) -> random.Random:
        """The chance of a chapter, seeded by its name and the load day."""
        if name not in self.chances:
            seed = f"{name} {self.today.isoformat()}"
            self.chances[name] = random.Random(seed)  # noqa: S311 - a story, not a secret
        return self.chances[name]

    # -- days ----------------------------------------------------------------------------------------

    @property
    def opened_on(self) -> date:
        """The first of the month twelve months before the load day: the day of the opening balances."""
        return self.today.replace(year=self.today.year - 1, day=1)

    @property
    def first(self) -> date:
        """The first day on which anything is booked: the first working day."""
        return calendar.working(self.opened_on)

    @property
    def last(self) -> date:
        """The last day of the story: the eve of the load day."""
        return self.today - timedelta(days=1)

    def day(self, offset: int) -> date:
        """A date `offset` days from the load day."""
        return self.today + timedelta(days=offset)

    @property
    def one_day_begins(self) -> date:
        """The day on which one-day giving began: 45 days before the load day."""
        return self.day(-ONE_DAY_BEFORE)

    def one_day_fund(self, years_ago: int = 0) -> str:
        """The fund of this one-day giving, or of one before: F-YRJ26."""
        return f"F-YRJ{(self.one_day_begins.year - years_ago) % 100:02d}"

    def once(self, month: int, day: int) -> date:
        """The one day of the story's year with this month and day, or the first working one after it."""
        chosen = date(self.opened_on.year, month, day)
        if chosen < self.opened_on:
            chosen = chosen.replace(year=chosen.year + 1)
        return calendar.working(max(chosen, self.first))

    def season(self, begins: tuple[int, int], ends: tuple[int, int]) -> list[date]:
        """The days of the story from one month and day to another, in one year or over two."""
        over_new_year = ends < begins
        return [
            day
            for day in calendar.days(self.first, self.last)
            for at in [(day.month, day.day)]
            if (at >= begins or at <= ends if over_new_year else begins <= at <= ends)
        ]

    # -- times ---------------------------------------------------------------------------------------

    def at(self, day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        """An instant of a business day in Shanghai."""
        return datetime.combine(day, time(hour, minute, second), tzinfo=clock.SHANGHAI)

    def sometime(self, day: date, chance: random.Random, hours: tuple[int, int] = (7, 22)) -> datetime:
        """Some instant of a day between two hours; on the first day when the opening is booked."""
        earliest = max(hours[0], OPENS + 1) if day == self.first else hours[0]
        return self.at(day, chance.randrange(earliest, hours[1]), chance.randrange(60), chance.randrange(60))

    def office_time(self, day: date, chance: random.Random) -> datetime:
        """Some instant of a working day's office hours, on this day or the next one that is worked."""
        hour = chance.choice([hour for hour in range(OPENS + 1, CLOSES) if not LUNCH[0] <= hour < LUNCH[1]])
        return self.at(calendar.working(day), hour, chance.randrange(60), chance.randrange(60))

    def add(self, at: datetime, do: Callable[[], Awaitable[object]], *, together: bool = False) -> None:
        """Add an event; `together` when it asks nothing of the database before the writer has it (a gift).

        What would come after the story has ended is left out: it still waits on its desk.
        """
        if at.date() > self.last:
            return
        assert at.date() >= self.opened_on, at
        event = Event(at, do, together)
        if self.playing is None:
            self.events.append(event)
        else:
            heapq.heappush(self.playing, (at, len(self.events), event))
            self.events.append(event)

    async def do_later(self) -> None:
        """Do what waited, all at once."""
        waiting, self.later = self.later, []
        await asyncio.gather(*(do() for do in waiting))

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
    """Play the events in time order."""
    plan.playing = [(event.at, n, event) for n, event in enumerate(plan.events)]
    heapq.heapify(plan.playing)
    done = 0
    while plan.playing:
        group = _group(plan.playing)
        done += len(group)
        if len(group) > 1:
            for read in plan.before_together:
                await read()
        await asyncio.gather(*(_at(plan, event.at, event.do) for event in group))
        if not plan.playing or plan.playing[0][0].date() != group[-1].at.date():
            progress(done, len(plan.events))


def _group(playing: list[tuple[datetime, int, Event]]) -> Sequence[Event]:
    """The next event, or the next gifts of its day in a row: they reach the writer in their order, in one batch."""
    group = [heapq.heappop(playing)[2]]
    while (
        playing
        and len(group) < AT_ONCE
        and group[-1].together
        and playing[0][2].together
        and playing[0][0].date() == group[0].at.date()
    ):
        group.append(heapq.heappop(playing)[2])
    return group


async def _at(plan: Plan, at: datetime, do: Callable[[], Awaitable[object]]) -> None:
    try:
        with clock.fixed(at):
            await do()
    except Refusal as refusal:  # a shelf that is empty by then: the clerk was refused, as in life
        plan.refused[refusal.code] += 1
