"""The days that people and programs send: one reading for every form, body, address and option.

A day is `YYYY-MM-DD` and lies in the years of this house: with the edge of the calendar at hand nobody can count
a month on, and a year of three digits sorts wrongly as text.
"""

import re
from datetime import date, timedelta
from typing import Any

from charity.plain import plain

YEAR_MIN, YEAR_MAX = 1949, 2999
UNREADABLE = "请填写真实存在的日期，例如 2026-10-08"
OUTSIDE = "请填写 {first} 年至 {last} 年之间的日期"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# 年, 月 and 日 by their numbers: this is no sentence
_TYPED = re.compile(r"([0-9]{4})\s?[-/.\u5e74]\s?([0-9]{1,2})\s?[-/.\u6708]\s?([0-9]{1,2})\s?\u65e5?")
_ONE = timedelta(days=1)


class DayRefused(ValueError):
    """A text is no day that we take; `words` is a msgid with places for `facts`, and never quotes the text."""

    def __init__(self, words: str, **facts: Any) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts


def read(text: str) -> date:
    """The day of a text, blanks around it left away; raises DayRefused for all else."""
    try:
        day = date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        day = None
    if day is None:
        raise DayRefused(UNREADABLE)
    return checked(day)


def typed(text: str) -> date:
    """The day of a text as people type it: `２０２６-10-08`, `2026/10/8`, `2026年10月8日`; the year stands first."""
    match = _TYPED.fullmatch(plain(text))
    return read("{}-{:0>2}-{:0>2}".format(*match.groups()) if match else text)


def checked(day: date) -> date:
    """The day itself; raises DayRefused outside of our years."""
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise DayRefused(OUTSIDE, first=YEAR_MIN, last=YEAR_MAX)
    return day


def spans(begin: str, end: str) -> list[tuple[str, str, str]]:
    """A period as whole months and the days around them: (column of a kept sum, first, last), both included."""
    first, last = date.fromisoformat(begin), date.fromisoformat(end)
    if first > last:
        return []
    days: list[tuple[str, str, str]] = []
    if first.day > 1:
        rest = min(_month_after(first) - _ONE, last)
        days.append(("day", begin, rest.isoformat()))
        first = rest + _ONE
    if first <= last and (last + _ONE).day > 1:
        days.append(("day", last.replace(day=1).isoformat(), end))
        last = last.replace(day=1) - _ONE
    return [("month", f"{first:%Y-%m}", f"{last:%Y-%m}"), *days] if first <= last else days


def month_after(day: str) -> str:
    """The first day of the month after the one of this day."""
    return _month_after(date.fromisoformat(day)).isoformat()


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
