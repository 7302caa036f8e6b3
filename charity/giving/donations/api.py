"""The JSON call that records a gift, or one transfer for several purposes (docs/api.md)."""

from charity.giving import donations
from charity.giving.donations.forms import ArrivedAnswer, DonationBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def receive(call: Call) -> Answer:
    """Record what arrived."""
    body: DonationBody = call.body
    part, idem = body.part(), call.idem("donation.receive")
    if part is None:
        return await donations.receive_together(
            parts=[donations.Part(gift.campaign, gift.fund, gift.amount_fen) for gift in body.gifts or []],
            received_on=body.received_on.isoformat(),
            channel=body.channel,
            channel_ref=body.channel_ref or "",
            donor=body.donor.donor(),
            work_unit=body.work_unit,
            public_name=body.public_name,
            public_amount=body.public_amount,
            memo=body.memo or "",
            confirmed_amount_fen=body.confirmed_amount_fen,
            corrects=body.corrects or "",
            by=call.by,
            idem=idem,
        )
    return await donations.receive(
        campaign=part.campaign,
        amount_fen=part.amount_fen,
        received_on=body.received_on.isoformat(),
        channel=body.channel,
        channel_ref=body.channel_ref or "",
        donor=body.donor.donor(),
        fund=part.fund,
        work_unit=body.work_unit,
        public_name=body.public_name,
        public_amount=body.public_amount,
        memo=body.memo or "",
        confirmed_amount_fen=body.confirmed_amount_fen,
        corrects=body.corrects or "",
        by=call.by,
        idem=idem,
    )


endpoints = [
    Endpoint(
        "POST",
        "/donations",
        receive,
        permission="gift.receive",
        body=DonationBody,
        answer=ArrivedAnswer,
        status=201,
        idempotent=True,
        summary="登记捐赠@api",
    ),
]
