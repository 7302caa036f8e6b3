"""The facts of the organisation over the API: what is true on a day for everybody, entering and history for staff."""

from dataclasses import asdict
from typing import Any

from charity import clock
from charity.office import organisation
from charity.office.organisation import FactStatus, screens
from charity.office.organisation.forms import (
    EnteredAnswer,
    FactBody,
    FactsAnswer,
    FactsQuery,
    HistoryAnswer,
    SecondBody,
    SeenAnswer,
)
from charity.web.api import Call, Endpoint


async def show(call: Call) -> dict[str, Any]:
    """What is true on a day."""
    asked: FactsQuery = call.query
    on = asked.on or clock.today()
    valid = (await organisation.facts_on(on)).valid
    return {"on": on, "items": [asdict(valid[kind]) for kind in organisation.FactKind if kind in valid]}


async def enter(call: Call) -> EnteredAnswer:
    """Say what is true from a day to a day; it waits for its second look."""
    body: FactBody = call.body
    entered = await organisation.enter(
        kind=body.kind,
        value=body.typed,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        unfamiliar=body.unfamiliar,
        by=call.by,
    )
    return EnteredAnswer.model_validate(asdict(entered))


async def confirm(call: Call) -> SeenAnswer:
    """The second look: the fact is true."""
    entry = _entry(call)
    await organisation.confirm(entry, value=call.body.typed, unfamiliar=call.body.unfamiliar, by=call.by)
    on = await organisation.first_day_in_force(entry, clock.today())
    return SeenAnswer(status=FactStatus.CONFIRMED, in_force_on=on)


async def refuse(call: Call) -> SeenAnswer:
    """The second look: the fact is wrong."""
    await organisation.refuse(_entry(call), by=call.by)
    return SeenAnswer(status=FactStatus.REFUSED)


def _entry(call: Call) -> int:
    return screens.entry_of(call.path["id"])


async def history(call: Call) -> dict[str, Any]:
    """What was entered, the newest first; what waits is empty for all but who entered it."""
    return {"items": [asdict(screens.seen_by(fact, call.by)) for fact in await organisation.history()], "next": None}


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
        answer=EnteredAnswer,
        status=201,
        summary="登记单位信息及其有效期，由另一个人核对后生效",
    ),
    Endpoint(
        "POST",
        "/organisation/facts/{id}/confirm",
        confirm,
        permission="organisation.confirm",
        body=SecondBody,
        answer=SeenAnswer,
        summary="照原件再输入一次，核对别人登记的单位信息",
    ),
    Endpoint(
        "POST",
        "/organisation/facts/{id}/refuse",
        refuse,
        permission="organisation.confirm",
        answer=SeenAnswer,
        summary="退回别人登记的单位信息",
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
