"""The JSON calls of rosters (docs/api.md)."""

from typing import Any

from charity.aid.branches.api import ConfirmedAnswer, StatusAnswer, WaitingAnswer
from charity.aid.branches.forms import DecideBody, RefuseBody, WithdrawBody
from charity.aid.rosters import readers, verbs
from charity.aid.rosters.forms import LineBody, RosterBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


class RosterAnswer(WaitingAnswer):
    """A roster whole; `content` is the canonical text whose SHA-256 is the content hash."""

    voucher: str
    distributed_on: str
    place: str
    amount_fen: int
    recipients: int
    lines: list[LineBody]
    content: str


_SAME = ("number", "status", "content_hash", "voucher", "distributed_on", "amount_fen", "recipients", "content")


async def record(call: Call) -> Answer:
    """`POST /aid/advances/{voucher}/rosters`."""
    return await verbs.record(
        voucher=call.path["voucher"], roster=call.body.content(), by=call.by, idem=call.idem("roster.record")
    )


async def read(call: Call) -> dict[str, Any]:
    """`GET /aid/rosters/{number}`."""
    roster = await readers.roster(call.path["number"])
    lines = [{"code": one.code, "amount_fen": fen} for one, fen in roster.listed]
    return {**{name: roster.row[name] for name in _SAME}, "place": roster.place, "lines": lines}


async def confirm(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/confirm`."""
    return await verbs.confirm(
        number=call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("roster.confirm")
    )


async def refuse(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/refuse`."""
    return await verbs.refuse(
        number=call.path["number"],
        reason=call.body.reason,
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("roster.refuse"),
    )


async def withdraw(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/withdraw`."""
    return await verbs.withdraw(
        number=call.path["number"], reason=call.body.reason, by=call.by, idem=call.idem("roster.withdraw")
    )


_ADVANCE, _ROSTER = "/aid/advances/{voucher}", "/aid/rosters/{number}"
endpoints = [
    Endpoint(
        "POST",
        f"{_ADVANCE}/rosters",
        record,
        permission="voucher.make",
        body=RosterBody,
        answer=WaitingAnswer,
        status=201,
        idempotent=True,
        summary="录入分会的花名册",
    ),
    Endpoint("GET", _ROSTER, read, permission="voucher.read", answer=RosterAnswer, summary="一份花名册"),
    Endpoint(
        "POST",
        f"{_ROSTER}/confirm",
        confirm,
        permission="voucher.approve",
        body=DecideBody,
        answer=ConfirmedAnswer,
        status=201,
        summary="核对花名册，转入业务活动成本",
    ),
    Endpoint(
        "POST",
        f"{_ROSTER}/refuse",
        refuse,
        permission="voucher.approve",
        body=RefuseBody,
        answer=StatusAnswer,
        summary="退回花名册",
    ),
    Endpoint(
        "POST",
        f"{_ROSTER}/withdraw",
        withdraw,
        permission="voucher.make",
        body=WithdrawBody,
        answer=StatusAnswer,
        summary="撤回花名册",
    ),
]
