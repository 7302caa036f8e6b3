"""The JSON call of the intake (docs/api.md)."""

from charity.goods.intake import verbs
from charity.goods.intake.forms import IntakeAnswer, IntakeBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def take_in(call: Call) -> Answer:
    """Take goods in."""
    body: IntakeBody = call.body
    return await verbs.take_in(
        store=body.store,
        source=body.source,
        lines=[line.line() for line in body.lines],
        donor=body.donor.donor() if body.donor else None,
        voucher=body.voucher,
        campaign=body.campaign,
        fund=body.fund,
        public_name=body.public_name,
        public_amount=body.public_amount,
        by=call.by,
        idem=call.idem("goods.intake"),
    )


endpoints = [
    Endpoint(
        "POST",
        "/goods/intakes",
        take_in,
        permission="goods.call",
        body=IntakeBody,
        answer=IntakeAnswer,
        status=201,
        idempotent=True,
        summary="物资入库",
    ),
]
