"""The JSON call of payments (docs/api.md)."""

from charity.aid.payments import verbs
from charity.aid.payments.forms import PaidAnswer, PayBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def pay(call: Call) -> Answer:
    """`POST /aid/vouchers/{number}/pay`."""
    return await verbs.pay(
        number=call.path["number"],
        paid_on=call.body.paid_on,
        channel_ref=call.body.channel_ref,
        content_hash=call.body.content_hash,
        paid_from=await verbs.paying_place(call.body.channel, call.body.paid_from),
        by=call.by,
        idem=call.idem("voucher.pay"),
    )


endpoints = [
    Endpoint(
        "POST",
        "/aid/vouchers/{number}/pay",
        pay,
        permission="voucher.pay",
        body=PayBody,
        answer=PaidAnswer,
        status=201,
        idempotent=True,
        summary="登记付款@api",
    ),
]
