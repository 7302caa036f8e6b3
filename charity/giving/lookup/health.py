"""Whether the timetable still writes what is looked up: `/readyz` and `/metrics` say when its task died in silence."""

from charity import clock, metrics
from charity.db import reading
from charity.db.health import Probe
from charity.errors import Refusal
from charity.giving import rules
from charity.giving.lookup import terms
from charity.giving.lookup.keeping import RAN, mark

LATE_S = 600
BEHIND = metrics.gauge(
    "charity_lookup_behind_seconds", "How long names and amounts that wait were not written", shared=True
)


async def late() -> Refusal | None:
    """Whether something waits and no run has ended for ten minutes; nothing is hidden until then, only read slower."""
    ran = await reading.value("SELECT at FROM lookup_mark WHERE kind = $1", RAN)
    seconds = (clock.now() - clock.instant(ran)).total_seconds() if ran and await _waits() else 0.0
    BEHIND.put(max(seconds, 0.0))
    return rules.LOOKUP_LATE(minutes=int(seconds // 60)) if seconds > LATE_S else None


async def _waits() -> bool:
    gift, _ = await mark(terms.GIFT)
    at, key = await mark(terms.PLEDGE)
    return bool(
        await reading.value(
            "SELECT EXISTS (SELECT 1 FROM donation WHERE seq > $1) OR EXISTS (SELECT 1 FROM lookup_due) "
            "OR EXISTS (SELECT 1 FROM pledge WHERE (created_at, code) > ($2, $3))",
            int(gift or 0),
            at,
            key,
        )
    )


PROBES = (Probe("lookup", "按姓名和金额查找", late, grave=False),)
