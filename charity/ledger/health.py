"""Whether the books are well: their head against the head file, and their clock against this machine's."""

from datetime import timedelta

from charity import clock, metrics
from charity.db import reading
from charity.db.health import Probe
from charity.errors import Refusal
from charity.ledger import entries, head_file, rules

HEAD = metrics.gauge("charity_head_seq", "Number of the last entry", shared=True)
AHEAD_MAX = timedelta(seconds=60)


async def measure() -> None:
    """Measure the head, for `/metrics`."""
    HEAD.put((await entries.head()).seq)


async def clock_behind() -> Refusal | None:
    """Whether the last entry was recorded in the future: a clock jumped forward, and back since.

    The next entries carry the same instant until the clock has caught up: recorded_at never decreases (I2).
    """
    at = await reading.value("SELECT at FROM head WHERE id = 1")
    if not at:
        return None
    ahead = clock.instant(at) - clock.now()
    if ahead <= AHEAD_MAX:
        return None
    return rules.CLOCK_JUMPED(at=at, now=clock.stamp(), minutes=int(ahead.total_seconds() // 60))


PROBES = (
    Probe("head", "最近的分录", head_file.problem),
    Probe("clock", "时钟", clock_behind, grave=False),
)
