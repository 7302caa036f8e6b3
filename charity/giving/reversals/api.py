"""The JSON calls of corrections (docs/api.md)."""

from charity.giving import reversals
from charity.giving.reversals.forms import ReversalBody, ReverseAnswer, ReverseBody, ReversedAnswer
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def request_reversal(call: Call) -> Answer:
    """Ask to correct a gift that was entered wrongly."""
    return await reversals.request(
        call.path["id"], reason=call.body.reason, by=call.by, idem=call.idem("reversal.request")
    )


async def approve_reversal(call: Call) -> Answer:
    """Approve a correction and post it."""
    return await reversals.approve(
        call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("reversal.approve")
    )


endpoints = [
    Endpoint(
        "POST",
        "/donations/{id}/reverse",
        request_reversal,
        permission="reversal.request",
        body=ReverseBody,
        answer=ReverseAnswer,
        status=201,
        idempotent=True,
        summary="申请更正误登的捐赠",
    ),
    Endpoint(
        "POST",
        "/reversals/{number}/approve",
        approve_reversal,
        permission="reversal.approve",
        body=ReversalBody,
        answer=ReversedAnswer,
        status=201,
        idempotent=True,
        summary="批准更正误登的捐赠",
    ),
]
