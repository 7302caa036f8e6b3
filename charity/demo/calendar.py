"""Working days of 临溪市: weekends, public holidays and the days worked instead.

The days are those of the State Council's yearly notices (`data/holidays.csv`); where `announced` is "no" the notice was
not out when the table was written, and the days that the law names stand there without any worked instead. Years
outside the table have weekends and the holidays of fixed date only.
"""

from datetime import date, timedelta
from functools import lru_cache

from charity.demo import tables

SATURDAY = 5
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


@lru_cache(maxsize=1)
def _table() -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
    rows = tables.rows("holidays")
    off, work = (frozenset(row["day"] for row in rows if row["kind"] == kind) for kind in ("off", "work"))
    return off, work, frozenset(int(row["day"][:4]) for row in rows)


@lru_cache(maxsize=2_048)
def is_holiday(day: date) -> bool:
    """Whether it is a public holiday: the stores are shut too. A plain weekend is none."""
    off, _, years = _table()
    return day.isoformat() in off or (day.year not in years and (day.month, day.day) in FIXED)


def is_working(day: date) -> bool:
    """Whether the office works."""
    if is_holiday(day):
        return False
    return day.weekday() < SATURDAY or day.isoformat() in _table()[1]


def working(day: date) -> date:
    """This day if the office works, else the next one on which it does."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def after(day: date, days: int = 1) -> date:
    """The working day that comes `days` working days after a day."""
    for _ in range(days):
        day = working(day + timedelta(days=1))
    return working(day)


def days(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def working_days(first: date, last: date) -> list[date]:
    """The working days from first to last, both included."""
    return [day for day in days(first, last) if is_working(day)]
