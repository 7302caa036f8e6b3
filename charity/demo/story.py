"""Loading the demo: each chapter builds what it stands on, then the year in time order.

Refuses a database that holds anything. The same load day makes the same journal: amounts, names, numbers,
dates, codes and keys are drawn from chances seeded by it; only sealed bytes differ, and the sign-ins' hashes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from charity import clock, tokens
from charity.demo import plan
from charity.demo.plan import Chapter
from charity.errors import Rule

NOT_EMPTY = Rule("demo.not_empty", "数据库里已有数据，演示只能装入空库")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo says at its end; `refused` counts refusals by code."""

    seconds: float
    events: int
    refused: dict[str, int]


async def is_empty(chapters: Sequence[Chapter]) -> bool:
    """Whether the open database holds nothing of any chapter."""
    return all([await chapter.empty() for chapter in chapters])


async def load(
    chapters: Sequence[Chapter],
    as_of: date | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Loaded:
    """Play the whole story, ending on `as_of` (today). The database is open and its writer runs.

    `chapters` stand in the order in which they are built: a later one may use what an earlier one built.
    """
    if not await is_empty(chapters):
        raise NOT_EMPTY()
    began = time.perf_counter()
    today = as_of or clock.today()
    whole = plan.Plan(today)
    with tokens.seeded(today.isoformat()):
        with clock.fixed(whole.at(whole.opened_on - timedelta(days=1))):
            for chapter in chapters:
                await chapter.build(whole)
        for chapter in chapters:
            chapter.add(whole)
        await plan.play(whole, progress)
    return Loaded(time.perf_counter() - began, len(whole.events), dict(whole.refused))
