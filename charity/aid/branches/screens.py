"""What the pages of advances show, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from charity import addresses, words
from charity.aid import recipients
from charity.aid.branches.readers import Advance, Return
from charity.aid.branches.returns import CHARTS
from charity.aid.models import RosterStatus
from charity.errors import Refusal
from charity.ledger import places as money_places
from charity.money import yuan
from charity.roles import Actor
from charity.web import confirming, pages

STATUS_WORDS = {
    "waiting": "待核对",
    "confirmed": "已发放",
    "refused": "已退回",
    "withdrawn": "已撤回",
    "reversed": "已冲销",
}
"""Of a roster."""
RETURN_WORDS = STATUS_WORDS | {"confirmed": "已入账", "refused": "未通过"}
REVERSAL_WORDS = RETURN_WORDS | {"confirmed": "已冲销"}
TONES = {"waiting": "wait", "confirmed": "good", "refused": "bad", "withdrawn": "none", "reversed": "bad"}
_FIELD_NAMES = {"amount_fen": "amount_yuan"}


def errors(refusal: Refusal | None) -> list[dict[str, str]]:
    """The errors of a refusal under the names of our form's fields."""
    if refusal is None:
        return []
    listed = pages.errors(refusal)
    return [{**error, "field": _field(error["field"])} for error in listed]


def _field(name: str) -> str:
    return "listed" if name.startswith("lines") else _FIELD_NAMES.get(name, name)


def roster_line(row: dict[str, Any]) -> dict[str, Any]:
    """A roster in a list."""
    return {
        "href": addresses.of("roster", row["number"]),
        "number": row["number"],
        "voucher": row["voucher"],
        "distributed_on": row["distributed_on"],
        "recipients": recipients.helped(row["recipients"], listed=bool(row["listed"])),
        "amount": row["amount_fen"],
        "status": state(row),
    }


def state(row: dict[str, Any], named: Mapping[str, str] = STATUS_WORDS) -> dict[str, str]:
    """The status as a word."""
    return {"code": row["status"], "label": words.say(named[row["status"]]), "tone": TONES[row["status"]]}


def crowded(advance: Advance) -> str:
    """What to say where what waits for this payment says more than is there; else ""."""
    row = advance.row
    if row["waiting_fen"] <= row["open_fen"]:
        return ""
    return words.say(
        "等待核对的花名册和退回的款合计 {waiting} 元，超过还在分会的 {open} 元，不能都核对：请撤回或退回录重了的。",
        waiting=yuan(row["waiting_fen"]),
        open=yuan(row["open_fen"]),
    )


def show(advance: Advance, by: Actor) -> dict[str, Any]:
    """The page of one payment to a branch."""
    row = advance.row
    return {
        "voucher": row["voucher"],
        "facts": [
            {"term": words.say("分会"), "value": advance.branch, "note": row["branch"]},
            {"term": words.say("慈善项目"), "value": f"{row['programme']} {advance.programme}"},
            {"term": words.say("资金来源"), "value": f"{row['fund']} {advance.fund}"},
            {"term": words.say("拨付日期"), "value": row["paid_on"], "kind": "date"},
            {"term": words.say("拨付金额"), "value": row["amount_fen"], "kind": "yuan"},
            {"term": words.say("已有花名册"), "value": row["rostered_fen"], "kind": "yuan"},
            {"term": words.say("已退回的款"), "value": row["returned_fen"], "kind": "yuan"},
            {"term": words.say("待交花名册"), "value": row["open_fen"], "kind": "yuan"},
        ],
        "rosters": [roster_line(roster) for roster in advance.rosters],
        "crowded": crowded(advance),
        "returns": [
            {
                **one,
                "href": addresses.of("branch_return", one["number"]),
                "amount": one["amount_fen"],
                "status": state(one, RETURN_WORDS),
            }
            for one in advance.returns
        ],
        "may_return": by.may("voucher.pay") and row["open_fen"] > 0,
        "may_record": by.may("voucher.make") and row["open_fen"] > 0,
    }


async def places() -> list[dict[str, str]]:
    """Where what came back may lie, to choose from."""
    return [{"value": code, "label": name} for code, name in (await money_places.labels(CHARTS)).items()]


