"""The JSON calls of the opening (docs/api.md)."""

from dataclasses import asdict

from charity.finance import rules
from charity.finance.opening import readers, verbs
from charity.finance.opening.content import stock_hash, stock_sums
from charity.finance.opening.forms import (
    STOCK_BODY_MAX,
    ConfirmBody,
    ConfirmedAnswer,
    LineBody,
    OpeningAnswer,
    OpeningBody,
    OpeningView,
    StockSumAnswer,
)
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def write(call: Call) -> Answer:
    """`POST /ledger/opening`."""
    body: OpeningBody = call.body
    stock = [line.value() for line in body.stock]
    idem = call.idem("opening.write")
    return await verbs.write(on=body.on, lines=body.values(), stock=stock, by=call.by, idem=idem)


async def confirm(call: Call) -> Answer:
    """`POST /ledger/opening/confirm`."""
    body: ConfirmBody = call.body
    return await verbs.confirm(
        content_hash=body.content_hash,
        confirmed_total_fen=body.confirmed_total_fen,
        by=call.by,
        idem=call.idem("opening.confirm"),
    )


async def get(call: Call) -> OpeningView:
    """`GET /ledger/opening`."""
    view = await readers.get(by=call.by)
    if view.row is None:
        raise rules.OPENING_NONE()
    return OpeningView(
        status="draft" if view.row["seq"] is None else "confirmed",
        on=view.row["on_day"],
        lines=[LineBody(fund=line.fund, account=line.place, amount_fen=line.amount_fen) for line in view.lines],
        total_fen=view.row["total_fen"],
        content_hash=view.row["content_hash"],
        seq=view.row["seq"],
        stock=[StockSumAnswer(**asdict(part)) for part in stock_sums(view.stock)],
        stock_sha256=stock_hash(view.stock),
    )


endpoints = [
    Endpoint("GET", "/ledger/opening", get, permission="opening.read", answer=OpeningView, summary="期初余额@api"),
    Endpoint(
        "POST",
        "/ledger/opening",
        write,
        permission="opening.make",
        body=OpeningBody,
        answer=OpeningAnswer,
        status=201,
        idempotent=True,
        summary="填写期初余额@api",
        body_max=STOCK_BODY_MAX,
    ),
    Endpoint(
        "POST",
        "/ledger/opening/confirm",
        confirm,
        permission="opening.confirm",
        body=ConfirmBody,
        answer=ConfirmedAnswer,
        status=201,
        idempotent=True,
        summary="确认期初余额@api",
    ),
]
