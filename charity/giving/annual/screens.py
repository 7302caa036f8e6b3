"""The lines of a year in the reader's language: for the page, the print and the call."""

from typing import Any, Final

from charity import words
from charity.giving.annual.readers import Statement
from charity.giving.receipts import STATUS_WORDS
from charity.money import yuan

STATES: Final = {"ok": "", "refunded": "已退款，不计入", "corrected": "已更正，不计入", "partly": "已退款 {amount} 元"}
KINDS: Final = {"cash": "货币", "in_kind": "实物"}


def rows(one: Statement) -> list[dict[str, Any]]:
    """A line for each gift; `amount` None prints 不计价."""
    return [
        {
            "n": n,
            "on": gift.received_on,
            "project": gift.project,
            "kind": words.say(KINDS[gift.kind]),
            "amount": gift.amount_fen,
            "stands": gift.stands_fen if gift.amount_fen is not None else None,
            "receipt": gift.receipt,
            "note": _note(gift.state, gift.refunded_fen, gift.receipt, gift.receipt_status),
        }
        for n, gift in enumerate(one.gifts, 1)
    ]


def _note(state: str, refunded_fen: int, receipt: str, receipt_status: str) -> str:
    """What became of the gift, and of its receipt."""
    parts = [words.say(STATES[state], amount=yuan(refunded_fen))] if state != "ok" else []
    if not receipt:
        parts.append(words.say("没有收据"))
    elif receipt_status != "issued":
        parts.append(words.say("收据{state}", state=words.Term(STATUS_WORDS[receipt_status])))
    return words.listed(parts)


def facts(one: Statement) -> list[dict[str, Any]]:
    """Terms and values above the lines."""
    listed = [
        ("捐赠人", one.name, "text"),
        ("证件/统一社会信用代码", one.id_shown, "text"),
        ("货币捐赠合计", one.money_fen, "yuan"),
        ("实物折价合计", one.goods_fen, "yuan"),
        ("捐赠笔数", len(one.gifts), "count"),
    ]
    return [
        {"term": words.translate(term), "value": value, "kind": kind} for term, value, kind in listed if value != ""
    ]
