"""The one rule on the characters of a text, for every door: forms, API, addresses, command line, sheets.

Refused is what a reader cannot see and what changes what he reads: controls (Cc), format characters (Cf,
such as marks that turn the direction of writing round), line and paragraph separators (Zl, Zp), surrogates
(Cs), characters that do not exist (Cn), whatever else is drawn as nothing (Default_Ignorable_Code_Point, U+2800),
and U+FFFC and U+FFFD, which stand for something that somebody could not read. Allowed are those without
which a language cannot be written, and only where they do their work:

- ZWJ and ZWNJ between letters of scripts that join (Persian کتاب‌ها), and beside a virama (Sinhala ශ්‍රී,
  Bengali র‍্য), after RFC 5892 appendix A; ZWJ between the pictures of one emoji
- the variation selectors of Mongolian after a Mongolian letter, its vowel separator before a final a or e
  (The Unicode Standard, 13.5)
- U+FE0F after an emoji, and in keycaps

The properties come from `regex`, which knows today's Unicode; Python 3.11 knows 14.0, for which the newest
Chinese characters do not exist (docs/decisions/0017).
"""

import re
from typing import NamedTuple

import regex

_CURSIVE = r"[[\p{Arab}\p{Syrc}\p{Mong}\p{Nkoo}\p{Mand}\p{Adlm}\p{Rohg}]&&\p{L}]"
_MONGOLIAN = r"[\p{Mong}&&\p{L}]"
_ALLOWED = "|".join(
    (
        rf"(?<={_CURSIVE}\p{{M}}*)[\u200c\u200d](?={_CURSIVE})",
        r"(?<=\p{ccc=9})[\u200c\u200d](?=\p{L})",
        r"(?<=\p{L})\u200d(?=\p{ccc=9})",
        r"(?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]?)\u200d(?=\p{Extended_Pictographic})",
        rf"(?<={_MONGOLIAN})[\u180b-\u180d\u180f]",
        rf"(?<={_MONGOLIAN}[\u180b-\u180d\u180f]?)\u180e(?=[\u1820\u1821])",
        r"(?<=[\p{Emoji}--[0-9#*]])\ufe0f",
        r"(?<=[0-9#*])\ufe0f(?=\u20e3)",
    )
)
_REFUSED = r"\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800\ufffc\ufffd"
_LINE = regex.compile(rf"(?!{_ALLOWED})[{_REFUSED}]", regex.V1)
_AREA = regex.compile(rf"(?!{_ALLOWED})[[{_REFUSED}]--\n]", regex.V1)
# What Python holds for printable and we refuse. Nearly every text is printable and has none of these, and to see
# that is twenty times faster than the rule; a test compares both over all characters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U000e0100-\U000e01ef]"
)

REFUSED = "第 {at} 个字符（{code}）看不见或不能使用，请删去后重新填写"
"""The words for a refused character: msgid with the facts of `Refused`."""


class Refused(NamedTuple):
    """A character that a text must not have: its place, counted from 1, and its code, as `U+200B`."""

    at: int
    code: str


def refused(text: str, *, area: bool = False) -> Refused | None:
    """The first character that this text must not have; `area`: of several lines, so line feeds may stand in it."""
    if text.isprintable() and not _UNSEEN.search(text):
        return None
    match = (_AREA if area else _LINE).search(text)
    return Refused(match.start() + 1, f"U+{ord(match[0]):04X}") if match else None


def cleaned(text: str) -> str:
    """The text without what is refused: to name a thing whose name cannot be repeated."""
    return _LINE.sub("", text)


def line_feeds(text: str) -> str:
    """The text with each of its lines ended by one line feed, whatever the browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
