"""The poster of a work unit: one A4 page with the QR code to give, and how a unit transfers what it collected."""

from dataclasses import dataclass

from charity import words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPoster:
    """All that it prints, "" for what there is none of. Days are ISO.

    The account to transfer to is `holder`, `bank` and `account`, or the words of a plan in `planned`.
    """

    organisation: str
    campaign: str
    purpose: str
    starts_on: str
    ends_on: str
    filing_no: str
    unit: str
    reference: str
    address: str
    holder: str
    bank: str
    account: str
    planned: str
    phone: str
    demo: bool = False
    lang: str = "zh"


def poster_html(document: PrintedPoster) -> str:
    """The HTML of a poster."""
    with words.speaking(document.lang):
        return pages.render("poster.html", lang=document.lang, document=document, demo=document.demo, watermark=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRemittance:
    """The slip by which a unit transfers what its roster adds up to; "" for what there is none of."""

    organisation: str
    campaign: str
    unit: str
    reference: str
    people: int
    staff_fen: int
    unit_fen: int
    holder: str
    bank: str
    account: str
    planned: str
    phone: str
    demo: bool = False
    lang: str = "zh"

    @property
    def total_fen(self) -> int:
        """What is to be transferred, fen."""
        return self.staff_fen + self.unit_fen


def remittance_html(document: PrintedRemittance) -> str:
    """The HTML of a slip."""
    with words.speaking(document.lang):
        return pages.render(
            "remittance.html", lang=document.lang, document=document, demo=document.demo, watermark=False
        )
