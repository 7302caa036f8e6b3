"""The facts of the organisation over the API: what is true on a day for everybody, entering and history for staff."""

from dataclasses import asdict
from typing import Any

from charity import clock
from charity.office import organisation
from charity.office.organisation.forms import (
    FactAnswer,
    FactBody,
    FactsAnswer,
    FactsQuery,
    HistoryAnswer,
)
from charity.web.api import Call, Endpoint


async def show(call: Call) -> dict[str, Any]:
    """What is true on a day."""
    asked: FactsQuery = call.query
    on = asked.on or clock.today()
    valid = (await organisation.facts_on(on)).valid
    return {"on": on, "items": [asdict(valid[kind]) for kind in organisation.FactKind if kind in valid]}


async def enter(call: Call) -> FactAnswer:
    """Say what is true from a day to a day."""
    body: FactBody = call.body
    entered = await organisation.enter(
        kind=body.kind, value=body.value, starts_on=body.starts_on, ends_on=body.ends_on, by=call.by
    )
    return FactAnswer.model_validate(asdict(entered))


async def history(call: Call) -> dict[str, Any]:  # noqa: ARG001 - a handler's signature
    """What was entered, the newest first."""
    return {"items": [asdict(fact) for fact in await organisation.history()], "next": None}


endpoints = [
    Endpoint(
        "GET",
        "/organisation/facts",
        show,
        public=True,
        params=FactsQuery,
        answer=FactsAnswer,
        summary="某一天有效的单位信息：证书、资格、备案号、联系方式",
    ),
    Endpoint(
        "POST",
        "/organisation/facts",
        enter,
        permission="organisation.change",
        body=FactBody,
        answer=FactAnswer,
        status=201,
        summary="登记单位信息及其有效期",
    ),
    Endpoint(
        "GET",
        "/organisation/facts/history",
        history,
        permission="organisation.read",
        answer=HistoryAnswer,
        summary="单位信息的登记记录",
    ),
]
