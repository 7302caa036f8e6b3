"""Amounts, days and times as banks write them: one reading for every layout, exact or refused.

Always true: no float occurs here; a cell that cannot be read exactly is `Unread`, never zero and never left out. What a
spreadsheet keeps as a number comes here as its shortest decimal text.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final, Literal

from charity.money import AMOUNT_MAX_FEN
from charity.plain import plain

Reason = Literal["amount", "decimals", "too_large", "formula", "day", "day_missing", "time"]
_AMOUNT = re.compile(
    r"(?P<sign>[+-]?)\s?(?:¥|CNY|RMB)?\s?(?P<sign2>[+-]?)(?P<yuan>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
    r"(?:\.(?P<decimals>[0-9]+))?\s?\u5143?"  # yuan
)
_NIL: Final = frozenset({"", "-", "--", "—", "/"})
_DECIMALS_MAX: Final = 2
_DIGITS_MAX: Final = 18
_DAY = re.compile(
    # 年, 月 and 日 by their numbers: this is no sentence
    r"(?P<y>[0-9]{4})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})|(?P<cm>[0-9]{2})(?P<cd>[0-9]{2})"
    r"|\u5e74(?P<hm>[0-9]{1,2})\u6708(?P<hd>[0-9]{1,2})\u65e5)(?:[ T]*(?P<time>[0-9.:]+))?"
)
_SERIAL = re.compile(r"(?P<days>[0-9]{5})(?P<part>\.[0-9]+)?")
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?(?:\.[0-9]+)?")
_COMPACT = re.compile(r"(?P<h>[0-9]{1,2})(?P<m>[0-9]{2})(?P<s>[0-9]{2})")
_FRACTION = re.compile(r"0?\.(?P<part>[0-9]+)|0|1\.0")
_DAY_ZERO: Final = date(1899, 12, 30)
_SERIAL_FIRST: Final = date(2000, 1, 1)
YEAR_MIN, YEAR_MAX = 2000, 2099
_DAY_S: Final = 86_400


class Unread(ValueError):
    """A cell that cannot be read; `reason` says why and never quotes the cell."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def fen(text: str) -> int:
    """Fen of a cell with its sign, 0 for a blank one or a dash; raises Unread."""
    text = plain(text)
    if text in _NIL:
        return 0
    if text.startswith("#"):
        raise Unread("formula")
    match = _AMOUNT.fullmatch(text)
    if match is None or (match["sign"] and match["sign2"]):
        raise Unread("amount")
    decimals: str = match["decimals"] or ""
    if len(decimals) > _DECIMALS_MAX:
        raise Unread("decimals")
    digits = match["yuan"].replace(",", "")
    if len(digits) > _DIGITS_MAX:
        raise Unread("too_large")
    amount = int(digits) * 100 + int(decimals.ljust(2, "0"))
    if amount > AMOUNT_MAX_FEN:
        raise Unread("too_large")
    return -amount if "-" in (match["sign"], match["sign2"]) else amount


def moment(text: str) -> tuple[str, str]:
    """The day of a cell as `2026-09-30`, and its time as `12:00:05` or ""; raises Unread.

    Read are `2026-09-30`, `2026/9/30`, `20260930`, `2026年9月30日`, each with a time behind it, and the number of
    days by which spreadsheets count. The year stands first, so `39.09.2026` is not read, and neither is `09/10/2026`.
    Midnight is no time: a spreadsheet keeps a day as its midnight, where the same file as CSV has only the day.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        raise Unread("day_missing")
    if serial := _SERIAL.fullmatch(text):
        day = _DAY_ZERO + timedelta(days=int(serial["days"]))
        if not _SERIAL_FIRST <= day <= date(YEAR_MAX, 12, 31):
            raise Unread("day")
        return day.isoformat(), _later(_of_fraction(serial["part"][1:]) if serial["part"] else "")
    match = _DAY.fullmatch(text)
    if match is None:
        raise Unread("day")
    month, of_month = (match["m"] or match["cm"] or match["hm"]), (match["d"] or match["cd"] or match["hd"])
    try:
        day = date(int(match["y"]), int(month), int(of_month))
    except ValueError:
        raise Unread("day") from None
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise Unread("day")
    return day.isoformat(), _later(clock_time(match["time"] or ""))


def _later(clock: str) -> str:
    return "" if clock == "00:00:00" else clock


def clock_time(text: str) -> str:
    """The time of a cell as `12:00:05`, "" for a blank one: `9:05`, `09:05:00`, `090500`, a part of a day; or Unread.

    A time in a spreadsheet may come with a day before it, which is left away.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if text in _NIL:
        return ""
    match = _CLOCK.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        if fraction := _FRACTION.fullmatch(text):
            return _of_fraction(fraction["part"] or "0")
        try:
            return datetime.fromisoformat(text).time().isoformat("seconds") if " " in text else _raise("time")
        except ValueError:
            raise Unread("time") from None
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    if (hour, minute, second) == (24, 0, 0):  # the end of a day, as some banks write it
        return "24:00:00"
    try:
        return f"{datetime(2000, 1, 1, hour, minute, second):%H:%M:%S}"  # noqa: DTZ001 - only its time is used
    except ValueError:
        raise Unread("time") from None


def _raise(reason: Reason) -> str:
    raise Unread(reason)


def _of_fraction(digits: str) -> str:
    """The time of so many decimals of a day, to the second."""
    digits = digits[:15]
    seconds = (2 * int(digits) * _DAY_S + 10 ** len(digits)) // (2 * 10 ** len(digits))
    hour, rest = divmod(min(seconds, _DAY_S - 1), 3_600)
    return f"{hour:02d}:{rest // 60:02d}:{rest % 60:02d}"
