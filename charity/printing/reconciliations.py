"""The reconciliation 银行存款余额调节表 (D11) as printed: two columns, the difference, what is open; A4."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity import words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedReconciliation:
    """All that one prints. `book`, `bank`: lines of {label, fen}; `items`: {side, on, number, text, fen, age}."""

    organisation: str
    place: str
    on: str
    start: str
    book: Sequence[Mapping[str, Any]]
    bank: Sequence[Mapping[str, Any]]
    items: Sequence[Mapping[str, Any]]
    apart_fen: int
    maker: str
    reviewer: str
    demo: bool
    lang: str


def reconciliation_html(document: PrintedReconciliation) -> str:
    """The HTML of a reconciliation."""
    with words.speaking(document.lang):
        return pages.render("reconciliation.html", lang=document.lang, document=document, demo=document.demo)
