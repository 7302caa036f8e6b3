"""The JSON calls of refunds (docs/api.md)."""

from charity.giving import refunds
from charity.giving.refunds.forms import RefundAnswer, RefundBody, RefundedAnswer
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def request_refund(call: Call) -> Answer:
    """Ask to give money back."""
    body: RefundBody = call.body
    return await refunds.request(
        call.path["id"],
        amount_fen=body.amount_fen,
        reason=body.reason,
        by=call.by,
        idem=call.idem("refund.request"),
    )


async def approve_refund(call: Call) -> Answer:
    """Approve a refund and post it."""
    return await refunds.approve(call.path["number"], by=call.by, idem=call.idem("refund.approve"))


endpoints = [
    Endpoint(
        "POST",
        "/donations/{id}/refund",
        request_refund,
        permission="refund.request",
        body=RefundBody,
        answer=RefundAnswer,
        status=201,
        idempotent=True,
        summary="申请退款",
    ),
    Endpoint(
        "POST",
        "/refunds/{number}/approve",
        approve_refund,
        permission="refund.approve",
        answer=RefundedAnswer,
        status=201,
        idempotent=True,
        summary="批准退款",
    ),
]
