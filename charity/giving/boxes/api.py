"""The JSON calls of donation boxes (docs/api.md)."""

import json

from charity.giving.boxes import readers, verbs
from charity.giving.boxes.content import content
from charity.giving.boxes.forms import (
    BookedAnswer,
    BoxAnswer,
    BoxBody,
    BoxesAnswer,
    ConfirmBody,
    CountBody,
    CountedAnswer,
    MadeAnswer,
    NumberAnswer,
    OpeningAnswer,
    OpeningsAnswer,
    OpeningsParams,
    SlipBody,
)
from charity.giving.boxes.models import BoxOpening
from charity.giving.boxes.screens import row_of
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


def _answer(one: BoxOpening) -> OpeningAnswer:
    row = row_of(one)
    names = [name for name in OpeningAnswer.model_fields if name not in {"sheets", "content_hash"}]
    values = {name: row[name] for name in names}  # type: ignore[literal-required]
    return OpeningAnswer(**values, sheets=json.loads(row["sheets"]), content_hash=content(row).hash)


async def listed(call: Call) -> BoxesAnswer:
    """`GET /boxes`."""
    boxes = await readers.boxes(by=call.by)
    return BoxesAnswer(items=[BoxAnswer(code=box.code, site=box.site, campaign=box.campaign) for box in boxes])


async def openings(call: Call) -> OpeningsAnswer:
    """`GET /boxes/openings`."""
    asked: OpeningsParams = call.query
    rows, following = await readers.openings(after=asked.after or "", limit=asked.limit, by=call.by)
    return OpeningsAnswer(items=[_answer(row) for row in rows], next=following or None)


async def get(call: Call) -> OpeningAnswer:
    """`GET /boxes/openings/{number}`."""
    return _answer(await readers.opening(call.path["number"], by=call.by))


async def make(call: Call) -> Answer:
    """`POST /boxes`."""
    body: BoxBody = call.body
    return await verbs.make(**body.model_dump(), by=call.by, idem=call.idem("box.make"))


async def count(call: Call) -> Answer:
    """`POST /boxes/{code}/openings`."""
    body: CountBody = call.body
    return await verbs.count(body.opened(call.path["code"]), by=call.by, idem=call.idem("box.count"))


async def confirm(call: Call) -> Answer:
    """`POST /boxes/openings/{number}/confirm`."""
    body: ConfirmBody = call.body
    number = call.path["number"]
    return await verbs.confirm(number, content_hash=body.content_hash, by=call.by, idem=call.idem("box.confirm"))


async def drop(call: Call) -> Answer:
    """`POST /boxes/openings/{number}/drop`."""
    return await verbs.drop(call.path["number"], by=call.by, idem=call.idem("box.drop"))


async def paid_in(call: Call) -> Answer:
    """`POST /boxes/openings/{number}/slip`."""
    body: SlipBody = call.body
    return await verbs.paid_in(call.path["number"], slip_ref=body.slip_ref, by=call.by, idem=call.idem("box.slip"))


_ONE = "/boxes/openings/{number}"
endpoints = [
    Endpoint("GET", "/boxes", listed, permission="box.read", answer=BoxesAnswer, summary="募捐箱@api"),
    Endpoint(
        "POST",
        "/boxes",
        make,
        permission="box.manage",
        body=BoxBody,
        answer=MadeAnswer,
        status=201,
        idempotent=True,
        summary="登记募捐箱@api",
    ),
    Endpoint(
        "GET",
        "/boxes/openings",
        openings,
        permission="box.read",
        params=OpeningsParams,
        answer=OpeningsAnswer,
        summary="募捐箱开箱记录",
    ),
    Endpoint("GET", _ONE, get, permission="box.read", answer=OpeningAnswer, summary="一次开箱"),
    Endpoint(
        "POST",
        "/boxes/{code}/openings",
        count,
        permission="box.count",
        body=CountBody,
        answer=CountedAnswer,
        status=201,
        idempotent=True,
        summary="登记开箱清点@api",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/confirm",
        confirm,
        permission="box.confirm",
        body=ConfirmBody,
        answer=BookedAnswer,
        status=201,
        idempotent=True,
        summary="第二人确认清点，入账",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/drop",
        drop,
        permission="box.count",
        answer=NumberAnswer,
        idempotent=True,
        summary="作废一次清点",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/slip",
        paid_in,
        permission="box.count",
        body=SlipBody,
        answer=NumberAnswer,
        idempotent=True,
        summary="补记缴存回单号",
    ),
]
