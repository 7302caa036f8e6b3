"""What the pages of journal vouchers show, with words in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from charity import addresses, words
from charity.finance.reviews import readers
from charity.finance.reviews.readers import Day, Question, View
from charity.giving import receipts
from charity.ledger import accounts as acc
from charity.ledger import funds, journal_vouchers, places
from charity.ledger.journal_vouchers import Line, Source, Voucher
from charity.ledger.numbering import UNUSUAL_WORDS, printed
from charity.office import staff, stores
from charity.people import institutions
from charity.printing.journal import SHEETS_MAX
from charity.roles import Actor

KIND_WORDS = {
    "opening": "期初余额",
    "goods.opening": "期初库存",
    "gift.cash": "收到捐款",
    "gift.refund": "退款入账",
    "gift.reversal": "冲销捐款",
    "gift.correction": "更正以前年度捐款",
    "refund.paid": "支付退款",
    "voucher.paid": "按审批单付款",
    "branch.returned": "分会退回预拨款",
    "branch.roster": "分会花名册转入业务活动成本",
    "roster.reversal": "冲销分会花名册",
    "return.reversal": "冲销分会退回预拨款",
    "money.transfer": "资金划转",
    "money.reversal": "资金划转冲销",
    "unidentified.held": "暂收来源不明的款项",
    "bank.fee": "银行手续费",
    "bank.fee_reversal": "冲销银行手续费",
    "unidentified.returned": "退回暂收款",
    "unidentified.reversal": "冲销暂收款",
    "money.reclassified": "为更正捐款调回资金",
    "goods.gift": "捐赠物资入库",
    "goods.purchase": "采购物资入库",
    "goods.issue": "发放物资",
    "goods.reversal": "物资单据冲销",
    "points.grant": "发放积分",
    "points.expire": "积分到期",
}


_HELD: Final = f"{acc.OTHER_PAYABLE}/unidentified"
"""What gifts have in common that were recognised in money that nobody could name."""


async def day(waiting: Day, by: Actor, changed: Sequence[str] = ()) -> dict[str, Any]:
    """The list of a day: each voucher with its lines on the screen."""
    names, labels = await funds.names(), await part_names()
    return {
        "on": waiting.on,
        "before": waiting.before,
        "behind": waiting.behind,
        "vouchers": [
            {**_voucher(view, names, labels, by), "changed": view.row["number"] in changed} for view in waiting.vouchers
        ],
        "may_review": by.may("review.make"),
    }


def _voucher(view: View, names: Mapping[str, str], labels: Mapping[str, str], by: Actor) -> dict[str, Any]:
    row = view.row
    return {
        "number": row["number"],
        "printed": printed(row["number"]),
        "href": addresses.of("journal_voucher", row["number"]),
        "summary": summary(view),
        "unusual": unusual(view),
        "amount": row["amount_fen"],
        "count": row["entries"],
        "cashiers": words.listed(view.names(row["cashiers"])),
        "maker": maker(view),
        "lines": lines(view.lines, names, labels, by),
        "content_hash": view.content_hash,
        "mine": view.mine,
        "asked": view.asked,
        "reversed": words.listed(f"#{seq}" for seq in view.reversed),
    }


def summary(view: View) -> str:
    """摘要 of a voucher with all its entries."""
    return summary_of(view.row, view.source, view.row["entries"])


def summary_of(row: Voucher, source: Source | None, count: int) -> str:
    """摘要: what it is about, how many there are where they are many, its document, and what a reversal takes back.

    That a reversal names day and number of the voucher it takes back: 会计基础工作规范 51 (五).
    """
    original = source.takes_back if source else None
    text = about(row, count)
    if count > 1:
        return text
    number, _ = named(source.facts if source else {})
    text = f"{text} {number}".rstrip()
    if original is None:
        return text
    return words.say(
        "{text}，注销 {day} {number} 号凭证", text=text, day=original["day"], number=printed(original["number"])
    )


def about(row: Voucher, count: int) -> str:
    """What a voucher is about, and how many there are where they are many."""
    held = row["key"].endswith(f"|{_HELD}")
    text = words.say("暂收款查明为捐款") if held else words.translate(KIND_WORDS.get(row["kind"], row["kind"]))
    return words.say("{text}，{count} 笔", text=text, count=count) if count > 1 else text


def document(view: View) -> tuple[str, str]:
    """Number and page of the document that a voucher of one entry was booked from; "" and "" for others."""
    return named(view.source.facts if view.source else {})


def document_of(facts: Mapping[str, Any]) -> str | None:
    """What an entry was booked from, as the API names it: a document's number, a gift's key."""
    source = addresses.document(facts)
    return source[1] if source else None


def named(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Number and page of the document that the facts of an entry name; "" and "" where they name none but a gift."""
    source = addresses.document(facts)
    return (source[1], addresses.of(*source)) if source and source[0] != "gift" else ("", "")


