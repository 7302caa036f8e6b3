"""What the forms of all rooms take as a line, as a text and as a date.

Refused are characters that a reader cannot see and that change what he reads: controls, marks that turn
the direction of writing round, and signs of no width (a name of nothing else would look like no name).
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

from charity.web import messages

_UNSEEN = r"\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
_LINE = re.compile(rf"[\x00-\x1f{_UNSEEN}\U000e0000-\U000e007f]")
_TEXT = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{_UNSEEN}\U000e0000-\U000e007f]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def line(text: str) -> str:
    """A text of one line; ValueError in words for one with hidden characters."""
    if not text.isprintable() and _LINE.search(text):
        raise ValueError(messages.NO_CONTROL)
    return text


def lines(text: str) -> str:
    """A text that may have several lines, each ended by one line feed whatever the browser sent."""
    if not text.isprintable():
        if _TEXT.search(text):
            raise ValueError(messages.NO_CONTROL)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _day(value: Any) -> Any:
    """Only YYYY-MM-DD: neither timestamps nor the other forms that ISO 8601 allows."""
    if not isinstance(value, str):
        return value
    try:
        if _DAY.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise ValueError(messages.DATE)


Day = Annotated[date, BeforeValidator(_day)]
