"""The JSON calls of money at branches (docs/api.md)."""

from typing import Any

from pydantic import BaseModel

from charity.aid.branches import readers, returns
from charity.aid.branches.forms import DecideBody, RefuseBody, ReturnBody, WithdrawBody
from charity.aid.models import RosterStatus
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


class AdvanceAnswer(BaseModel):
    """A payment to a branch; `open_fen` is what it still has: no roster accounts for it, and it did not come back.

    `waiting_fen` is what rosters and returns that nobody has decided say together: it may be more than is there.
    """

    voucher: str
    branch: str
    fund: str
    programme: str
    paid_on: str
    amount_fen: int
    rostered_fen: int
    returned_fen: int
    open_fen: int
    waiting_fen: int


class AdvanceList(BaseModel):
    """Those that wait for rosters, oldest first, at most 200: what is settled makes room for the next."""

    items: list[AdvanceAnswer]


class WaitingAnswer(BaseModel):
    """What waits for another person."""

    number: str
    status: RosterStatus
    content_hash: str


class ReturnAnswer(WaitingAnswer):
    """What a branch gave back."""

    voucher: str
    amount_fen: int
    received_on: str
    paid_into: str
    channel_ref: str


class StatusAnswer(BaseModel):
    """The status now."""

    status: RosterStatus


class ConfirmedAnswer(StatusAnswer):
    """Its entry in the books."""

    entry: str


async def waiting(call: Call) -> dict[str, Any]:  # noqa: ARG001 - all who may read see all
    """`GET /aid/advances`."""
    return {"items": [_advance(row) for row in await readers.waiting_advances()]}


async def read_advance(call: Call) -> dict[str, Any]:
    """`GET /aid/advances/{voucher}`."""
    return _advance((await readers.advance(call.path["voucher"])).row)


def _advance(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in AdvanceAnswer.model_fields}


async def give_back(call: Call) -> Answer:
    """`POST /aid/advances/{voucher}/return`."""
    return await returns.give_back(
        voucher=call.path["voucher"], **call.body.model_dump(), by=call.by, idem=call.idem("branch.return")
    )


async def read_return(call: Call) -> dict[str, Any]:
    """`GET /aid/branch-returns/{number}`."""
    back = await readers.given_back(call.path["number"])
    return {name: back.row[name] for name in _RETURNED} | {"content_hash": back.content_hash}


async def confirm(call: Call) -> Answer:
    """`POST /aid/branch-returns/{number}/confirm`."""
    return await returns.confirm(
        number=call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("return.confirm")
    )


async def refuse(call: Call) -> Answer:
    """`POST /aid/branch-returns/{number}/refuse`."""
    return await returns.refuse(
        number=call.path["number"], **call.body.model_dump(), by=call.by, idem=call.idem("return.refuse")
    )


async def withdraw(call: Call) -> Answer:
    """`POST /aid/branch-returns/{number}/withdraw`."""
    return await returns.withdraw(
        number=call.path["number"], reason=call.body.reason, by=call.by, idem=call.idem("return.withdraw")
    )


_RETURNED = ("number", "status", "voucher", "amount_fen", "received_on", "paid_into", "channel_ref")
_ADVANCE, _RETURN = "/aid/advances/{voucher}", "/aid/branch-returns/{number}"
endpoints = [
    Endpoint("GET", "/aid/advances", waiting, permission="voucher.read", answer=AdvanceList, summary="待交花名册@api"),
    Endpoint("GET", _ADVANCE, read_advance, permission="voucher.read", answer=AdvanceAnswer, summary="一笔预拨"),
    Endpoint(
        "POST",
        f"{_ADVANCE}/return",
        give_back,
        permission="voucher.pay",
        body=ReturnBody,
        answer=WaitingAnswer,
        status=201,
        idempotent=True,
        summary="登记分会退回的款",
    ),
    Endpoint("GET", _RETURN, read_return, permission="voucher.read", answer=ReturnAnswer, summary="分会退回的一笔款"),
    Endpoint(
        "POST",
        f"{_RETURN}/confirm",
        confirm,
        permission="voucher.approve",
        body=DecideBody,
        answer=ConfirmedAnswer,
        status=201,
        summary="核对分会退回的款，入账",
    ),
    Endpoint(
        "POST",
        f"{_RETURN}/refuse",
        refuse,
        permission="voucher.approve",
        body=RefuseBody,
        answer=StatusAnswer,
        summary="不予登记分会退回的款",
    ),
    Endpoint(
        "POST",
        f"{_RETURN}/withdraw",
        withdraw,
        permission="voucher.pay",
        body=WithdrawBody,
        answer=StatusAnswer,
        summary="撤回分会退回的款",
    ),
]
