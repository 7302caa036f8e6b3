"""The JSON calls of journal vouchers and their reviews (docs/api.md)."""

from charity.finance.reviews import readers, screens, verbs
from charity.finance.reviews.forms import (
    EntriesQuery,
    EntryAnswer,
    LineAnswer,
    ReviewAnswer,
    ReviewBody,
    UnreviewedList,
    UnreviewedQuery,
    VoucherAnswer,
    WholeVoucher,
)
from charity.finance.reviews.readers import View
from charity.ledger import journal_vouchers
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def review(call: Call) -> Answer:
    """`POST /ledger/reviews`."""
    body: ReviewBody = call.body
    return await verbs.review(
        numbers=body.vouchers, content_hash=body.content_hash, by=call.by, idem=call.idem("journal.review")
    )


async def unreviewed(call: Call) -> UnreviewedList:
    """`GET /ledger/unreviewed?on=`."""
    query: UnreviewedQuery = call.query
    on = query.on.isoformat() if query.on else ""
    day = await readers.waiting(on, after=query.after, by=call.by, limit=query.limit)
    items = [VoucherAnswer.model_validate(_facts(view)) for view in day.vouchers]
    return UnreviewedList(on=day.on, items=items, content_hash=day.content_hash, next=day.following)


async def get(call: Call) -> WholeVoucher:
    """`GET /ledger/vouchers/{number}`."""
    query: EntriesQuery = call.query
    view = await readers.get(call.path["number"], by=call.by)
    rows, following = await journal_vouchers.entries_of(view.row, after=query.after, limit=query.limit)
    entries = [EntryAnswer.model_validate({**row, "document": screens.document_of(row["facts"])}) for row in rows]
    return WholeVoucher(**_facts(view), entries=entries, next=None if following is None else str(following))


def _facts(view: View) -> dict[str, object]:
    row, review_row = view.row, view.review
    return {
        "number": row["number"],
        "day": row["day"],
        "kind": row["kind"],
        "entry_count": row["entries"],
        "amount_fen": row["amount_fen"],
        "lines": [
            LineAnswer(account=line.account, debit_fen=line.debit_fen, credit_fen=line.credit_fen)
            for line in view.lines
        ],
        "cashier": "、".join(view.names(row["cashiers"])) or None,
        "maker": "、".join(view.names(row["makers"])) or None,
        "reviewer": view.people.get(review_row["reviewer"], "") if review_row else None,
        "reviewed_at": row["reviewed_at"],
        "unusual": row["unusual"].split(),
        "reversed": view.reversed,
        "asked": view.asked,
        "content_hash": view.content_hash,
    }


endpoints = [
    Endpoint(
        "GET",
        "/ledger/vouchers/{number}",
        get,
        permission="ledger.read",
        answer=WholeVoucher,
        params=EntriesQuery,
        summary="记账凭证@api",
    ),
    Endpoint(
        "GET",
        "/ledger/unreviewed",
        unreviewed,
        permission="review.make",
        answer=UnreviewedList,
        params=UnreviewedQuery,
        summary="待复核的记账凭证@api",
    ),
    Endpoint(
        "POST",
        "/ledger/reviews",
        review,
        permission="review.make",
        body=ReviewBody,
        answer=ReviewAnswer,
        status=201,
        idempotent=True,
        summary="复核记账凭证@api",
    ),
]
