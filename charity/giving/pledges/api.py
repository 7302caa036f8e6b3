"""The JSON calls of pledges (docs/api.md)."""

from typing import Any

from charity.giving import pledges
from charity.giving.donations.forms import DonationAnswer, ReceiveBody
from charity.giving.pledges import Promise
from charity.giving.pledges.forms import PledgeAnswer, PledgeBody, PledgeState
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def promise(call: Call) -> Answer:
    """Keep a promise."""
    body: PledgeBody = call.body
    promised = Promise(
        campaign=body.campaign,
        amount_fen=body.amount_fen,
        channel=body.channel,
        donor=body.donor.donor(),
        public_name=body.public_name,
        public_amount=body.public_amount,
        fund=body.fund,
        work_unit=body.work_unit,
        message=body.message or "",
        invitation=body.invitation or "",
    )
    return await pledges.promise(promised, idem=call.idem("pledge"))


async def show_pledge(call: Call) -> dict[str, Any]:
    """A pledge as it is now, without names; for whoever may receive its money with the content hash."""
    row = await pledges.get(call.path["code"])
    receipts = await pledges.receipts_of(row.code)
    return {
        "code": row.code,
        "reference": row.reference,
        "status": pledges.shown_status(row.status, row.expires_at),
        "amount_fen": row.amount_fen,
        "expires_at": row.expires_at,
        "received_fen": row.received_fen,
        "receipts": [{"code": r.code, "number": r.number} for r in receipts],
        **({"content_hash": pledges.content_of(row).hash} if call.actor and call.actor.may("gift.receive") else {}),
    }


async def receive_pledge(call: Call) -> Answer:
    """Record money for a pledge."""
    body: ReceiveBody = call.body
    return await pledges.receive(
        call.path["code"],
        amount_fen=body.amount_fen,
        received_on=body.received_on.isoformat(),
        channel=body.channel,
        channel_ref=body.channel_ref or "",
        content_hash=body.content_hash,
        confirmed_amount_fen=body.confirmed_amount_fen,
        by=call.by,
        idem=call.idem("pledge.receive"),
    )


endpoints = [
    Endpoint(
        "POST", "/pledges", promise, body=PledgeBody, answer=PledgeAnswer, status=201, public=True, summary="认捐@api"
    ),
    Endpoint("GET", "/pledges/{code}", show_pledge, answer=PledgeState, public=True, summary="认捐的状态"),
    Endpoint(
        "POST",
        "/pledges/{code}/receive",
        receive_pledge,
        permission="gift.receive",
        body=ReceiveBody,
        answer=DonationAnswer,
        status=201,
        idempotent=True,
        summary="登记认捐到账",
    ),
]
