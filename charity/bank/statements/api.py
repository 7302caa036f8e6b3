"""The JSON calls of statements (docs/api.md)."""

import asyncio
import base64
import binascii
from typing import Any, cast

from charity.bank import rules
from charity.bank.models import BankStatementRow
from charity.bank.statements import readers, verbs, withdrawals
from charity.bank.statements.forms import (
    BODY_MAX,
    LineAnswer,
    LinesAnswer,
    LinesParams,
    StatementAnswer,
    StatementsAnswer,
    StatementsParams,
    TakeBody,
    UploadBody,
)
from charity.bank.statements.readers import Filters, LineView
from charity.web.api import Call, Endpoint


def answer(row: BankStatementRow) -> StatementAnswer:
    """A statement as a program reads it."""
    names = StatementAnswer.model_fields.keys() - {"content_hash", "file_name"}
    values = {name: row[name] for name in names}  # type: ignore[literal-required]
    return StatementAnswer(**values, file_name=readers.file_name(row), content_hash=readers.content(row).hash)


def line_values(one: LineView) -> dict[str, Any]:
    """A line as a program reads it."""
    names = LineAnswer.model_fields.keys() - {"name", "account", "memo"}
    sealed = {"name": one.name, "account": one.account, "memo": one.memo}
    return {**{name: one.row[name] for name in names}, **sealed}  # type: ignore[literal-required]


async def upload(call: Call) -> StatementAnswer:
    """`POST /bank/statements`: read and shown; nothing is taken in."""
    body: UploadBody = call.body
    try:
        data = await asyncio.to_thread(base64.b64decode, body.file, validate=True)
    except (binascii.Error, ValueError):
        raise rules.STATEMENT_ENCODING() from None
    key = await verbs.upload(
        place=body.place, name=body.file_name, data=data, columns=cast("dict[str, str]", body.columns), by=call.by
    )
    return answer(await readers.get(key, by=call.by))


async def take(call: Call) -> StatementAnswer:
    """`POST /bank/statements/{key}/take`."""
    body: TakeBody = call.body
    await verbs.take(call.path["key"], content_hash=body.content_hash, by=call.by)
    return answer(await readers.get(call.path["key"], by=call.by))


async def withdraw(call: Call) -> dict[str, str]:
    """`POST /bank/statements/{key}/withdraw`."""
    await withdrawals.withdraw(call.path["key"], by=call.by)
    return {"key": call.path["key"]}


async def take_back(call: Call) -> StatementAnswer:
    """`POST /bank/statements/{key}/take-back`."""
    body: TakeBody = call.body
    await withdrawals.take_back(call.path["key"], content_hash=body.content_hash, by=call.by)
    return answer(await readers.get(call.path["key"], by=call.by))


async def listed(call: Call) -> StatementsAnswer:
    """`GET /bank/statements`."""
    asked: StatementsParams = call.query
    rows, following = await readers.statements(
        place=asked.place, after=asked.after or "", limit=asked.limit, by=call.by
    )
    return StatementsAnswer(items=[answer(row) for row in rows], next=following or None)


async def lines(call: Call) -> LinesAnswer:
    """`GET /bank/lines`."""
    asked: LinesParams = call.query
    filters = Filters(
        place=asked.place,
        status=asked.status,
        statement=asked.statement,
        direction=asked.direction or "",
        from_on=asked.from_on,
        to_on=asked.to_on,
        after=asked.after or "",
        limit=asked.limit,
    )
    views, following = await readers.lines(filters, by=call.by)
    items = [LineAnswer(**line_values(one)) for one in views]
    return LinesAnswer(items=items, next=following or None)


_ONE = "/bank/statements/{key}"
endpoints = [
    Endpoint(
        "GET",
        "/bank/statements",
        listed,
        permission="statement.read",
        params=StatementsParams,
        answer=StatementsAnswer,
        summary="银行对账单@api",
    ),
    Endpoint(
        "POST",
        "/bank/statements",
        upload,
        permission="statement.import",
        body=UploadBody,
        answer=StatementAnswer,
        body_max=BODY_MAX,
        summary="试读一份对账单",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/take",
        take,
        permission="statement.import",
        body=TakeBody,
        answer=StatementAnswer,
        summary="导入试读过的对账单",
    ),
    Endpoint("POST", f"{_ONE}/withdraw", withdraw, permission="statement.import", summary="撤下没有导入的对账单"),
    Endpoint(
        "POST",
        f"{_ONE}/take-back",
        take_back,
        permission="statement.import",
        body=TakeBody,
        answer=StatementAnswer,
        summary="撤回导入过的对账单",
    ),
    Endpoint(
        "GET",
        "/bank/lines",
        lines,
        permission="statement.read",
        params=LinesParams,
        answer=LinesAnswer,
        summary="银行流水@api",
    ),
]
