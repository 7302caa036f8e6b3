"""How values look on a page: the filters of templates/."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from jinja2 import Environment

from charity import clock, words
from charity.money import capitals, yuan, yuan_sign

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: Any) -> str:
    """A date as `2026-10-08`; takes a date, an instant or their stored text."""
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return clock.business_date(text).isoformat() if text.endswith("Z") else text[:10]


def day_words(value: Any, beside: Any = None) -> str:
    """A date in words: 10月8日, with the year when it is not this one; 8 Oct in English.

    A date that stands beside one of another year has its year too: 2025年11月1日 — 2026年3月1日.
    """
    when = date.fromisoformat(day(value))
    this_year = _this_year(when.year, beside)
    if words.language() == "en":
        text = f"{when.day} {_MONTHS[when.month - 1]}"
        return text if this_year else f"{text} {when.year}"
    text = f"{when.month}月{when.day}日"
    return text if this_year else f"{when.year}年{text}"


def period_words(value: str, beside: str | None = None) -> str:
    """A day (`2026-10-08`) or a month (`2026-10`) in words, with the year as `day_words` has it."""
    if len(value) > len("2026-10"):
        return day_words(value, beside)
    year, month = int(value[:4]), int(value[5:7])
    this_year = _this_year(year, beside)
    if words.language() == "en":
        return _MONTHS[month - 1] if this_year else f"{_MONTHS[month - 1]} {year}"
    return f"{month}月" if this_year else f"{year}年{month}月"


def _this_year(year: int, beside: Any) -> bool:
    return year == clock.today().year and (not beside or day(beside)[:4] == str(year))


def moment(value: Any) -> str:
    """An instant as Asia/Shanghai `2026-10-08 14:03`."""
    at = value if isinstance(value, datetime) else clock.instant(str(value))
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")


def in_capitals(fen: int) -> str:
    """A sum in capital numerals beside its figures; "" to a reader of English, who has no use for them."""
    return capitals(fen) if words.language() == "zh" else ""


def count(value: int) -> str:
    """A count with thousands separators."""
    return f"{value:,}"


def share_of(part: int, whole: int) -> str:
    """A part of a sum (fen) as `16.76 %`, cut off; "" of nothing."""
    if not whole:
        return ""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d} %" if hundredths or not part else "<0.01 %"


def grouped(number: str) -> str:
    """The number of an account in groups of four, as it stands on a card."""
    return " ".join(number[n : n + 4] for n in range(0, len(number), 4)) if number.isdigit() else number


FILTERS: dict[str, Callable[..., str]] = {
    "yuan": yuan,
    "yuan_sign": yuan_sign,
    "day": day,
    "day_words": day_words,
    "period_words": period_words,
    "moment": moment,
    "count": count,
    "share_of": share_of,
    "grouped": grouped,
}


def install(env: Environment) -> None:
    """Give a Jinja environment the filters."""
    env.filters.update(FILTERS)
