"""The JSON calls of the close of a day (docs/api.md)."""

from charity import clock, words
from charity.bank import matching
from charity.bank.closing import readers, verbs
from charity.bank.closing.forms import (
    CloseBody,
    ClosedAnswer,
    DayAnswer,
    DayParams,
    DaysAnswer,
    DaysParams,
    MissingAnswer,
    PrepareBody,
    PreparedAnswer,
    ReopenBody,
    ShownAnswer,
)
from charity.bank.models import BankDayRow
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


def _answer(row: BankDayRow) -> DayAnswer:
    named = {name: row[name] for name in DayAnswer.model_fields if name != "on"}  # type: ignore[literal-required]
    return DayAnswer(on=row["on_day"], **named)


async def listed(call: Call) -> DaysAnswer:
    """`GET /bank/days`."""
    asked: DaysParams = call.query
    rows, following = await readers.newest(place=asked.place, after=asked.after or "", limit=asked.limit, by=call.by)
    return DaysAnswer(items=[_answer(row) for row in rows], next=following or None)


async def shown(call: Call) -> ShownAnswer:
    """`GET /bank/day`."""
    asked: DayParams = call.query
    await matching.catch_up()
    day = await readers.shown_day(asked.place, asked.on.isoformat(), by=call.by)
    refusals = day.missing(clock.today().isoformat())
    missing = [MissingAnswer(code=one.code, detail=words.say(one.words, **one.facts)) for one in refusals]
    return ShownAnswer(facts=day.facts(), covered=day.covered, missing=missing, content_hash=day.shown().hash)


async def get(call: Call) -> DayAnswer:
    """`GET /bank/days/{key}`."""
    return _answer((await readers.get(call.path["key"], by=call.by)).row)


async def prepare(call: Call) -> Answer:
    """`POST /bank/days`."""
    body: PrepareBody = call.body
    return await verbs.prepare(
        place=body.place,
        on=body.on.isoformat(),
        asked=body.prepared(),
        content_hash=body.content_hash,
        by=call.by,
        idem=call.idem("day.prepare"),
    )


async def close(call: Call) -> Answer:
    """`POST /bank/days/{key}/close`."""
    body: CloseBody = call.body
    return await verbs.close(
        key=call.path["key"], content_hash=body.content_hash, by=call.by, idem=call.idem("day.close")
    )


async def reopen(call: Call) -> Answer:
    """`POST /bank/days/{key}/reopen`."""
    body: ReopenBody = call.body
    return await verbs.reopen(key=call.path["key"], reason=body.reason, by=call.by, idem=call.idem("day.reopen"))


_ONE = "/bank/days/{key}"
endpoints = [
    Endpoint(
        "GET",
        "/bank/days",
        listed,
        permission="statement.read",
        params=DaysParams,
        answer=DaysAnswer,
        summary="日结@api",
    ),
    Endpoint(
        "GET",
        "/bank/day",
        shown,
        permission="statement.read",
        params=DayParams,
        answer=ShownAnswer,
        summary="一天能不能日结",
    ),
    Endpoint("GET", _ONE, get, permission="statement.read", answer=DayAnswer, summary="一次日结"),
    Endpoint(
        "POST",
        "/bank/days",
        prepare,
        permission="day.prepare",
        body=PrepareBody,
        answer=PreparedAnswer,
        status=201,
        idempotent=True,
        summary="准备日结@api",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/close",
        close,
        permission="day.close",
        body=CloseBody,
        answer=ClosedAnswer,
        status=201,
        idempotent=True,
        summary="复核并日结@api",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/reopen",
        reopen,
        permission="day.close",
        body=ReopenBody,
        answer=ClosedAnswer,
        status=201,
        idempotent=True,
        summary="重新打开一天@api",
    ),
]
