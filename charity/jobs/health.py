"""Whether background work is being done at all."""

from charity import clock
from charity.db import queue, rules
from charity.db.health import Probe
from charity.errors import Refusal

LATE_S = 600


async def late() -> Refusal | None:
    """Whether a job has been due for ten minutes: on PostgreSQL `charity work` may not be running."""
    since = await queue.oldest_due(clock.later(-LATE_S))
    if since is None:
        return None
    return rules.JOBS_LATE(minutes=int((clock.now() - clock.instant(since)).total_seconds() // 60))


PROBES = (Probe("jobs", "后台任务队列", late, grave=False),)
