"""The JSON calls over many receipts (docs/api.md)."""

from typing import Any

from charity.giving import deliveries
from charity.giving.deliveries.forms import TogetherAnswer, TogetherBody, UnreceiptedList
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint, Page


async def deliver(call: Call) -> Answer:
    """`POST /receipts/deliver`."""
    body: TogetherBody = call.body
    return await deliveries.deliver_together(
        body.receipts, delivery=body.how, note=body.note or "", by=call.by, idem=call.idem("receipt.deliver")
    )


async def unreceipted(call: Call) -> dict[str, Any]:
    """`GET /receipts/missing`."""
    page: Page = call.query
    rows = await deliveries.unreceipted(page.after or "", page.limit + 1, by=call.by)
    names = ("kind", "received_on", "campaign", "fund", "amount_fen")
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return {
        "items": [{"id": row["key"]} | {name: row[name] for name in names} for row in shown],
        "next": f"{last['received_on']}|{last['key']}" if last else None,
    }


endpoints = [
    Endpoint(
        "POST",
        "/receipts/deliver",
        deliver,
        permission="gift.receive",
        body=TogetherBody,
        answer=TogetherAnswer,
        summary="一次记下多张收据的送达情况",
    ),
    Endpoint(
        "GET",
        "/receipts/missing",
        unreceipted,
        params=Page,
        permission="gift.read",
        answer=UnreceiptedList,
        summary="没有有效收据的捐赠",
    ),
]
