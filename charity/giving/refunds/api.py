"""The JSON calls of refunds (docs/api.md)."""

from charity.giving import refunds
from charity.giving.refunds.forms import ApproveBody, ApprovedAnswer, PaidAnswer, PayBody, RefundAnswer, RefundBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def request_refund(call: Call) -> Answer:
    """Ask to give money back."""
    body: RefundBody = call.body
    return await refunds.request(
        call.path["id"],
        amount_fen=body.amount_fen,
        cause=body.cause,
        reason=body.reason,
        by=call.by,
        idem=call.idem("refund.request"),
    )


async def approve_refund(call: Call) -> Answer:
    """Approve a refund and post it."""
    return await refunds.approve(
        call.path["number"], content_hash=call.body.content_hash, by=call.by, idem=call.idem("refund.approve")
    )


async def pay_refund(call: Call) -> Answer:
    """Pay an approved refund."""
    body: PayBody = call.body
    return await refunds.pay(
        call.path["number"],
        paid_on=body.paid_on,
        paid_from=body.paid_from,
        channel_ref=body.channel_ref or "",
        content_hash=body.content_hash,
        by=call.by,
        idem=call.idem("refund.pay"),
    )


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
        summary="申请退款@api",
    ),
    Endpoint(
        "POST",
        "/refunds/{number}/approve",
        approve_refund,
        permission="refund.approve",
        body=ApproveBody,
        answer=ApprovedAnswer,
        status=201,
        idempotent=True,
        summary="批准退款@api",
    ),
    Endpoint(
        "POST",
        "/refunds/{number}/pay",
        pay_refund,
        permission="refund.pay",
        body=PayBody,
        answer=PaidAnswer,
        status=201,
        idempotent=True,
        summary="登记退款付款@api",
    ),
]
