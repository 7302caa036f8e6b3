"""What the pages of unidentified money show, with words in the reader's language."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from charity import addresses, clock, words
from charity.bank import matching
from charity.bank.statements import LineView
from charity.db import sealed
from charity.giving import settling, unidentified
from charity.giving.unidentified import ReturnStatus, Unidentified, UnidentifiedReturn, Use
from charity.ledger import journal_vouchers, places
from charity.office import staff
from charity.roles import Actor


def state(row: Unidentified) -> dict[str, str]:
    """How far it is."""
    if row.reversal_seq is not None:
        return {"code": "reversed", "label": words.say("已冲销"), "tone": "none"}
    if row.left_fen:
        return {"code": "left", "label": words.say("待查明"), "tone": "wait"}
    return {"code": "used", "label": words.say("已查明@bank"), "tone": "good"}


async def listed(rows: Sequence[Unidentified]) -> list[dict[str, Any]]:
    """The lines of the list."""
    named = await places.labels()
    return [
        {
            "number": row.number,
            "href": addresses.of("unidentified", row.number),
            "place": named.get(row.place, row.place),
            "on": row.on_day,
            "days": _days(row),
            "status": state(row),
            "fen": row.fen,
            "left": row.left_fen,
        }
        for row in rows
    ]


async def uses(taken: Sequence[Use], by: Actor) -> list[dict[str, Any]]:
    """What became of one: its entries, with what each took."""
    entries = await journal_vouchers.shown_of_each([use.seq for use in taken])
    return [
        {"entry": {"value": entries[use.seq], "href": addresses.shown_to(by, "entry", use.seq)}, "fen": use.fen}
        for use in taken
    ]


async def show(row: Unidentified, line: LineView, by: Actor) -> dict[str, Any]:
    """One with what the bank says of it."""
    say, named = words.say, await places.labels()
    people = await staff.names({row.held_by, row.reversed_by or ""} - {""})
    facts: list[dict[str, Any]] = [
        {"term": say("金额"), "value": row.fen, "kind": "yuan"},
        {"term": say("尚未查明"), "value": row.left_fen, "kind": "yuan"},
        {"term": say("账户"), "value": named.get(row.place, row.place)},
        {"term": say("交易日期"), "value": row.on_day, "kind": "date", "note": say("已 {days} 天", days=_days(row))},
        {
            "term": say("银行流水"),
            "value": {"value": line.name or say("无户名"), "href": addresses.shown_to(by, "bank_line", row.line)},
            "note": line.memo,
        },
        {"term": say("流水号"), "value": row.channel_ref, "kind": "code"},
        {"term": say("已知情况"), "value": sealed.unseal("unidentified", "note", row.number, row.note)},
        {"term": say("出纳"), "value": people.get(row.held_by, "")},
        {"term": say("登记时间"), "value": row.held_at, "kind": "instant"},
    ]
    if row.reversal_seq is not None:
        reason = sealed.unseal("unidentified", "reason", row.number, row.reason)
        facts += [
            {"term": say("冲销"), "value": people.get(row.reversed_by or "", ""), "note": reason},
            {"term": say("冲销时间"), "value": row.reversed_at, "kind": "instant"},
        ]
    return {
        "number": row.number,
        "state": state(row),
        "facts": facts,
        "left": row.left_fen,
        "gift_href": await matching.gift_form(
            line, await settling.awaited(by=by), fen=row.left_fen, reference=row.number
        )
        if row.left_fen and by.may("gift.receive")
        else "",
        "reversible": row.reversal_seq is None and row.left_fen == row.fen and row.held_by != by.key,
        "can_ask": bool(row.left_fen) and by.may("refund.request"),
        "returns": [
            {
                "number": {"value": one.number, "href": addresses.of("unidentified_return", one.number)},
                "status": return_state(one),
                "fen": one.fen,
            }
            for one in await unidentified.returns_of(row.number, by=by)
        ],
        "entry": await journal_vouchers.shown_of(row.seq),
        "seq": row.seq,
    }


RETURN_WORDS = {
    ReturnStatus.ASKED: ("待付款@bank", "wait"),
    ReturnStatus.WITHDRAWN: ("不再退回", "none"),
    ReturnStatus.PAID: ("已退回@bank", "good"),
}


def return_state(row: UnidentifiedReturn) -> dict[str, str]:
    """How far it is."""
    label, tone = RETURN_WORDS[ReturnStatus(row.status)]
    return {"code": str(row.status), "label": words.say(label), "tone": tone}


async def returned(row: UnidentifiedReturn, by: Actor, typed: dict[str, str]) -> dict[str, Any]:
    """What goes back, who asked for it, and who paid it."""
    say = words.say
    people = await staff.names({row.asked_by, row.paid_by or ""} - {""})
    facts: list[dict[str, Any]] = [
        {"term": say("金额"), "value": row.fen, "kind": "yuan"},
        {"term": say("暂收款"), "value": row.unidentified, "kind": "code"},
        {"term": say("理由"), "value": sealed.unseal("unidentified_return", "reason", row.number, row.reason)},
        {"term": say("申请人"), "value": people.get(row.asked_by, "")},
        {"term": say("申请时间"), "value": row.asked_at, "kind": "instant"},
    ]
    if row.seq is not None:
        facts += [
            {"term": say("付款日期"), "value": row.paid_on, "kind": "date"},
            {"term": say("银行回单号"), "value": row.channel_ref, "kind": "code"},
            {"term": say("出纳"), "value": people.get(row.paid_by or "", "")},
        ]
    waits = row.status == ReturnStatus.ASKED
    return {
        "number": row.number,
        "of": row.unidentified,
        "fen": row.fen,
        "facts": facts,
        "state": return_state(row),
        "values": {"paid_on": clock.today().isoformat(), "channel_ref": "", **typed},
        "can_pay": waits and by.may("refund.pay") and row.asked_by != by.key,
        "can_withdraw": waits and by.may("refund.request"),
    }


def _days(row: Unidentified) -> int:
    return (clock.today() - date.fromisoformat(row.on_day)).days
