"""GS1 element strings and links: what a code with application identifiers says of the goods.

Read are 01 (the item), 10 (batch), 17 (expiry) and 15 (best before), out of `(01)06901234567892(17)270131`, of the same
without brackets and with FNC1 between, and of a GS1 Digital Link. What else stands there is passed over. Dates are
YYMMDD; day 00 is the last of its month, and the century is the nearest (GS1 General Specifications 3.4, 7.12).
"""

import calendar
import itertools
import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from charity import clock
from charity.goods import rules

GS: Final = "\N{SYMBOL FOR GROUP SEPARATOR}"
"""FNC1 between elements, as the reader of scans writes it."""
BATCH_MAX: Final = 20
_ITEM: Final = 14
_DIGITS: Final = re.compile(r"[0-9]+")
_DATE: Final = re.compile(r"[0-9]{6}")
_BRACKETS: Final = re.compile(r"\(([0-9]{2,4})\)([^(]*)")
# How long an element is, identifier and value together, where its first two digits say so (figure 7.8.5-2).
_LENGTHS: Final = {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
_LENGTHS_ALIKE: Final = dict.fromkeys(range(11, 20), 8) | dict.fromkeys(range(31, 37), 10)
_LINK_ITEM: Final = {"01", "gtin"}
_HALF: Final = 50


@dataclass(frozen=True, slots=True)
class Elements:
    """What was read: the item's number as it stands there, and what is known of these pieces."""

    item: str
    expires_on: date | None = None
    batch: str = ""


def of_brackets(text: str) -> Elements:
    """An element string with its identifiers in brackets, as it is printed below a code."""
    if "".join(f"({ai}){value}" for ai, value in _BRACKETS.findall(text)) != text:
        raise rules.GS1_UNREADABLE()
    return _elements({ai: value.strip(f" {GS}") for ai, value in _BRACKETS.findall(text)})


def of_string(text: str) -> Elements:
    """An element string as a scanner sends it, FNC1 as `GS`; where the scanner drops it, the batch must come last."""
    values: dict[str, str] = {}
    rest = text.lstrip(GS)
    while rest:
        ai = rest[:2]
        length = _LENGTHS.get(ai) or (_LENGTHS_ALIKE.get(int(ai)) if ai.isdecimal() else None)
        element, rest = (rest[:length], rest[length:]) if length else (rest + GS).split(GS, 1)
        if not ai.isdecimal() or (length and (len(element) < length or GS in element)):
            raise rules.GS1_UNREADABLE()
        values[ai] = element[2:]
        rest = rest.strip(GS)
    return _elements(values)


def of_link(address: str) -> Elements | None:
    """A GS1 Digital Link, `https://example.com/01/06901234567892/10/A1?17=270131`; None for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    named = dict(itertools.pairwise(unquote(step) for step in parts.path.split("/") if step))
    values = {ai: value for ai, value in [*named.items(), *parse_qsl(parts.query)] if ai in {"10", "15", "17"}}
    item = next((named[ai] for ai in named if ai in _LINK_ITEM and _DIGITS.fullmatch(named[ai])), None)
    return _elements(values | {"01": item.zfill(_ITEM)}) if item else None


def _elements(values: dict[str, str]) -> Elements:
    if "01" not in values:
        raise rules.GS1_CASE() if {"00", "02"} & set(values) else rules.GS1_UNREADABLE()
    batch = values.get("10", "")
    if len(values["01"]) != _ITEM or len(batch) > BATCH_MAX:
        raise rules.GS1_UNREADABLE()
    expires_on = [_day(values[ai]) for ai in ("17", "15") if values.get(ai)]
    return Elements(values["01"], expires_on[0] if expires_on else None, batch)


def _day(value: str) -> date:
    if not _DATE.fullmatch(value):
        raise rules.GS1_UNREADABLE()
    short, month, day = int(value[:2]), int(value[2:4]), int(value[4:])
    now = clock.today().year
    year = now - now % 100 + short
    if short - now % 100 > _HALF:
        year -= 100
    elif short - now % 100 < -(_HALF - 1):
        year += 100
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        raise rules.GS1_UNREADABLE() from None
