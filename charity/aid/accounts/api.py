"""The JSON calls of households' accounts (docs/api.md). No answer has an account."""

from typing import Any

from pydantic import BaseModel

from charity.aid.accounts import screens, verbs
from charity.aid.accounts.forms import AgainBody, EnterBody
from charity.people.models import AccountStatus
from charity.web.api import Call, Endpoint


class StatusAnswer(BaseModel):
    """How far the account is."""

    key: str
    status: AccountStatus


class WaitingAnswer(BaseModel):
    """An account that waits for its second look."""

    key: str
    household: str
    entered_at: str


class WaitingList(BaseModel):
    """All that wait, oldest first."""

    items: list[WaitingAnswer]


async def enter(call: Call) -> dict[str, Any]:
    """`POST /aid/household-accounts`."""
    key = await verbs.enter(household=call.body.household, account=call.body.account, by=call.by)
    return {"key": key, "status": AccountStatus.WAITING}


async def confirm(call: Call) -> dict[str, Any]:
    """`POST /aid/household-accounts/{key}/confirm`."""
    await verbs.confirm(key=call.path["key"], account=call.body.account, by=call.by)
    return {"key": call.path["key"], "status": AccountStatus.CONFIRMED}


async def refuse(call: Call) -> dict[str, Any]:
    """`POST /aid/household-accounts/{key}/refuse`."""
    await verbs.refuse(key=call.path["key"], by=call.by)
    return {"key": call.path["key"], "status": AccountStatus.REFUSED}


async def waiting(call: Call) -> dict[str, Any]:
    """`GET /aid/household-accounts`."""
    rows = await screens.waiting(call.by)
    return {"items": [{"key": r["key"], "household": r["household"], "entered_at": r["at"]} for r in rows]}


_ALL = "/aid/household-accounts"
endpoints = [
    Endpoint("GET", _ALL, waiting, permission="payee.confirm", answer=WaitingList, summary="等待核对的家庭账号"),
    Endpoint(
        "POST",
        _ALL,
        enter,
        permission="payee.enter",
        body=EnterBody,
        answer=StatusAnswer,
        status=201,
        summary="登记家庭的收款账号@api",
    ),
    Endpoint(
        "POST",
        f"{_ALL}/{{key}}/confirm",
        confirm,
        permission="payee.confirm",
        body=AgainBody,
        answer=StatusAnswer,
        summary="核对家庭的收款账号@api",
    ),
    Endpoint(
        "POST",
        f"{_ALL}/{{key}}/refuse",
        refuse,
        permission="payee.confirm",
        answer=StatusAnswer,
        summary="退回家庭的收款账号",
    ),
]
