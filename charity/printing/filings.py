"""The filing form of a fundraising plan 募捐方案备案表 as printed: the fields of 民发〔2025〕57号, A4 portrait."""

from collections.abc import Sequence
from dataclasses import dataclass

from charity import words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPlan:
    """All that it prints: `rows` are (words, value) in the reader's language, "" for what is not filled in."""

    organisation: str
    credit_code: str
    name: str
    filing_no: str
    printed_on: str
    rows: Sequence[tuple[str, str]]
    demo: bool = False
    lang: str = "zh"


def plan_html(document: PrintedPlan) -> str:
    """The HTML of a filing form."""
    with words.speaking(document.lang):
        return pages.render("plan.html", lang=document.lang, document=document, demo=document.demo)
