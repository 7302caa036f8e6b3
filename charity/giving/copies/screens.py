"""What a giver sees of his own receipt: the facts of its print."""

from typing import Any

from charity import words
from charity.giving.receipts import STATUS_WORDS
from charity.printing.receipts import PrintedReceipt


def project_of(printed: PrintedReceipt) -> str:
    """What the gifts on it were given for."""
    return printed.project or words.listed(dict.fromkeys(line.project for line in printed.lines))


def facts(printed: PrintedReceipt) -> list[dict[str, Any]]:
    """Terms and values for the page."""
    goods = printed.lines[0].kind == "goods"
    listed = [
        ("收据编号", printed.number, "code"),
        ("捐赠人", printed.donor, "text"),
        ("证件/统一社会信用代码", printed.donor_id, "text"),
        ("捐赠项目", project_of(printed), "text"),
        ("金额", printed.total_fen, "yuan"),
        ("收到日期" if goods else "到账日期", printed.received_on, "date"),
        ("开具日期", printed.issued_on, "date"),
        ("附言", printed.memo, "text"),
        ("开票人（经办人）", printed.handler, "text"),
        ("复核人", printed.reviewer, "text"),
        ("收货人" if goods else "收款人", printed.receiver, "text"),
    ]
    if printed.ended_on:
        state = words.translate(STATUS_WORDS[printed.status])
        listed += [("作废或更换日期", printed.ended_on, "date"), ("状态", state, "text")]
    return [{"term": words.translate(term), "value": value, "kind": kind} for term, value, kind in listed if value]
