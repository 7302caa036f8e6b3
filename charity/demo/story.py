"""Loading the demo: the town, then the year in time order, then the sign-ins.

Refuses a database that holds anything. The same load day tells the same journal: amounts, names, numbers,
dates, codes and keys are drawn from a chance seeded by it; only sealed bytes differ, and the sign-ins' hashes.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from charity import clock, tokens
from charity.db import reading
from charity.demo import gifts, payments, plan, shelves, tables, town
from charity.errors import Rule

NOT_EMPTY = Rule("demo.not_empty", "数据库里已有数据，演示只能装入空库")
DAWN = datetime(2008, 5, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo says at its end."""

    seconds: float
    acts: int
    entries: int
    refused: dict[str, int]
    sign_ins: tuple[tuple[str, str, str], ...]


async def is_empty() -> bool:
    """Whether the open database holds no organisation, no staff and no entry."""
    counts = [await reading.value(f"SELECT COUNT(*) FROM {t}") for t in ("entry", "staff", "organisation")]  # noqa: S608
    return not any(counts)


async def load(as_of: date | None = None, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Loaded:
    """Tell the whole story, ending on `as_of` (today). The database is open and its writer runs."""
    if not await is_empty():
        raise NOT_EMPTY()
    began = time.perf_counter()
    today = as_of or clock.today()
    told = plan.Plan(today, random.Random(today.isoformat()))  # noqa: S311 - a story, not a secret
    with tokens.telling(today.isoformat()):
        with clock.telling(DAWN):
            built = await town.build(told)
        gifts.add(told)
        await gifts.know_campaigns()
        payments.add(told, built.households)
        shelves.add(told, built.cards)
        await plan.tell(told, progress)
    entries = int(await reading.value("SELECT seq FROM head"))
    sign_ins = tuple((login, town.PASSWORD, name) for login, name, _, _ in tables.STAFF)
    return Loaded(time.perf_counter() - began, len(told.acts), entries, dict(told.refused), sign_ins)


__all__ = ["Loaded", "is_empty", "load"]
