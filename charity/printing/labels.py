"""QR labels for lots: an A4 sheet of 3 x 8 labels, 70 x 37.125 mm each, without gaps.

The QR holds the lot code alone, at level Q because labels get scratched; the same code stands
beside it in words for hands without a scanner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity.printing import glyphs, pages

A_SHEET: Final = 24
LABELS_MAX: Final = 2_400
WORDS_MM: Final = 31.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLabel:
    """One label; `expires_on` empty when the goods do not expire."""

    code: str
    name: str
    specification: str = ""
    expires_on: str = ""
    store: str = ""


def grouped(code: str) -> str:
    """A code in groups of four for the eye: BY5C MHCR JDC."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _fitted(text: str, size_pt: float, lines: int) -> str:
    """The text in at most so many lines of a label's width, cut with … when longer."""
    return "\n".join(glyphs.wrapped(text, WORDS_MM / (size_pt * glyphs.MM_A_POINT), lines))


def labels_html(labels: Sequence[LotLabel], *, used: int = 0, demo: bool = False, lang: str = "zh") -> str:
    """The HTML of label sheets; `used` labels at the top of the first sheet are already gone."""
    assert 1 <= len(labels) <= LABELS_MAX, len(labels)
    assert 0 <= used < A_SHEET, used
    places: list[LotLabel | None] = [*([None] * used), *labels]
    sheets = [places[at : at + A_SHEET] for at in range(0, len(places), A_SHEET)]
    return pages.render(
        "labels.html",
        lang=lang,
        sheets=sheets,
        grouped=grouped,
        fitted=_fitted,
        demo=demo,
        watermark=False,  # every label says it in words; nothing may lie over a QR
    )
