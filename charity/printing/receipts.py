"""The donation receipt as printed: D1, A5 landscape, three copies (docs/field.md 4.3 and 8).

An internal voucher: it says so in the rules' own words, carries a check address as QR, and draws no
seal. Goods without evidence of value print 不计价 and never a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from charity import words
from charity.printing import pages

Copy = Literal["stub", "donor", "books"]
COPIES: Final[dict[Copy, str]] = {"stub": "第一联 存根", "donor": "第二联 捐赠人", "books": "第三联 记账"}
KINDS: Final = {"money": "货币", "goods": "实物"}
WISHES: Final = {"designated": "定向", "undesignated": "非定向"}
MARKS: Final = {"issued": "", "voided": "已作废", "replaced": "已更换"}
LINES_MAX: Final = 2_000
ROWS_MIN: Final = 5
"""A form keeps its shape: empty rows fill up to this number, less the rows that only some receipts have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line: `amount_fen` None prints 不计价; texts are printed as they are."""

    project: str
    kind: Literal["money", "goods"]
    specification: str = ""
    measure: str = ""
    quantity: int | None = None
    unit_price_fen: int | None = None
    amount_fen: int | None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedReceipt:
    """All that a receipt prints. `donor_id` comes masked or empty; `channel` is a msgid; dates are YYYY-MM-DD."""

    number: str
    status: Literal["issued", "voided", "replaced"]
    organisation: str
    handler: str
    reviewer: str = ""
    receiver: str = ""
    issued_on: str
    donor: str
    donor_id: str = ""
    lines: Sequence[ReceiptLine]
    total_fen: int
    wish: Literal["designated", "undesignated"]
    wish_note: str = ""
    channel: str
    received_on: str
    memo: str = ""
    fiscal_code: str = ""
    fiscal_number: str = ""
    fiscal_check: str = ""
    remark: str = ""
    replaces: str = ""
    replaced_by: str = ""
    verify_url: str
    demo: bool = False
    lang: str = "zh"


def receipt_html(document: PrintedReceipt, copies: Sequence[Copy] = ("donor",)) -> str:
    """The HTML of a receipt, one sheet a copy; print it with `renderer.html_to_pdf`.

    Asserts that the lines add up to the total: a receipt that does not is never printed.
    """
    assert 1 <= len(document.lines) <= LINES_MAX, len(document.lines)
    assert sum(line.amount_fen or 0 for line in document.lines) == document.total_fen
    extra = bool(document.fiscal_number) + 1  # the remarks always have their row, as clerks write there
    with words.speaking(document.lang):
        return pages.render(
            "receipt.html",
            lang=document.lang,
            document=document,
            copies=[words.say(COPIES[copy]) for copy in copies],
            kinds={key: words.say(text) for key, text in KINDS.items()},
            wish=words.say(WISHES[document.wish]),
            channel=words.say(document.channel),
            mark=words.say(MARKS[document.status]),
            priced=any(line.amount_fen is not None for line in document.lines),
            fillers=max(0, ROWS_MIN - extra - len(document.lines)),
            not_for_tax=words.say(pages.NOT_FOR_TAX),
            demo=document.demo,
        )
