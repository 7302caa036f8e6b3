"""The letter that invites an organiser of a work unit: one A5 page with the code, to be handed over or posted."""

from dataclasses import dataclass

from charity import words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLetter:
    """All that it prints, "" for what there is none of. Days are ISO; `typed_at` is where the code is typed."""

    organisation: str
    unit: str
    name: str
    code: str
    address: str
    typed_at: str
    expires_on: str
    phone: str
    office: str
    printed_on: str
    demo: bool = False
    lang: str = "zh"


def letter_html(document: PrintedLetter) -> str:
    """The HTML of a letter."""
    with words.speaking(document.lang):
        return pages.render("letter.html", lang=document.lang, document=document, demo=document.demo, watermark=False)
