"""The JSON calls of transfers (docs/api.md)."""

from charity.finance.transfers import verbs
from charity.finance.transfers.forms import ReverseBody, TransferAnswer, TransferBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def make(call: Call) -> Answer:
    """`POST /ledger/transfers`."""
    body: TransferBody = call.body
    return await verbs.make(await body.transfer(), by=call.by, idem=call.idem("transfer.make"))


async def reverse(call: Call) -> Answer:
    """`POST /ledger/transfers/{number}/reverse`."""
    body: ReverseBody = call.body
    number = call.path["number"]
    return await verbs.reverse(number=number, reason=body.reason, by=call.by, idem=call.idem("transfer.reverse"))


endpoints = [
    Endpoint(
        "POST",
        "/ledger/transfers",
        make,
        permission="money.transfer",
        body=TransferBody,
        answer=TransferAnswer,
        status=201,
        idempotent=True,
        summary="登记资金划转",
    ),
    Endpoint(
        "POST",
        "/ledger/transfers/{number}/reverse",
        reverse,
        permission="money.reverse",
        body=ReverseBody,
        answer=TransferAnswer,
        status=201,
        idempotent=True,
        summary="冲销资金划转",
    ),
]
