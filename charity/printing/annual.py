"""A giver's year 年度捐赠汇总 as printed: A4 portrait, the sums in figures and capitals, a check code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity import clock, words
from charity.printing import pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedYear:
    """All that one prints. `lines`: {n, on, project, kind, amount, stands, receipt, note}; names as may be seen."""

    organisation: str
    year: int
    donor: str
    donor_id: str
    lines: Sequence[Mapping[str, Any]]
    money_fen: int
    goods_fen: int
    notes: Sequence[str]
    made_at: str
    data_hash: str
    code: str
    verify_url: str
    demo: bool
    lang: str

    @property
    def made_on(self) -> str:
        """The day on which it was made, in Shanghai."""
        return clock.business_date(self.made_at).isoformat()


def annual_html(document: PrintedYear) -> str:
    """The HTML of a year. Asserts that what stands adds up to the sums."""
    stands = sum(line["stands"] or 0 for line in document.lines)
    assert stands == document.money_fen + document.goods_fen, document.code
    with words.speaking(document.lang):
        return pages.render("annual.html", lang=document.lang, document=document, demo=document.demo)
