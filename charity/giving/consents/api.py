"""The JSON calls that take back a consent (docs/api.md)."""

from charity.giving import consents
from charity.giving.consents.forms import DeskBody, GiverBody, WhatBody, WithdrawnAnswer
from charity.giving.consents.routes import WITHDRAWALS
from charity.giving.copies.routes import PROOFS
from charity.ledger.writer import Answer
from charity.web import contexts, limits
from charity.web.api import Call, Endpoint


async def by_receipt(call: Call) -> Answer:
    """`POST /receipts/{code}/consents/withdraw`."""
    limits.hit(PROOFS, contexts.neighbourhood(call.context.address))
    body: GiverBody = call.body
    return await consents.by_receipt(
        call.path["code"], set(body.what), number=body.number, secret=body.secret, pledge=body.pledge
    )


async def by_pledge(call: Call) -> Answer:
    """`POST /pledges/{code}/consents/withdraw`."""
    limits.hit(WITHDRAWALS, contexts.neighbourhood(call.context.address))
    body: WhatBody = call.body
    return await consents.by_pledge(call.path["code"], set(body.what))


async def at_the_desk(call: Call) -> Answer:
    """`POST /donations/{id}/consents/withdraw`."""
    body: DeskBody = call.body
    return await consents.at_the_desk(call.path["id"], set(body.what), reason=body.reason, by=call.by)


endpoints = [
    Endpoint(
        "POST",
        "/receipts/{code}/consents/withdraw",
        by_receipt,
        body=GiverBody,
        answer=WithdrawnAnswer,
        public=True,
        summary="捐赠人凭第二个凭据撤回同意",
    ),
    Endpoint(
        "POST",
        "/pledges/{code}/consents/withdraw",
        by_pledge,
        body=WhatBody,
        answer=WithdrawnAnswer,
        public=True,
        summary="捐赠人凭认捐链接撤回同意",
    ),
    Endpoint(
        "POST",
        "/donations/{id}/consents/withdraw",
        at_the_desk,
        permission="consent.withdraw",
        body=DeskBody,
        answer=WithdrawnAnswer,
        summary="代捐赠人撤回同意@api",
    ),
]
