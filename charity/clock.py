"""The only place that asks what time it is.

Instants are text `YYYY-MM-DDTHH:MM:SS.ffffffZ`: UTC, 27 characters, sorted by time when sorted as
text, the same bytes in SQLite, in PostgreSQL and in a hashed body. Business dates are the calendar
of Asia/Shanghai, text `YYYY-MM-DD`. The demo writes its year in order inside `fixed`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LENGTH = 27
_HOUR_NS = 3_600 * 10**9
SHANGHAI = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)


def now() -> datetime:
    """The present instant in UTC, or the fixed one inside `fixed`."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The business date in Asia/Shanghai."""
    fixed = _fixed.get()
    return _date_of(time.time_ns() // _HOUR_NS) if fixed is None else fixed.astimezone(SHANGHAI).date()


@lru_cache(maxsize=2)
def _date_of(hour: int) -> date:
    """The date in Shanghai at an hour since 1970: there days begin with an hour of UTC."""
    return datetime.fromtimestamp(hour * 3600, SHANGHAI).date()


def milliseconds() -> int:
    """The present instant in milliseconds since 1970, or the fixed one."""
    fixed = _fixed.get()
    return time.time_ns() // 1_000_000 if fixed is None else int(fixed.timestamp() * 1000)


def stamp(at: datetime | None = None) -> str:
    """An instant as its stored text; the present one without an argument."""
    at = at or _fixed.get()
    if at is not None:
        return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
    second, micros = divmod(time.time_ns() // 1_000, 1_000_000)
    return f"{_second(second)}{micros:06d}Z"


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    """The text of a second since 1970, up to the point: thousands of instants share it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.")


def instant(text: str) -> datetime:
    """The instant a stored text names; ValueError when it is not one."""
    if len(text) != LENGTH or text[-1] != "Z":
        raise ValueError(text)
    return datetime.fromisoformat(text)


def later(seconds: float) -> str:
    """The stored text of the instant that is `seconds` from now."""
    return stamp(now() + timedelta(seconds=seconds))


def business_date(text: str) -> date:
    """The Asia/Shanghai date on which a stored instant fell."""
    return instant(text).astimezone(SHANGHAI).date()


def midnight(day: date) -> str:
    """The stored instant at which a business date begins: a bound for filters."""
    return stamp(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI))


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Hold the clock at an instant, for the demo on an empty database only."""
    token = _fixed.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
