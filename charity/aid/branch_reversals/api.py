"""The JSON calls of reversals of rosters and returns (docs/api.md)."""

from typing import Any, Literal

from charity.aid.branch_reversals import readers, verbs
from charity.aid.branches.api import ConfirmedAnswer, StatusAnswer, WaitingAnswer
from charity.aid.branches.forms import DecideBody, RefuseBody, WithdrawBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


class ReversalAnswer(WaitingAnswer):
    """The reversal of a roster or a return, and what it takes back."""

    kind: Literal["roster", "return"]
    target: str
    voucher: str
    amount_fen: int


async def ask_roster(call: Call) -> Answer:
    """`POST /aid/rosters/{number}/reverse`."""
    return await verbs.request(
        kind="roster",
        target=call.path["number"],
        cause=call.body.reason,
        by=call.by,
        idem=call.idem("roster.reverse"),
    )


async def ask_return(call: Call) -> Answer:
    """`POST /aid/branch-returns/{number}/reverse`."""
    return await verbs.request(
        kind="return",
        target=call.path["number"],
        cause=call.body.reason,
        by=call.by,
        idem=call.idem("return.reverse"),
    )


async def read(call: Call) -> dict[str, Any]:
    """`GET /aid/branch-reversals/{number}`."""
    whole = await readers.reversal(call.path["number"])
    known = {name: whole.row[name] for name in ("number", "status", "kind", "target")}
    of = {name: whole.target[name] for name in ("voucher", "amount_fen")}
    return {**known, **of, "content_hash": whole.content_hash}


async def confirm(call: Call) -> Answer:
    """`POST /aid/branch-reversals/{number}/confirm`."""
    return await verbs.confirm(
        number=call.path["number"],
        content_hash=call.body.content_hash,
        by=call.by,
        idem=call.idem("branch_reversal.confirm"),
    )


async def refuse(call: Call) -> Answer:
    """`POST /aid/branch-reversals/{number}/refuse`."""
    return await verbs.refuse(
        number=call.path["number"], **call.body.model_dump(), by=call.by, idem=call.idem("branch_reversal.refuse")
    )


async def withdraw(call: Call) -> Answer:
    """`POST /aid/branch-reversals/{number}/withdraw`."""
    return await verbs.withdraw(
        number=call.path["number"], reason=call.body.reason, by=call.by, idem=call.idem("branch_reversal.withdraw")
    )


_REVERSAL = "/aid/branch-reversals/{number}"
endpoints = [
    Endpoint(
        "POST",
        "/aid/rosters/{number}/reverse",
        ask_roster,
        permission="voucher.make",
        body=WithdrawBody,
        answer=WaitingAnswer,
        status=201,
        idempotent=True,
        summary="申请冲销花名册",
    ),
    Endpoint(
        "POST",
        "/aid/branch-returns/{number}/reverse",
        ask_return,
        permission="voucher.pay",
        body=WithdrawBody,
        answer=WaitingAnswer,
        status=201,
        idempotent=True,
        summary="申请冲销分会退回的款",
    ),
    Endpoint("GET", _REVERSAL, read, permission="voucher.read", answer=ReversalAnswer, summary="一份冲销申请"),
    Endpoint(
        "POST",
        f"{_REVERSAL}/confirm",
        confirm,
        permission="voucher.approve",
        body=DecideBody,
        answer=ConfirmedAnswer,
        status=201,
        summary="核对冲销申请，记账",
    ),
    Endpoint(
        "POST",
        f"{_REVERSAL}/refuse",
        refuse,
        permission="voucher.approve",
        body=RefuseBody,
        answer=StatusAnswer,
        summary="退回冲销申请",
    ),
    Endpoint(
        "POST",
        f"{_REVERSAL}/withdraw",
        withdraw,
        permission="voucher.read",
        body=WithdrawBody,
        answer=StatusAnswer,
        summary="撤回冲销申请",
    ),
]
