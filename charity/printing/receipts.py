"""The donation receipt as printed: D1, A5 landscape, three copies (docs/field.md 4.3 and 8).

An internal voucher: it says so in the rules' own words, carries a check address as QR, and draws no
seal. Goods without evidence of value print 不计价 and never a number. A copy that has more lines than a page
repeats its head on each, and counts its own pages; its total is never alone on one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from charity import money, words
from charity.printing import glyphs, pages, qr, renderer

Copy = Literal["stub", "donor", "books"]
COPIES: Final[dict[Copy, str]] = {"stub": "第一联 存根", "donor": "第二联 捐赠人", "books": "第三联 记账"}
KINDS: Final = {"money": "货币", "goods": "实物"}
WISHES: Final = {"designated": "定向", "undesignated": "非定向"}
MARKS: Final = {"issued": "", "voided": "已作废", "replaced": "已更换"}
MONEY_HEADS: Final = ("捐赠项目", "种类", "基金（用途）", "金额（元）")
GOODS_HEADS: Final = ("品名", "规格", "单 位", "数量", "单价（元）", "金额（元）", "计价依据")
LINES_MAX: Final = 400
"""Twice of what any gift may have; three copies of it are what a child has memory for."""
ROWS_MIN: Final = 5
"""A form keeps its shape: empty rows fill up to this number, less the rows that only some receipts have."""
SHORT_EM: Final = 12
"""A text that is no wider has one line wherever it stands on the form, so that nothing need be measured."""
SHORT_CELL_EM: Final = 19
"""The same in the lines of money."""
SHORT_LINES: Final = 3
SHORT_NOTE_EM: Final = 80
"""A note on taxes below the signatures: two lines."""
UNVALUED: Final = "不计价"
MASKED: Final = (
    "这是隐去姓名的公开副本。捐赠人打开 {address}，凭收据编号和手机号后四位（或领取码）看全本，也可到我会服务台领取。"
)


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


def sheets(document: PrintedReceipt, copies: Sequence[Copy] = ("donor",)) -> list[dict[str, Any]]:
    """What templates/printing/receipt.typ sets of a receipt, a sheet a copy; `form` makes a document of sheets.

    Asserts that the lines add up to the total: a receipt that does not is never printed.
    """
    assert 1 <= len(document.lines) <= LINES_MAX, len(document.lines)
    assert sum(line.amount_fen or 0 for line in document.lines) == document.total_fen
    whole = {"short": _short(document), "qr": qr.svg(document.verify_url)}
    with words.speaking(document.lang):
        return [{**glyphs.all_drawable(_sheet(document, copy)), **whole} for copy in copies]


def form(every: Sequence[dict[str, Any]], *, demo: bool, lang: str) -> str:
    """The document of these sheets, for the renderer; equal sheets make equal documents."""
    with words.speaking(lang):
        numbers = list(dict.fromkeys(sheet["number"] for sheet in every))
        title = f"{words.say('捐赠收据')} {numbers[0]}" + (f"–{numbers[-1]}" if len(numbers) > 1 else "")
        return renderer.layout(
            "receipt",
            {
                "lang": words.language(),
                "title": title,
                "organisation": every[0]["organisation"],
                "day": every[-1]["issued_on"],
                "demo": words.say("演示") if demo else "",
                "labels": _labels(),
                "sheets": list(every),
            },
        )


def receipt_form(document: PrintedReceipt, copies: Sequence[Copy] = ("donor",)) -> str:
    """One receipt as a document of its own."""
    return form(sheets(document, copies), demo=document.demo, lang=document.lang)


def _labels() -> dict[str, Any]:
    """The words of the form, the same on each sheet."""
    return {
        "title": words.say("捐赠收据"),
        "issued_on": words.say("开票日期"),
        "donor": words.say("捐赠人"),
        "donor_id": words.say("证件/统一社会信用代码"),
        "project": words.say("捐赠项目"),
        "kind": words.say("种类"),
        "money": [words.say(text) for text in MONEY_HEADS],
        "goods": [words.say(text) for text in GOODS_HEADS],
        "blank": words.say("以下空白"),
        "in_capitals": words.say("合计（大写）"),
        "in_figures": words.say("（小写）"),
        "wish": words.say("捐赠意愿"),
        "paid_by": words.say("支付方式"),
        "received_on": words.say("到账日"),
        "taken_on": words.say("收到日期"),
        "memo": words.say("附言"),
        "fiscal_code": words.say("财政票据代码"),
        "fiscal_number": words.say("票据号码"),
        "fiscal_check": words.say("校验码"),
        "remark": words.say("备注"),
        "handler": words.say("开票人（经办人）"),
        "reviewer": words.say("复核人"),
        "receiver": words.say("收款人"),
        "taker": words.say("收货人"),
        "check": words.say("扫码或打开网址，可核验本收据并查看善款去向："),
        "pick_up": words.say("领取码"),
        "pick_up_how": words.say("在核验页凭编号和它查看、下载全本，请勿告诉他人"),
        "seal": words.say("单位（章）"),
        "next_page": words.say("接下页"),
        "page_of": pages.page_of(),
    }


def _sheet(document: PrintedReceipt, copy: Copy) -> dict[str, Any]:
    """One copy, its texts ready to be read."""
    goods = document.lines[0].kind == "goods"
    priced = any(line.amount_fen is not None for line in document.lines)
    mark = words.say(MARKS[document.status])
    ended = f"{mark} {document.ended_on}" if document.ended_on else ""
    reason = "" if copy == "donor" else document.reason  # words of the office
    sort = words.say("内部收款凭证") + (f" · {words.say('演示')}" if document.demo else "")
    warnings = [words.say("副本 COPY {day}", day=document.copied_on)] if document.copied_on else []
    warnings += [words.say("公开副本，姓名已隐去")] if document.full_url else []
    wish = words.say(WISHES[document.wish])
    remarks = [f"{words.say('更换收据')} {document.replaces}"] if document.replaces else []
    remarks += [f"{words.say('已更换为')} {document.replaced_by}"] if document.replaced_by else []
    # The remarks always have their row, as clerks write there; codes, and the project of goods, have one each.
    wanted = ROWS_MIN - 1 - bool(document.fiscal_number) - goods - len(document.lines)
    return {
        "number": document.number,
        "organisation": document.organisation,
        "sort": sort,
        "copy": words.say(COPIES[copy]),
        "warnings": warnings,
        "issued_on": document.issued_on,
        "mark": mark,
        "ended": ended,
        "ended_line": ended and (f"{ended} · {words.say('理由：{reason}', reason=reason)}" if reason else ended),
        "goods": goods,
        "donor": document.donor,
        "donor_id": document.donor_id or "—",
        "project": document.project,
        "kind": words.say(KINDS["goods" if goods else "money"]),
        "lines": [_goods_cells(line) if goods else _money_cells(line) for line in document.lines],
        "fillers": max(0, wanted),
        "capitals": money.capitals(document.total_fen) if priced else words.say(UNVALUED),
        "total": money.yuan_sign(document.total_fen) if priced else "—",
        "wish": f"{wish} · {document.wish_note}" if document.wish_note else wish,
        "channel": words.say(document.channel),
        "received_on": document.received_on,
        "memo": document.memo or "—",
        "fiscal": [document.fiscal_code, document.fiscal_number, document.fiscal_check]
        if document.fiscal_number
        else [],
        "remark": " ".join([*remarks, document.remark]),
        "handler": document.handler,
        "reviewer": document.reviewer,
        "receiver": document.receiver,
        "address": document.verify_url,
        "masked": words.say(MASKED, address=document.full_url) if document.full_url else "",
        "pick_up": document.pick_up if copy == "donor" else "",
        "notes": [words.say(pages.NOT_FOR_TAX), *([document.tax_note] if document.tax_note else [])],
    }


def _short(document: PrintedReceipt) -> bool:
    """Whether each text surely has its room and the form therefore its one page, as of nearly all money."""
    if document.lang != "zh" or document.lines[0].kind == "goods" or document.full_url or document.ended_on:
        return False
    texts = [document.organisation, document.donor, document.wish_note, document.memo]
    texts += [document.handler, document.reviewer, document.receiver, document.remark]
    cells = [text for line in document.lines for text in (line.project, line.specification)]
    return (
        len(document.lines) <= SHORT_LINES
        and all(glyphs.width_em(text) <= SHORT_EM for text in texts)
        and all(glyphs.width_em(text) <= SHORT_CELL_EM for text in cells)
        and glyphs.width_em(document.tax_note) <= SHORT_NOTE_EM
    )


def _money_cells(line: ReceiptLine) -> list[str]:
    assert line.amount_fen is not None
    return [line.project, words.say(KINDS[line.kind]), line.specification, money.yuan(line.amount_fen)]


def _goods_cells(line: ReceiptLine) -> list[str]:
    return [
        line.name,
        line.specification,
        line.measure,
        f"{line.quantity:,}" if line.quantity is not None else "",
        money.yuan(line.unit_price_fen) if line.unit_price_fen is not None else "",
        money.yuan(line.amount_fen) if line.amount_fen is not None else words.say(UNVALUED),
        line.basis,
    ]
