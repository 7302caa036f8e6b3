"""Goods slips as printed: the intake slip (入库单, GRN) and the issue slip (出库单, GIN), docs/field.md 3.3.

Both are one form with different columns. Totals are counted from the lines; an unvalued line
prints 不计价 and adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from charity import money, words
from charity.printing import pages

LINES_MAX: Final = 2_000
ROWS_MIN: Final = 5
UNVALUED: Final = "不计价"
INTAKES: Final = {"gift": "捐赠物资接收（入库）单", "purchase": "采购物资入库单", "opening": "期初物资入库单"}
IN_REVERSED: Final = "物资入库冲销单（红字）"
OUT_REVERSED: Final = "物资出库冲销单（红字）"


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
    source: Literal["gift", "purchase", "opening"] = "gift"
    reversed_on: str = ""
    reverses: str = ""
    reason: str = ""
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
    reverses: str = ""
    reason: str = ""
    demo: bool = False
    lang: str = "zh"


def _priced(fen: int | None) -> str:
    return words.say(UNVALUED) if fen is None else money.yuan(fen)


def _sign(slip: "IntakeSlip | IssueSlip") -> int:
    """A slip that takes another back is written in red figures: below nothing."""
    return -1 if slip.reverses else 1


def _signed(slip: "IntakeSlip | IssueSlip", fen: int | None) -> str:
    return _priced(None if fen is None else _sign(slip) * fen)


def _taken_back(slip: "IntakeSlip | IssueSlip") -> list[tuple[str, str]]:
    """Which slip a reversal takes back, and why."""
    return [(words.say("被冲销单号"), slip.reverses), (words.say("冲销原因"), slip.reason)] if slip.reverses else []


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
                f"{_sign(slip) * line.quantity:,}",
                _priced(line.unit_price_fen),
                _signed(slip, line.amount_fen),
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
        given = slip.source == "gift"
        facts = [(say("店/库"), slip.store), (say("捐赠人") if given else say("来源"), slip.donor)]
        if given:
            facts += [(say("捐赠意愿"), slip.wish), (say("协议号"), slip.agreement)]
        facts += _taken_back(slip)
        people = [*slip.counters, "", ""][:2]
        signatures = [
            (say("捐赠人") if given else say("经办"), ""),
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
        title = IN_REVERSED if slip.reverses else INTAKES[slip.source]
        return _form(slip, "intake", title, facts, heads, rows, signatures)


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
                f"{_sign(slip) * line.quantity:,}",
                line.lot,
                _priced(line.unit_price_fen),
                _signed(slip, line.amount_fen),
                f"{_sign(slip) * line.points:,}",
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
        facts += _taken_back(slip)
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
        return _form(slip, "issue", OUT_REVERSED if slip.reverses else "物资出库单", facts, heads, rows, signatures)


def _totals(slip: IntakeSlip | IssueSlip, heads: Sequence[tuple[str, str]]) -> list[str]:
    """The cells of the sum row: pieces, value and points, under their columns."""
    amounts = [line.amount_fen for line in slip.lines if line.amount_fen is not None]
    sums = {
        "数量": f"{_sign(slip) * sum(line.quantity for line in slip.lines):,}",
        "金额": money.yuan(_sign(slip) * sum(amounts)) if amounts else words.say(UNVALUED),
    }
    if isinstance(slip, IssueSlip):
        sums["分值"] = f"{_sign(slip) * sum(line.points for line in slip.lines):,}"
    return [sums.get(label, "") for _, label in heads]


def _capitals(slip: IntakeSlip | IssueSlip) -> str:
    """The sum of a slip in capitals; "" when nothing on it has a value."""
    amounts = [line.amount_fen for line in slip.lines if line.amount_fen is not None]
    if not amounts:
        return ""
    return money.capitals(_sign(slip) * sum(amounts))


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
        "mark": words.say("已冲销") if slip.reversed_on else words.say("红字") if slip.reverses else "",
        "capitals": _capitals(slip) if kind == "intake" else "",
    }
    return pages.render("slip.html", lang=slip.lang, document=slip, demo=slip.demo, **view)
