"""The JSON call that records a gift (docs/api.md)."""

from charity.giving import donations
from charity.giving.donations.forms import DonationAnswer, DonationBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def receive(call: Call) -> Answer:
    """Record a gift."""
    body: DonationBody = call.body
    return await donations.receive(
        campaign=body.campaign,
        amount_fen=body.amount_fen,
        received_on=body.received_on.isoformat(),
        channel=body.channel,
        channel_ref=body.channel_ref or "",
        donor=body.donor.donor(),
        fund=body.fund,
        work_unit=body.work_unit,
        confirmed_amount_fen=body.confirmed_amount_fen,
        by=call.by,
        idem=call.idem("donation.receive"),
    )


endpoints = [
    Endpoint(
        "POST",
        "/donations",
        receive,
        permission="gift.receive",
        body=DonationBody,
        answer=DonationAnswer,
        status=201,
        idempotent=True,
        summary="登记捐赠",
    ),
]
