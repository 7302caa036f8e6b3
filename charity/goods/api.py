"""The JSON calls of the supermarket (design/contract.md)."""

from typing import Any

from charity.goods import cards, checkout, intake, lots, reversals
from charity.goods.forms import (
    CardAnswer,
    IntakeAnswer,
    IntakeBody,
    IssueAnswer,
    IssueBody,
    ReasonBody,
    ReversalAnswer,
    StockAnswer,
    StockQuery,
)
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def take_in(call: Call) -> Answer:
    """Take goods in."""
    body: IntakeBody = call.body
    return await intake.take_in(
        store=body.store,
        source=body.source,
        lines=[line.line() for line in body.lines],
        donor=body.donor.donor() if body.donor else None,
        voucher=body.voucher,
        campaign=body.campaign,
        fund=body.fund,
        by=call.by,
        idem=call.idem("goods.intake"),
    )


async def issue(call: Call) -> Answer:
    """Hand a basket out."""
    body: IssueBody = call.body
    return await checkout.issue(
        store=body.store,
        card=body.card,
        lines=[line.line() for line in body.lines],
        proxy=body.proxy.proxy() if body.proxy else None,
        by=call.by,
        idem=call.idem("goods.issue"),
    )


async def reverse(call: Call) -> Answer:
    """Take a document back."""
    body: ReasonBody = call.body
    number = call.path["number"]
    return await reversals.reverse(number=number, reason=body.reason, by=call.by, idem=call.idem("goods.reverse"))


async def stock(call: Call) -> dict[str, Any]:
    """What stands in the stores, by lot. An account of one store sees that store."""
    query: StockQuery = call.query
    chosen = lots.Filter(store=query.store or call.by.store or "", barcode=query.barcode or "")
    lines, after = await lots.stock(chosen, by=call.by, after=query.after or "", limit=query.limit)
    items = [
        {
            "store": line.store,
            "barcode": line.barcode,
            "name": line.name,
            "lot": line.lot,
            "quantity": line.quantity,
            "expires_on": line.expires_on,
        }
        for line in lines
    ]
    return {"items": items, "next": after}


async def card(call: Call) -> dict[str, Any]:
    """A card as the till sees it."""
    found = await cards.view(call.path["code"], by=call.by)
    return {
        "code": found.code,
        "points": found.points,
        "status": found.status,
        "allowed_until": found.allowed_until,
        "masked_name": found.masked_name,
        "members": found.members,
    }


endpoints = [
    Endpoint(
        "POST",
        "/goods/intakes",
        take_in,
        act="goods.call",
        body=IntakeBody,
        answer=IntakeAnswer,
        status=201,
        idempotent=True,
        summary="物资入库",
    ),
    Endpoint(
        "POST",
        "/goods/issues",
        issue,
        act="goods.call",
        body=IssueBody,
        answer=IssueAnswer,
        status=201,
        idempotent=True,
        summary="凭爱心卡发放",
    ),
    Endpoint(
        "POST",
        "/goods/documents/{number}/reverse",
        reverse,
        act="goods.reverse",
        body=ReasonBody,
        answer=ReversalAnswer,
        status=201,
        idempotent=True,
        summary="冲销物资单据",
    ),
    Endpoint("GET", "/goods/stock", stock, act="stock.call", params=StockQuery, answer=StockAnswer, summary="各店库存"),
    Endpoint("GET", "/goods/cards/{code}", card, act="card.call", answer=CardAnswer, summary="爱心卡"),
]
