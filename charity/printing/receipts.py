"""The donation receipt as printed: D1, A5 landscape, three copies (docs/field.md 4.3 and 8).

An internal voucher: it says so in the rules' own words, carries a check address as QR, and draws no
seal. Goods without evidence of value print 不计价 and never a number. A copy that has more lines than a page
repeats its head on each, and counts its own pages; its total is never alone on one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final, Literal

from charity import words
from charity.printing import glyphs, pages, renderer

Copy = Literal["stub", "donor", "books"]
COPIES: Final[dict[Copy, str]] = {"stub": "第一联 存根", "donor": "第二联 捐赠人", "books": "第三联 记账"}
KINDS: Final = {"money": "货币", "goods": "实物"}
WISHES: Final = {"designated": "定向", "undesignated": "非定向"}
MARKS: Final = {"issued": "", "voided": "已作废", "replaced": "已更换"}
LINES_MAX: Final = 2_000
ROWS_MIN: Final = 5
"""A form keeps its shape: empty rows fill up to this number, less the rows that only some receipts have."""
PAGE_MM: Final = 128.0
"""What a page takes between its margins, less a little, as heights are estimated."""
FORM_MM: Final = 88.0
"""Head, one line and end of a receipt whose texts have a line each."""
ROW_MM: Final = 6.8
LINE_MM: Final = 4.5
FOOT_LINES: Final = 4
"""Lines below the signatures that are no higher than the code beside them."""
FOOT_EM: Final = 43
MASKED: Final = (
    "这是隐去姓名的公开副本。捐赠人打开 {address}，凭收据编号和手机号后四位（或领取码）看全本，也可到我会服务台领取。"
)
MEMO_LINES: Final = 2
"""Lines beyond one from which a memo may break off from what follows it; a shorter one goes with the signatures."""
END: Final = 2
LONG: Final = 22
"""Characters of a name that stands beside another; a longer one has a row of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line: `amount_fen` None prints 不计价; texts are printed as they are.

    Money has a `project`; goods have a `name`, and their project stands once in the head.
    """

    project: str = ""
    kind: Literal["money", "goods"]
    name: str = ""
    specification: str = ""
    measure: str = ""
    quantity: int | None = None
    unit_price_fen: int | None = None
    amount_fen: int | None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedReceipt:
    """All that a receipt prints. `donor_id` comes masked or empty; `channel` is a msgid; dates are YYYY-MM-DD.

    `full_url` is where the giver finds the whole receipt: it makes this the masked copy that everybody may have.
    `pick_up` is the code that shows it to a giver without a phone. `copied_on` makes it a 副本 of that day.
    """

    number: str
    status: Literal["issued", "voided", "replaced"]
    organisation: str
    handler: str
    reviewer: str = ""
    receiver: str = ""
    issued_on: str
    donor: str
    donor_id: str = ""
    project: str = ""
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
    ended_on: str = ""
    reason: str = ""
    verify_url: str
    full_url: str = ""
    pick_up: str = ""
    copied_on: str = ""
    tax_note: str = ""
    demo: bool = False
    lang: str = "zh"


def receipt_html(document: PrintedReceipt, copies: Sequence[Copy] = ("donor",)) -> str:
    """The HTML of a receipt, one document a copy; print it with `renderer.html_to_pdf`.

    Asserts that the lines add up to the total: a receipt that does not is never printed.
    """
    assert 1 <= len(document.lines) <= LINES_MAX, len(document.lines)
    assert sum(line.amount_fen or 0 for line in document.lines) == document.total_fen
    goods = document.lines[0].kind == "goods"
    with words.speaking(document.lang):
        free_mm = PAGE_MM - _least_mm(document, goods=goods)
    ended_mm = ROW_MM + LINE_MM * _more(document.reason, 40) if document.ended_on else 0
    end = 1
    if len(document.lines) > END:  # as many lines go over with the total: a sum never stands below a single one
        before_mm = sum(ROW_MM + LINE_MM * _more_of_line(line, goods=goods) for line in document.lines[-END:-1])
        end = END if free_mm - ended_mm >= before_mm else 1
    # The remarks always have their row, as clerks write there; codes, and the project of goods, have one each.
    wanted = ROWS_MIN - 1 - bool(document.fiscal_number) - goods - len(document.lines)
    with words.speaking(document.lang):
        return renderer.TOGETHER.join(
            pages.render(
                "receipt.html",
                lang=document.lang,
                document=replace(document, reason="") if copy == "donor" else document,  # words of the office
                copy=words.say(COPIES[copy]),
                pick_up=document.pick_up if copy == "donor" else "",
                goods=goods,
                kinds={key: words.say(text) for key, text in KINDS.items()},
                wish=words.say(WISHES[document.wish]),
                channel=words.say(document.channel),
                mark=words.say(MARKS[document.status]),
                priced=any(line.amount_fen is not None for line in document.lines),
                fillers=max(0, min(wanted, int((free_mm - ended_mm) / ROW_MM))),
                fits=free_mm >= 0,
                long_memo=_more(document.memo, 44) >= MEMO_LINES,
                end=end,
                long_name=LONG,
                masked=_masked(document),
                not_for_tax=words.say(pages.NOT_FOR_TAX),
                demo=document.demo,
            )
            for copy in copies
        )


def _least_mm(document: PrintedReceipt, *, goods: bool) -> float:
    """How high the head, the last line and the end are together: what shall stand on one page."""
    last = document.lines[-1]
    wide = len(document.donor) > LONG
    more = [
        _more(document.organisation, 56 if len(document.organisation) > LONG else LONG),
        _more(document.donor, 44 if wide else LONG),
        _more(document.project, 44 if wide or len(document.project) > LONG else LONG),
        _more_of_line(last, goods=goods),
        _more(document.wish_note, 44 if len(document.wish_note) > LONG // 2 else LONG // 2),
        _more(document.memo, 44),
        max(_more(document.handler, 9), _more(document.reviewer, 7), _more(document.receiver, 7)),
        max(0, _foot_lines(document) - FOOT_LINES),
        1 if document.copied_on or document.full_url or document.ended_on else 0,
    ]
    rows = bool(document.fiscal_number) + goods + (1 + wide if wide else 0)
    rows += (len(document.wish_note) > LONG // 2) + (len(document.organisation) > LONG)
    return FORM_MM + LINE_MM * sum(more) + ROW_MM * rows


def _masked(document: PrintedReceipt) -> str:
    """What a public copy says of itself."""
    return words.say(MASKED, address=document.full_url) if document.full_url else ""


def _more_of_line(line: ReceiptLine, *, goods: bool) -> int:
    """How many lines of text a line has beyond one."""
    if goods:
        return max(_more(line.name, 20), _more(line.specification, 6))
    return max(_more(line.project, 18), _more(line.specification, 18))


def _foot_lines(document: PrintedReceipt) -> int:
    """How many lines stand below the signatures."""
    longer = document.lang == "en"  # our own sentences are
    lines = 2 + _more(document.verify_url, FOOT_EM)
    lines += 1 + _more(_masked(document), FOOT_EM) if document.full_url else 0
    lines += 1 + longer if document.pick_up else 0
    lines += 1 + _more(words.say(pages.NOT_FOR_TAX), FOOT_EM)
    return lines + (1 + _more(document.tax_note, FOOT_EM) if document.tax_note else 0)


def _more(text: str, room_em: float) -> int:
    """How many lines a text needs beyond one, in a place that is so wide."""
    return max(0, ceil(glyphs.width_em(text) / room_em) - 1)
