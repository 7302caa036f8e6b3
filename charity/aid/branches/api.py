"""The JSON calls of money at branches (docs/api.md)."""

from typing import Any

from pydantic import BaseModel

from charity.aid.branches import readers, returns, rosters
from charity.aid.branches.forms import DecideBody, LineBody, RefuseBody, ReturnBody, RosterBody
from charity.aid.models import RosterStatus
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


class AdvanceAnswer(BaseModel):
    """A payment to a branch; `open_fen` is what it still has: no roster accounts for it, and it did not come back."""

    voucher: str
    branch: str
    fund: str
    programme: str
    paid_on: str
    amount_fen: int
    rostered_fen: int
    returned_fen: int
    open_fen: int


class AdvanceList(BaseModel):
    """Those that wait for rosters, oldest first, at most 200: what is settled makes room for the next."""

    items: list[AdvanceAnswer]


class RecordedAnswer(BaseModel):
    """A roster that waits for another person."""

    number: str
    status: RosterStatus
    content_hash: str


class RosterAnswer(RecordedAnswer):
    """A roster whole; `content` is the canonical text whose SHA-256 is the content hash."""

    voucher: str
    distributed_on: str
    place: str
    amount_fen: int
    recipients: int
    lines: list[LineBody]
    content: str


class ReturnedAnswer(BaseModel):
    """What came back, and its entry."""

    number: str
    entry: str


class StatusAnswer(BaseModel):
    """The status now."""

    status: RosterStatus


class ConfirmedAnswer(StatusAnswer):
    """Its entry in the books."""

    entry: str


_SAME = ("number", "status", "content_hash", "voucher", "distributed_on", "amount_fen", "recipients", "content")


async def waiting(call: Call) -> dict[str, Any]:  # noqa: ARG001 - all who may read see all
    """`GET /aid/advances`."""
    return {"items": [_advance(row) for row in await readers.waiting_advances()]}


async def read_advance(call: Call) -> dict[str, Any]:
    """`GET /aid/advances/{voucher}`."""
    return _advance((await readers.advance(call.path["voucher"])).row)


def _advance(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in AdvanceAnswer.model_fields}


async def record(call: Call) -> Answer:
    """`POST /aid/advances/{voucher}/rosters`."""
    return await rosters.record(
        voucher=call.path["voucher"], roster=call.body.content(), by=call.by, idem=call.idem("roster.record")
    )


async def read(call: Call) -> dict[str, Any]:
    """`GET /aid/rosters/{number}`."""
    roster = await readers.roster(call.path["number"])
    lines = [{"code": one.code, "amount_fen": fen} for one, fen in roster.listed]
    return {**{name: roster.row[name] for name in _SAME}, "place": roster.place, "lines": lines}


async def confirm(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/confirm`."""
    return await rosters.confirm(
        number=call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("roster.confirm")
    )


async def refuse(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/refuse`."""
    return await rosters.refuse(
        number=call.path["number"],
        reason=call.body.reason,
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("roster.refuse"),
    )


async def give_back(call: Call) -> Answer:
    """`POST /aid/advances/{voucher}/return`."""
    return await returns.give_back(
        voucher=call.path["voucher"], **call.body.model_dump(), by=call.by, idem=call.idem("branch.return")
    )


_ADVANCE, _ROSTER = "/aid/advances/{voucher}", "/aid/rosters/{number}"
endpoints = [
    Endpoint("GET", "/aid/advances", waiting, permission="voucher.read", answer=AdvanceList, summary="待交花名册"),
    Endpoint("GET", _ADVANCE, read_advance, permission="voucher.read", answer=AdvanceAnswer, summary="一笔预拨"),
    Endpoint(
        "POST",
        f"{_ADVANCE}/rosters",
        record,
        permission="voucher.make",
        body=RosterBody,
        answer=RecordedAnswer,
        status=201,
        idempotent=True,
        summary="录入分会的花名册",
    ),
    Endpoint(
        "POST",
        f"{_ADVANCE}/return",
        give_back,
        permission="voucher.pay",
        body=ReturnBody,
        answer=ReturnedAnswer,
        status=201,
        idempotent=True,
        summary="登记分会退回的款",
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
]
