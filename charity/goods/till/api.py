"""The JSON call of the till (docs/api.md)."""

from charity.goods.till import verbs
from charity.goods.till.forms import IssueAnswer, IssueBody
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def issue(call: Call) -> Answer:
    """Hand a basket out."""
    body: IssueBody = call.body
    return await verbs.issue(
        store=body.store,
        card=body.card,
        lines=[line.line() for line in body.lines],
        proxy=body.proxy.proxy() if body.proxy else None,
        by=call.by,
        idem=call.idem("goods.issue"),
    )


endpoints = [
    Endpoint(
        "POST",
        "/goods/issues",
        issue,
        permission="goods.call",
        body=IssueBody,
        answer=IssueAnswer,
        status=201,
        idempotent=True,
        summary="凭爱心卡发放",
    ),
]
