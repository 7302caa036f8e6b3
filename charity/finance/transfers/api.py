"""The JSON calls of transfers (docs/api.md)."""

from charity.finance.models import TransferKind
from charity.finance.transfers import readers, verbs
from charity.finance.transfers.forms import LineBody, ReverseBody, SlipAnswer, TransferAnswer, TransferBody
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
    return await verbs.reverse(
        number=number,
        reason=body.reason,
        content_hash=body.content_hash,
        by=call.by,
        idem=call.idem("transfer.reverse"),
    )


async def get(call: Call) -> SlipAnswer:
    """`GET /ledger/transfers/{number}`."""
    view = await readers.get(call.path["number"], by=call.by)
    row = view.row
    return SlipAnswer(
        number=row["number"],
        kind=TransferKind(row["kind"]),
        source=row["source"],
        target=row["target"],
        on=row["on_day"],
        channel_ref=row["channel_ref"],
        lines=[LineBody(fund=fund, amount_fen=fen) for fund, fen in view.lines],
        amount_fen=row["amount_fen"],
        fee_fen=row["fee_fen"],
        reversed=row["reversal_seq"] is not None,
        content_hash=verbs.content_of(row).hash,
    )


endpoints = [
    Endpoint(
        "GET", "/ledger/transfers/{number}", get, permission="transfer.read", answer=SlipAnswer, summary="资金划转@api"
    ),
    Endpoint(
        "POST",
        "/ledger/transfers",
        make,
        permission="money.transfer",
        body=TransferBody,
        answer=TransferAnswer,
        status=201,
        idempotent=True,
        summary="登记资金划转@api",
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
        summary="冲销资金划转@api",
    ),
]
