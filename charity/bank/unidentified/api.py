"""The JSON calls of money that nobody can name (docs/api.md)."""

from charity.bank.unidentified import verbs
from charity.bank.unidentified.forms import (
    AskBody,
    HeldAnswer,
    HoldBody,
    ListAnswer,
    ListParams,
    PayBody,
    ReturnAnswer,
    ReverseBody,
    UnidentifiedAnswer,
)
from charity.giving import unidentified
from charity.giving.unidentified import Unidentified, returns
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


def _answer(row: Unidentified) -> UnidentifiedAnswer:
    return UnidentifiedAnswer(
        number=row.number,
        place=row.place,
        on_day=row.on_day,
        fen=row.fen,
        left_fen=row.left_fen,
        line=row.line,
        channel_ref=row.channel_ref,
        reversed=row.reversal_seq is not None,
    )


async def listed(call: Call) -> ListAnswer:
    """`GET /bank/unidentified`."""
    asked: ListParams = call.query
    rows, following, left_fen = await unidentified.held(
        left=not asked.all, after=asked.after or "", limit=asked.limit, by=call.by
    )
    return ListAnswer(items=[_answer(row) for row in rows], left_fen=left_fen, next=following or None)


async def get(call: Call) -> UnidentifiedAnswer:
    """`GET /bank/unidentified/{number}`."""
    return _answer(await unidentified.get(call.path["number"], by=call.by))


async def hold(call: Call) -> Answer:
    """`POST /bank/lines/{key}/hold`."""
    body: HoldBody = call.body
    return await verbs.hold(call.path["key"], note=body.note, by=call.by, idem=call.idem("unidentified.hold"))


async def reverse(call: Call) -> Answer:
    """`POST /bank/unidentified/{number}/reverse`."""
    body: ReverseBody = call.body
    return await verbs.undo(call.path["number"], reason=body.reason, by=call.by, idem=call.idem("unidentified.undo"))


async def ask(call: Call) -> Answer:
    """`POST /bank/unidentified/{number}/returns`."""
    body: AskBody = call.body
    idem = call.idem("unidentified.ask")
    return await returns.ask(call.path["number"], **body.model_dump(), by=call.by, idem=idem)


async def withdraw(call: Call) -> Answer:
    """`POST /bank/unidentified-returns/{number}/withdraw`."""
    return await returns.withdraw(call.path["number"], by=call.by)


async def pay(call: Call) -> Answer:
    """`POST /bank/unidentified-returns/{number}/pay`."""
    body: PayBody = call.body
    idem = call.idem("unidentified.pay")
    return await returns.pay(call.path["number"], **body.model_dump(), by=call.by, idem=idem)


endpoints = [
    Endpoint(
        "POST",
        "/bank/unidentified/{number}/returns",
        ask,
        permission="refund.request",
        body=AskBody,
        answer=ReturnAnswer,
        status=201,
        idempotent=True,
        summary="申请退回一笔暂收款",
    ),
    Endpoint(
        "POST",
        "/bank/unidentified-returns/{number}/withdraw",
        withdraw,
        permission="refund.request",
        answer=ReturnAnswer,
        summary="不再退回暂收款",
    ),
    Endpoint(
        "POST",
        "/bank/unidentified-returns/{number}/pay",
        pay,
        permission="refund.pay",
        body=PayBody,
        answer=ReturnAnswer,
        status=201,
        idempotent=True,
        summary="登记暂收款已退回",
    ),
    Endpoint(
        "GET",
        "/bank/unidentified",
        listed,
        permission="statement.read",
        params=ListParams,
        answer=ListAnswer,
        summary="来源不明的暂收款",
    ),
    Endpoint(
        "GET",
        "/bank/unidentified/{number}",
        get,
        permission="statement.read",
        answer=UnidentifiedAnswer,
        summary="一笔暂收款",
    ),
    Endpoint(
        "POST",
        "/bank/lines/{key}/hold",
        hold,
        permission="money.hold",
        body=HoldBody,
        answer=HeldAnswer,
        status=201,
        idempotent=True,
        summary="暂收一笔来源不明的流水",
    ),
    Endpoint(
        "POST",
        "/bank/unidentified/{number}/reverse",
        reverse,
        permission="money.reverse",
        body=ReverseBody,
        answer=HeldAnswer,
        status=201,
        idempotent=True,
        summary="冲销一笔没有用过的暂收款",
    ),
]
