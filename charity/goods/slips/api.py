"""The JSON call of slips (docs/api.md)."""

from charity.goods.slips import verbs
from charity.goods.slips.forms import ReasonBody, ReversalAnswer
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def reverse(call: Call) -> Answer:
    """Reverse a slip."""
    body: ReasonBody = call.body
    number = call.path["number"]
    return await verbs.reverse(number=number, reason=body.reason, by=call.by, idem=call.idem("goods.reverse"))


endpoints = [
    Endpoint(
        "POST",
        "/goods/documents/{number}/reverse",
        reverse,
        permission="goods.reverse",
        body=ReasonBody,
        answer=ReversalAnswer,
        status=201,
        idempotent=True,
        summary="冲销物资单据",
    ),
]