def _document_fact(view: View) -> list[dict[str, Any]]:
    number, href = document(view)
    return [{"term": words.say("原始凭证"), "value": number, "kind": "code", "href": href}] if number else []


def unusual(view: View) -> list[str]:
    """Why it is looked at first, in the order of UNUSUAL_WORDS."""
    listed = view.row["unusual"].split()
    return [words.translate(text) for name, text in UNUSUAL_WORDS.items() if name in listed]


def maker(view: View) -> str:
    """制单."""
    return words.listed(view.names(view.row["makers"])) or words.say("系统，据单据")


def lines(of: Sequence[Line], names: Mapping[str, str], labels: Mapping[str, str], by: Actor) -> list[dict[str, Any]]:
    """The lines as tables show them, debits first; an account that its entries used on both sides has two."""
    sides: list[tuple[str, int | None, int | None]] = [
        (one.account, one.debit_fen, None) for one in of if one.debit_fen
    ]
    sides += [(one.account, None, one.credit_fen) for one in of if one.credit_fen]
    return [
        {"account": title(account, names, labels, by), "debit": debit, "credit": credit}
        for account, debit, credit in sides
    ]


async def part_names() -> dict[str, str]:
    """Names of what an account is of: a place of money, a programme, a store, a branch; by the front of its code."""
    stored = await stores.names()
    named = {
        acc.ADVANCED: await institutions.branches(),
        acc.COST: await funds.programme_names(),
        acc.STOCK: stored,
        acc.AGENCY_ASSETS: stored,
    }
    parts = {f"{chart}/{code}": f"{code} {name}" for chart, names in named.items() for code, name in names.items()}
    return await places.labels() | parts


def title(account: str, names: Mapping[str, str], labels: Mapping[str, str], by: Actor) -> dict[str, str]:
    """An account with its name, and the fund below it; `names` are those of funds, `labels` the `part_names`."""
    fund = acc.fund(account)
    return {
        "value": places.account_title(account, labels),
        "note": f"{fund} {names.get(fund, '')}".strip(),
        "href": addresses.shown_to(by, "account", account),
    }


