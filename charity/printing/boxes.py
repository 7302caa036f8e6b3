"""The record of an opening of a donation box 募捐箱开箱清点记录 (D15) as printed: A4, portrait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity import words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedOpening:
    """All that one prints. `sheets`: lines of {label, count, fen}; `state` what it still lacks, "" for nothing."""

    organisation: str
    number: str
    box: str
    site: str
    opened_at: str
    sheets: Sequence[Mapping[str, Any]]
    amount_fen: int
    capitals: str
    opener: str
    counters: Sequence[str]
    witness: str
    slip_ref: str
    state: str
    demo: bool
    lang: str


def opening_html(document: PrintedOpening) -> str:
    """The HTML of a record."""
    with words.speaking(document.lang):
        return pages.render("box_opening.html", lang=document.lang, document=document, demo=document.demo)