def return_facts(back: Return) -> list[dict[str, Any]]:
    """What exactly is confirmed of a return."""
    row, advance = back.row, back.advance
    return [
        {"term": words.say("分会"), "value": advance.branch, "note": advance.row["branch"]},
        {"term": words.say("慈善项目"), "value": f"{advance.row['programme']} {advance.programme}"},
        {"term": words.say("资金来源"), "value": f"{advance.row['fund']} {advance.fund}"},
        {"term": words.say("金额"), "value": row["amount_fen"], "kind": "yuan"},
        {"term": words.say("收款日期"), "value": row["received_on"], "kind": "date"},
        {"term": words.say("收款账户"), "value": back.place},
        {"term": words.say("银行回单号"), "value": row["channel_ref"], "kind": "code"},
        {"term": words.say("录入人"), "value": back.cashier},
        {"term": words.say("状态"), "value": state(row, RETURN_WORDS), "kind": "status"},
    ]


def decided(whole: Any, by: Actor) -> list[dict[str, Any]]:
    """Who decided, when, and the journal voucher: of a roster, a return or a reversal as it was read."""
    row = whole.row
    if not row["decided_by"]:
        return []
    withdrawn = row["status"] == RosterStatus.WITHDRAWN
    listed = [
        {"term": words.say("撤回人") if withdrawn else words.say("核对人"), "value": whole.decided_by},
        {
            "term": words.say("撤回时间") if withdrawn else words.say("核对时间"),
            "value": row["decided_at"],
            "kind": "instant",
        },
    ]
    if not whole.entry:
        return listed
    href = addresses.shown_to(by, "journal_voucher", whole.journal)
    return [*listed, {"term": words.say("记账凭证"), "value": whole.entry, "kind": "code", "href": href}]


def undoing(row: dict[str, Any], reversal: str, *, may: bool) -> dict[str, Any]:
    """Whether the reversal of this may be asked for, and where the one is that was."""
    booked = row["status"] == RosterStatus.CONFIRMED
    return {
        "may_reverse": may and booked and not reversal,
        "reversal": reversal,
        "reversal_href": addresses.of("branch_reversal", reversal) if reversal else "",
    }


def step(row: dict[str, Any], author: str, by: Actor) -> dict[str, Any]:
    """What this reader may do with what waits."""
    waits = row["status"] == RosterStatus.WAITING
    mine = row[author] == by.key
    return {"waits": waits, "mine": waits and mine, "may_decide": waits and not mine and by.may("voucher.approve")}


async def show_return(back: Return, reversal: str, by: Actor) -> dict[str, Any]:
    """The page of one return."""
    row, number = back.row, back.row["number"]
    return {
        "number": number,
        "title": words.say("分会退回的款"),
        "back": addresses.of("advance", row["voucher"]),
        "action": addresses.of("branch_return", number),
        "confirm": words.say("与银行回单一致，入账"),
        "state": state(row, RETURN_WORDS),
        "facts": return_facts(back),
        "decided": decided(back, by),
        "carried": confirming.carried(back.content_hash, return_facts(back)),
        "ended": back.reason,
        "crowded": crowded(back.advance) if row["status"] == RosterStatus.WAITING else "",
        "content_hash": back.content_hash,
        **step(row, "cashier", by),
        **undoing(row, reversal, may=by.may("voucher.pay")),
    }


def why(number: str, action: str, back: str, facts: list[dict[str, Any]], content_hash: str) -> dict[str, Any]:
    """The page that asks for a reason before something ends: `action` is refuse, withdraw or reverse."""
    title, says, label = _WHY[action]
    return {
        "title": words.say(title, number=number),
        "says": words.say(says),
        "label": words.say(label),
        "action": f"{back}/{action}",
        "back": back,
        "facts": facts,
        "carried": confirming.carried(content_hash, facts),
    }


_WHY = {
    "refuse": ("退回 {number}", "退回后就此结束，账上没有变动，要照正确的重新录入。", "退回"),
    "withdraw": ("撤回 {number}", "撤回后就此结束，账上没有变动；录错了的，撤回后重新录入。", "撤回"),
    "reverse": (
        "申请冲销 {number}",
        "由另一位审批人核对后才冲销：原分录按原样冲回，花名册的受益人不再计入，退回的款重新算作预拨。",
        "提交申请",
    ),
}
