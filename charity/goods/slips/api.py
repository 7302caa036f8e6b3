"""The JSON call of slips (docs/api.md)."""

from typing import Any

from charity.goods.slips import content, readers, verbs
from charity.goods.slips.forms import ReasonBody, ReversalAnswer, SlipAnswer
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def reverse(call: Call) -> Answer:
    """Reverse a slip."""
    body: ReasonBody = call.body
    number = call.path["number"]
    key = call.idem("goods.reverse")
    return await verbs.reverse(number=number, reason=body.reason, content_hash=body.content_hash, by=call.by, idem=key)


async def show(call: Call) -> dict[str, Any]:
    """`GET /goods/documents/{number}`."""
    slip = await readers.get(call.path["number"], by=call.by)
    names = ("number", "kind", "store", "effective_on", "seq", "reverses", "reversed_by", "pieces", "amount_fen")
    lines = [{"barcode": line.barcode, "lot": line.lot, "quantity": line.quantity} for line in slip.lines]
    return {**{name: getattr(slip, name) for name in names}, "lines": lines, "content_hash": content.of(slip).hash}


endpoints = [
    Endpoint(
        "GET",
        "/goods/documents/{number}",
        show,
        permission="goods.read",
        answer=SlipAnswer,
        summary="一张物资单据",
    ),
    Endpoint(
        "POST",
        "/goods/documents/{number}/reverse",
        reverse,
        permission="goods.reverse",
        body=ReasonBody,
        answer=ReversalAnswer,
        status=201,
        idempotent=True,
        summary="冲销物资单据@api",
    ),
]
