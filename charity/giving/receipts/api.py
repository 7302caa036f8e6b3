"""The JSON calls of receipts (docs/api.md)."""

from typing import Any

from charity.giving import receipts
from charity.giving.receipts.forms import (
    DeliverAnswer,
    DeliverBody,
    IssueBody,
    ReceiptRef,
    ReplaceBody,
    VoidAnswer,
    VoidBody,
)
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def void(call: Call) -> Answer:
    """`POST /receipts/{code}/void`."""
    body: VoidBody = call.body
    return await receipts.void(
        call.path["code"],
        reason=body.reason,
        content_hash=body.content_hash,
        by=call.by,
        idem=call.idem("receipt.void"),
    )


async def replace(call: Call) -> Answer:
    """`POST /receipts/{code}/replace`."""
    body: ReplaceBody = call.body
    return await receipts.replace(
        call.path["code"],
        reason=body.reason,
        donor=body.donor.donor(),
        content_hash=body.content_hash,
        by=call.by,
        idem=call.idem("receipt.replace"),
    )


async def deliver(call: Call) -> dict[str, Any]:
    """`POST /receipts/{code}/deliver`."""
    body: DeliverBody = call.body
    await receipts.deliver(call.path["code"], delivery=body.how, note=body.note or "", by=call.by)
    row = await receipts.get(call.path["code"])
    return {"number": row.number, "delivery": row.delivery}


async def issue(call: Call) -> Answer:
    """`POST /receipts/issue`."""
    return await receipts.issue_anew(donations=call.body.donations, by=call.by, idem=call.idem("receipt.issue"))


endpoints = [
    Endpoint(
        "POST",
        "/receipts/issue",
        issue,
        permission="gift.receive",
        body=IssueBody,
        answer=ReceiptRef,
        status=201,
        summary="为收据已作废的捐赠重新开具收据",
    ),
    Endpoint(
        "POST",
        "/receipts/{code}/void",
        void,
        permission="receipt.void",
        body=VoidBody,
        answer=VoidAnswer,
        summary="作废收据@api",
    ),
    Endpoint(
        "POST",
        "/receipts/{code}/replace",
        replace,
        permission="receipt.void",
        body=ReplaceBody,
        answer=ReceiptRef,
        status=201,
        summary="换开收据@api",
    ),
    Endpoint(
        "POST",
        "/receipts/{code}/deliver",
        deliver,
        permission="gift.receive",
        body=DeliverBody,
        answer=DeliverAnswer,
        summary="记下收据送达情况",
    ),
]
