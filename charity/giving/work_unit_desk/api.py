"""The JSON calls of work units (docs/api.md)."""

from typing import Any

from charity.giving import work_units
from charity.giving.models import WorkUnit
from charity.giving.work_unit_desk.forms import (
    AddBody,
    ChangeBody,
    KeptAnswer,
    SeenBody,
    UnitsAnswer,
    UnitShown,
    UnitsQuery,
)
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint

_NAMES = ("code", "name", "kind", "staff", "reference", "show_amount", "changed_at")


def _answer(unit: WorkUnit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _NAMES} | {"retired": unit.retired_at is not None}


async def listed(call: Call) -> dict[str, Any]:
    """`GET /work-units`."""
    asked: UnitsQuery = call.query
    chosen = work_units.Filters(
        text=asked.text, kind=asked.kind or "", state=asked.state or "", after=asked.after or ""
    )
    units = await work_units.listed(chosen, asked.limit + 1, by=call.by)
    more = units[asked.limit - 1].code if len(units) > asked.limit else None
    return {"items": [_answer(unit) for unit in units[: asked.limit]], "next": more}


async def show(call: Call) -> dict[str, Any]:
    """`GET /work-units/{code}`."""
    unit = await work_units.get(call.path["code"], by=call.by)
    return _answer(unit) | {"giving": await work_units.giving_of(unit.code, by=call.by)}


async def add(call: Call) -> Answer:
    """`POST /work-units`."""
    return await work_units.add(**call.body.model_dump(), by=call.by)


async def change(call: Call) -> Answer:
    """`POST /work-units/{code}`."""
    return await work_units.change(call.path["code"], **call.body.model_dump(), by=call.by)


async def retire(call: Call) -> Answer:
    """`POST /work-units/{code}/retire`."""
    return await work_units.retire(call.path["code"], changed_at=call.body.changed_at, by=call.by)


async def revive(call: Call) -> Answer:
    """`POST /work-units/{code}/revive`."""
    return await work_units.revive(call.path["code"], changed_at=call.body.changed_at, by=call.by)


_ALL, _ONE = "/work-units", "/work-units/{code}"
endpoints = [
    Endpoint(
        "GET", _ALL, listed, permission="gift.read", params=UnitsQuery, answer=UnitsAnswer, summary="捐款单位@api"
    ),
    Endpoint(
        "POST",
        _ALL,
        add,
        permission="campaign.manage",
        body=AddBody,
        answer=KeptAnswer,
        status=201,
        summary="登记捐款单位",
    ),
    Endpoint("GET", _ONE, show, permission="gift.read", answer=UnitShown, summary="一个单位和它历次活动的捐款"),
    Endpoint(
        "POST",
        _ONE,
        change,
        permission="campaign.manage",
        body=ChangeBody,
        answer=KeptAnswer,
        summary="修改捐款单位",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/retire",
        retire,
        permission="campaign.manage",
        body=SeenBody,
        answer=KeptAnswer,
        summary="停用捐款单位",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/revive",
        revive,
        permission="campaign.manage",
        body=SeenBody,
        answer=KeptAnswer,
        summary="恢复捐款单位",
    ),
]