async def voucher(view: View, rows: Sequence[dict[str, Any]], by: Actor) -> dict[str, Any]:
    """One voucher whole, with a page of its entries."""
    held = await receipts.held([one["facts"]["donation"] for one in rows if "donation" in one["facts"]], by=by)
    row, say, review = view.row, words.say, view.review
    facts: list[dict[str, Any]] = [
        {"term": say("业务日期"), "value": row["day"], "kind": "date"},
        {"term": say("摘要"), "value": summary(view), "note": await _place(view)},
        *_document_fact(view),
        {"term": say("合计"), "value": row["amount_fen"], "kind": "yuan"},
        {"term": say("分录"), "value": row["entries"], "kind": "count"},
        {"term": say("会计主管"), "value": say("打印后签章")},
        {"term": say("出纳"), "value": words.listed(view.names(row["cashiers"]))},
        {"term": say("制单"), "value": maker(view)},
        {"term": say("审核"), "value": view.people.get(review["reviewer"], "") if review else ""},
        {"term": say("审核时间"), "value": review["at"] if review else "", "kind": "instant" if review else "text"},
    ]
    return {
        "number": row["number"],
        "printed": printed(row["number"]),
        "facts": facts,
        "unusual": unusual(view),
        "reversed": words.listed(f"#{seq}" for seq in view.reversed),
        "lines": lines(view.lines, await funds.names(), await part_names(), by),
        "total": row["amount_fen"],
        "entries": [
            {
                "seq": {"value": f"#{one['seq']}", "href": addresses.shown_to(by, "entry", one["seq"])},
                "document": _linked(one, held),
                "at": one["recorded_at"],
                "note": _note(one),
                "amount": one["amount_fen"],
            }
            for one in rows
        ],
        "content_hash": view.content_hash,
        "state": {"code": "reviewed", "label": say("已复核"), "tone": "good"}
        if review
        else {"code": "waiting", "label": say("待复核"), "tone": "wait"},
        "may_review": by.may("review.make") and review is None and not view.mine,
        "mine": view.mine and review is None,
        "back": f"/journal?on={row['day']}",
        "month": row["month"],
        "part": (row["n"] - 1) // SHEETS_MAX * SHEETS_MAX,
    }


def _linked(entry: dict[str, Any], held: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The document of one entry, linked: of a gift the receipt that it is on (number and code, by gift)."""
    number, href = named(entry["facts"])
    if not number and entry["facts"].get("donation") in held:
        number, code = held[entry["facts"]["donation"]]
        href = addresses.of("receipt", code)
    return {"value": number, "href": href}


def _note(entry: dict[str, Any]) -> str:
    if entry["reverses"] is not None:
        return words.say("冲销 #{seq}", seq=entry["reverses"])
    return words.say("已由 #{seq} 冲销", seq=entry["reversed_by"]) if entry["reversed_by"] is not None else ""


async def _place(view: View) -> str:
    place = view.row["key"].rpartition("|")[2] if "|" in view.row["key"] else ""
    return "" if place == _HELD else (await places.labels()).get(place, place)


async def questions(view: View, by: Actor) -> dict[str, Any]:
    """What was asked about a voucher, and whether this account may ask."""
    listed = await readers.questions_of(view.row["number"])
    keys = {key for one in listed for key in (one.row["asked_by"], one.row["answered_by"] or "")} - {""}
    people = await staff.names(keys)
    events: list[dict[str, Any]] = []
    for one in listed:
        row = one.row
        who = people.get(row["asked_by"], "")
        events.append({"text": one.question, "at": row["asked_at"], "who": who, "tone": "wait"})
        if row["answered_at"] is not None:
            who = people.get(row["answered_by"] or "", "")
            events.append({"text": one.answer, "at": row["answered_at"], "who": who, "tone": "good"})
    may_ask = by.may("review.make") and view.review is None and not view.mine
    waits = any(one.row["answered_at"] is None for one in listed)
    return {"questions": events, "may_ask": may_ask, "open_question": waits}


async def question(one: Question, by: Actor) -> dict[str, Any]:
    """A question for whoever answers it: what it is about, with the lines of its voucher."""
    row = one.row
    (view,) = await readers.views(await journal_vouchers.some([row["number"]]), by=by)
    people = await staff.names({row["asked_by"]})
    return {
        "key": row["key"],
        "printed": printed(row["number"]),
        "facts": [
            {"term": words.say("询问"), "value": one.question},
            {"term": words.say("询问人"), "value": people.get(row["asked_by"], "")},
            {"term": words.say("询问时间"), "value": row["asked_at"], "kind": "instant"},
            {"term": words.say("业务日期"), "value": view.row["day"], "kind": "date"},
            {"term": words.say("摘要"), "value": summary(view), "note": await _place(view)},
            *_document_fact(view),
            {"term": words.say("合计"), "value": view.row["amount_fen"], "kind": "yuan"},
        ],
        "lines": lines(view.lines, await funds.names(), await part_names(), by),
        "answer": one.answer,
    }
