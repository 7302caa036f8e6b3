"""The JSON calls of organisers (docs/api.md)."""

from typing import Any

from charity.giving import organisers, work_units
from charity.giving.organisers.forms import EndedAnswer, InviteBody, InvitedAnswer, OrganisersAnswer
from charity.giving.organisers.screens import address_of
from charity.web.api import Call, Endpoint

_NAMES = ("key", "name", "login", "state", "made_at", "expires_on", "joined_at", "ended_at")


async def listed(call: Call) -> dict[str, Any]:
    """`GET /work-units/{code}/organisers`."""
    unit = await work_units.get(call.path["code"], by=call.by)
    items = await organisers.every(unit.code, by=call.by)
    return {"items": [{name: getattr(one, name) for name in _NAMES} for one in items], "next": None}


async def invite(call: Call) -> dict[str, Any]:
    """`POST /work-units/{code}/organisers`."""
    made = await organisers.invite(call.path["code"], name=call.body.name, by=call.by)
    return {"key": made.key, "code": made.code, "address": address_of(made.code), "expires_on": made.expires_on}


async def end(call: Call) -> dict[str, Any]:
    """`POST /work-units/{code}/organisers/end`."""
    await organisers.end(call.path["code"], by=call.by)
    return {"work_unit": call.path["code"]}


_PATH = "/work-units/{code}/organisers"
endpoints = [
    Endpoint("GET", _PATH, listed, permission="gift.read", answer=OrganisersAnswer, summary="单位的联络员和邀请"),
    Endpoint(
        "POST",
        _PATH,
        invite,
        permission="organiser.invite",
        body=InviteBody,
        answer=InvitedAnswer,
        status=201,
        summary="邀请单位联络员",
    ),
    Endpoint(
        "POST",
        f"{_PATH}/end",
        end,
        permission="organiser.invite",
        answer=EndedAnswer,
        summary="收回单位的联络员和邀请",
    ),
]
