"""Goods slips as printed: the intake slip (入库单, GRN) and the issue slip (出库单, GIN), docs/field.md 3.3.

Both are one form with different columns. Totals are counted from the lines; an unvalued line
prints 不计价 and adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity import money, words
from charity.printing import pages

LINES_MAX: Final = 2_000
ROWS_MIN: Final = 5
UNVALUED: Final = "不计价"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLine:
    """One lot that came in; prices None when there is no evidence of value."""

    barcode: str
    name: str
    specification: str = ""
    measure: str
    quantity: int
    unit_price_fen: int | None
    amount_fen: int | None
    basis: str = ""
    produced_on: str = ""
    expires_on: str = ""
    lot: str
    shelf: str = ""
    quality: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSlip:
    """The goods intake note: who brought what to which store."""

    number: str
    on: str
    organisation: str
    store: str
    donor: str
    wish: str = ""
    agreement: str = ""
    lines: Sequence[IntakeLine]
    counters: Sequence[str] = ()
    keeper: str = ""
    verify_url: str
    reversed_on: str = ""
    demo: bool = False
    lang: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """One lot that went out; `points` are those of the whole line."""

    barcode: str
    name: str
    specification: str = ""
    measure: str
    quantity: int
    lot: str
    unit_price_fen: int | None
    amount_fen: int | None
    points: int
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSlip:
    """The goods issue note. `recipient` comes masked (王*); never an ID number."""

    number: str
    on: str
    organisation: str
    store: str
    purpose: str
    programme: str = ""
    recipient: str = ""
    card: str = ""
    lines: Sequence[IssueLine]
    points_left: int | None = None
    proxy: str = ""
    issued_by: str = ""
    verify_url: str
    reversed_on: str = ""
    demo: bool = False
    lang: str = "zh"


def _priced(fen: int | None) -> str:
    return words.say(UNVALUED) if fen is None else money.yuan(fen)


def intake_html(slip: IntakeSlip) -> str:
    """The HTML of an intake slip, A4 landscape."""
    with words.speaking(slip.lang):
        rows = [
            (
                str(n),
                line.barcode,
                line.name,
                line.specification,
                line.measure,
                f"{line.quantity:,}",
                _priced(line.unit_price_fen),
                _priced(line.amount_fen),
                line.basis,
                line.produced_on,
                line.expires_on,
                line.lot,
                line.shelf,
                line.quality,
                line.remark,
            )
            for n, line in enumerate(slip.lines, start=1)
        ]
        say = words.say
        facts = [
            (say("店/库"), slip.store),
            (say("捐赠人"), slip.donor),
            (say("捐赠意愿"), slip.wish),
            (say("协议号"), slip.agreement),
        ]
        people = [*slip.counters, "", ""][:2]
        signatures = [
            (say("捐赠人"), ""),
            (say("验收人"), people[0]),
            (say("验收人"), people[1]),
            (say("保管员"), slip.keeper),
            (say("财务"), ""),
        ]
        heads = (
            ("no", "序号"),
            ("code", "条码"),
            ("name", "品名"),
            ("spec", "规格型号"),
            ("measure", "单 位"),
            ("count", "数量"),
            ("money", "单价"),
            ("money", "金额"),
            ("basis", "计价依据"),
            ("date", "生产日期"),
            ("date", "保质期至"),
            ("code", "批号"),
            ("shelf", "货位"),
            ("quality", "质检结果"),
            ("remark", "备注"),
        )
        return _form(slip, "intake", "捐赠物资接收（入库）单", facts, heads, rows, signatures)


def issue_html(slip: IssueSlip) -> str:
    """The HTML of an issue slip, A5 landscape."""
    with words.speaking(slip.lang):
        rows = [
            (
                str(n),
                line.barcode,
                line.name,
                line.specification,
                line.measure,
                f"{line.quantity:,}",
                line.lot,
                _priced(line.unit_price_fen),
                _priced(line.amount_fen),
                f"{line.points:,}",
                line.remark,
            )
            for n, line in enumerate(slip.lines, start=1)
        ]
        say = words.say
        left = "" if slip.points_left is None else f"{slip.points_left:,}"
        facts = [
            (say("出库店"), slip.store),
            (say("用途"), slip.purpose),
            (say("项目"), slip.programme),
            (say("领取人"), slip.recipient),
            (say("爱心卡"), slip.card),
            (say("结余积分"), left),
        ]
        if slip.proxy:
            facts.append((say("代领"), slip.proxy))
        signatures = [
            (say("批准"), ""),
            (say("发货"), slip.issued_by),
            (say("领用"), ""),
            (say("记账"), ""),
        ]
        heads = (
            ("no", "序号"),
            ("code", "条码"),
            ("name", "品名"),
            ("spec", "规格"),
            ("measure", "单 位"),
            ("count", "数量"),
            ("code", "批号"),
            ("money", "单价"),
            ("money", "金额"),
            ("count", "分值"),
            ("remark", "备注"),
        )
        return _form(slip, "issue", "物资出库单", facts, heads, rows, signatures)


def _totals(slip: IntakeSlip | IssueSlip, heads: Sequence[tuple[str, str]]) -> list[str]:
    """The cells of the sum row: pieces, value and points, under their columns."""
    amounts = [line.amount_fen for line in slip.lines if line.amount_fen is not None]
    sums = {
        "数量": f"{sum(line.quantity for line in slip.lines):,}",
        "金额": money.yuan(sum(amounts)) if amounts else words.say(UNVALUED),
    }
    if isinstance(slip, IssueSlip):
        sums["分值"] = f"{sum(line.points for line in slip.lines):,}"
    return [sums.get(label, "") for _, label in heads]


def _form(
    slip: IntakeSlip | IssueSlip,
    kind: str,
    title: str,
    facts: Sequence[tuple[str, str]],
    heads: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str]],
    signatures: Sequence[tuple[str, str]],
) -> str:
    assert 1 <= len(rows) <= LINES_MAX, len(rows)
    view: dict[str, Any] = {
        "kind": kind,
        "title": words.say(title),
        "facts": facts,
        "heads": [(css, words.say(label)) for css, label in heads],
        "rows": rows,
        "totals": _totals(slip, heads),
        "signatures": signatures,
        "fillers": max(0, ROWS_MIN - len(rows)),
        "mark": words.say("已冲销") if slip.reversed_on else "",
    }
    return pages.render("slip.html", lang=slip.lang, document=slip, demo=slip.demo, **view)
