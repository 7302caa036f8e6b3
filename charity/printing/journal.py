"""Journal vouchers 记账凭证 (D19) as printed: one number a sheet, A5 landscape; a month's in one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity import words
from charity.printing import pages, renderer

SHEETS_MAX: Final = 100
ROWS_MIN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """A line: the account's code and name, its fund, and one of the two sides in fen."""

    code: str
    name: str
    fund: str
    debit_fen: int | None
    credit_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedJournalVoucher:
    """All that one prints. `attachments` is None where there are none; `reviewer` "" while nobody reviewed it."""

    number: str
    day: str
    entries: str
    summary: str
    lines: Sequence[JournalLine]
    total_fen: int
    attachments: int | None
    cashier: str
    maker: str
    reviewer: str
    verify_url: str


def journal_html(vouchers: Sequence[PrintedJournalVoucher], *, organisation: str, demo: bool, lang: str) -> str:
    """The HTML of journal vouchers, in their order; each counts its own pages."""
    assert 1 <= len(vouchers) <= SHEETS_MAX, len(vouchers)
    with words.speaking(lang):
        title = vouchers[0].number
        if len(vouchers) > 1:
            last, count = vouchers[-1].number, len(vouchers)
            title = words.say("{first} 至 {last}（共 {count} 张）", first=title, last=last, count=count)
        return renderer.TOGETHER.join(
            pages.render(
                "journal.html",
                lang=lang,
                document=voucher,
                title=title,
                fillers=max(0, ROWS_MIN - len(voucher.lines)),
                organisation=organisation,
                demo=demo,
            )
            for voucher in vouchers
        )
