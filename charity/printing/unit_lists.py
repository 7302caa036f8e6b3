"""The list of a unit's roster to be signed: 序号, 姓名, 金额, 方式, 票据需求, 签名 (docs/field.md 2.4); A4 portrait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import words
from charity.printing import pages

ROWS_MIN: Final = 18
"""An empty roster is a form with so many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedUnitList:
    """All that it prints. `lines`: {n, name, amount_fen, way, single}; none of a roster that is too long for paper."""

    organisation: str
    campaign: str
    unit: str
    reference: str
    lines: Sequence[Mapping[str, Any]]
    count: int
    staff_fen: int
    unit_fen: int
    locked: bool
    demo: bool = False
    lang: str = "zh"


def unit_list_html(document: PrintedUnitList) -> str:
    """The HTML of a list; empty rows fill it up while it is filled in."""
    blank = 0 if document.locked or document.count > len(document.lines) else max(0, ROWS_MIN - len(document.lines))
    with words.speaking(document.lang):
        return pages.render(
            "unit_list.html",
            lang=document.lang,
            document=document,
            blank=blank,
            long=document.count > len(document.lines),
            demo=document.demo,
        )
