"""How wide a text prints, and whether a font can print it: read from the font files themselves.

Registers are paginated before Typst sees them, so lines are broken here, the same way every time. What our own font
lacks is looked for in those for rare characters, which are read when the first one comes. A character that none has
prints as 〓, the compositor's mark for a missing type, and is named to whoever enters it; a control character prints
as nothing.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

from charity.printing.places import FONT_BOLD, RARE_FONTS

MM_A_POINT: Final = 25.4 / 72
TEXT_MAX: Final = 2_000
"""Characters of one cell that are looked at; no cell holds as many."""
MISSING: Final = "〓"
ELLIPSIS: Final = "…"
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
_OPENING: Final = frozenset("([{<（《〈「『【〔“‘¥#")
_CLOSING: Final = frozenset(")]}>,.;:!?%）》〉」』】〕”’，。、；：！？…")
_BLANKS: Final = frozenset("\t\n\r\u2028\u2029\u00a0")


@dataclass(frozen=True, slots=True)
class _Font:
    em: dict[int, float]
    """Advance by code point, in em. The bold face is the wider one, so it fits both."""


@lru_cache(maxsize=1)
def _font() -> _Font:
    return _Font(_advances(FONT_BOLD))


@lru_cache(maxsize=1)
def _rare() -> _Font:
    """What the fonts for rare characters have, the first of them that has it."""
    em: dict[int, float] = {}
    for path in RARE_FONTS.values():
        if path.is_file():
            em = _advances(path) | em
    return _Font(em)


def warm() -> None:
    """Read the fonts ahead of the first text: a second or more, in which nobody else would be served."""
    _font()
    _rare()


def _advances(path: Path) -> dict[int, float]:
    with TTFont(path, lazy=True) as font:
        size = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return {point: advances[name][0] / size for point, name in font.getBestCmap().items()}


def _em(char: str) -> float | None:
    """How wide a character is, in em; None when no font has it."""
    point = ord(char)
    own = _font().em.get(point)
    return _rare().em.get(point) if own is None else own


def _drawn(char: str) -> bool:
    """Whether a character needs a shape and some font has it, or it needs none: blanks, controls, joiners."""
    return char in _BLANKS or unicodedata.category(char) in _DROPPED or _em(char) is not None


def plain(text: str) -> bool:
    """Whether our own font has all of a text, as it nearly always does."""
    return text.isascii() or _font().em.keys() >= set(map(ord, text))


def missing(*texts: str) -> list[str]:
    """The characters of these texts that no font has, each once: what whoever enters them is told."""
    known = _font().em
    return list(dict.fromkeys(c for text in texts for c in text if ord(c) not in known and not _drawn(c)))


def drawable(text: str) -> str:
    """The text with 〓 for what no font has, and nothing else changed."""
    if plain(text):
        return text
    return "".join(char if _drawn(char) else MISSING for char in text)


def all_drawable(facts: Any) -> Any:
    """Facts for Typst: the texts in them as HTML would print them, controls and line breaks as blanks."""
    if isinstance(facts, str):
        return drawable(facts if facts.isprintable() else "".join(" " if c < " " or c in _BLANKS else c for c in facts))
    if isinstance(facts, list):
        return [all_drawable(fact) for fact in facts]
    return {name: all_drawable(fact) for name, fact in facts.items()} if isinstance(facts, dict) else facts


def printable(text: str) -> str:
    """The text as it can be printed: one line, no controls, 〓 for what no font has."""
    known = _font().em
    text = text[:TEXT_MAX]
    if text.isprintable() and known.keys() >= set(map(ord, text)):  # nearly always, and ten times faster
        return text.strip()
    out = []
    for char in text:
        if char in _BLANKS:
            out.append(" ")
        elif unicodedata.category(char) in _DROPPED:
            continue
        else:
            out.append(char if _em(char) is not None else MISSING)
    return "".join(out).strip()


def width_em(text: str) -> float:
    """The width of a printable text in em of its size."""
    known = _font().em
    return sum([em if (em := known.get(ord(char))) is not None else _em(char) or 1.0 for char in text])


def wrapped(text: str, room_em: float, lines: int) -> list[str]:
    """The text broken into at most so many lines of `room_em`; what is left over becomes ….

    Breaks between Chinese characters and before a Latin word that does not fit, but not after an
    opening bracket or before a closing mark, unless nothing else is left.
    """
    rest = printable(text)
    out: list[str] = []
    while rest and len(out) < lines:
        taken = _taken(rest, room_em)
        if taken == len(rest):
            out.append(rest)
            return out
        if len(out) == lines - 1:
            end = _taken(rest, room_em - width_em(ELLIPSIS))
            out.append(rest[:end].rstrip() + ELLIPSIS)
            return out
        out.append(rest[:taken].rstrip())
        rest = rest[taken:].lstrip()
    return out or [""]


def _taken(text: str, room_em: float) -> int:
    """How many characters of a text go on one line; at least one, so that every loop ends."""
    known = _font().em
    used, end = 0.0, 0
    for char in text:
        em = known.get(ord(char))
        used += (_em(char) or 1.0) if em is None else em
        if used > room_em:
            break
        end += 1
    if end == len(text) or end == 0:
        return max(end, 1)
    best = end
    while best > 1 and _bound(text[best - 1], text[best]):
        best -= 1
    return end if best == 1 and _bound(text[0], text[1]) else best


def _bound(before: str, after: str) -> bool:
    """Whether a line is better not broken here: inside a word, after an opening bracket, before a closing mark."""
    return (_joined(before) and _joined(after)) or before in _OPENING or after in _CLOSING


def _joined(char: str) -> bool:
    """Whether a character belongs to a word that is better not cut: Latin letters and digits."""
    return char.isascii() and char.isalnum()
