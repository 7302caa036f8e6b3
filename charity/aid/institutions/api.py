"""The JSON calls of institutions (docs/api.md). No answer has an account."""

from typing import Any

from charity.aid.institutions import verbs
from charity.aid.institutions.forms import AgainBody, EnterBody, InstitutionsAnswer, StatusAnswer
from charity.people import institution_entries, institutions
from charity.people.models import EntryStatus
from charity.web.api import Call, Endpoint

_NAMES = ("code", "name", "kind", "credit_code", "township")


async def listed(call: Call) -> dict[str, Any]:
    """`GET /aid/institutions`."""
    rows, entries = await institutions.every(by=call.by), await institution_entries.newest(by=call.by)
    return {
        "items": [{n: getattr(row, n) for n in _NAMES} | {"has_account": bool(row.bank_account)} for row in rows],
        "entries": [{n: getattr(entry, n) for n in (*_NAMES, "key", "status", "entered_at")} for entry in entries],
    }


async def enter(call: Call) -> dict[str, Any]:
    """`POST /aid/institutions`."""
    key = await verbs.enter(**call.body.typed, by=call.by)
    return {"key": key, "status": EntryStatus.WAITING}


async def confirm(call: Call) -> dict[str, Any]:
    """`POST /aid/institutions/entries/{key}/confirm`."""
    await verbs.confirm(key=call.path["key"], account=call.body.account, by=call.by)
    return {"key": call.path["key"], "status": EntryStatus.CONFIRMED}


async def refuse(call: Call) -> dict[str, Any]:
    """`POST /aid/institutions/entries/{key}/refuse`."""
    await verbs.refuse(key=call.path["key"], by=call.by)
    return {"key": call.path["key"], "status": EntryStatus.REFUSED}


async def withdraw(call: Call) -> dict[str, Any]:
    """`POST /aid/institutions/entries/{key}/withdraw`."""
    await verbs.withdraw(key=call.path["key"], by=call.by)
    return {"key": call.path["key"], "status": EntryStatus.WITHDRAWN}


_ALL = "/aid/institutions"
endpoints = [
    Endpoint("GET", _ALL, listed, permission="voucher.read", answer=InstitutionsAnswer, summary="机构和登记记录"),
    Endpoint(
        "POST",
        _ALL,
        enter,
        permission="institution.enter",
        body=EnterBody,
        answer=StatusAnswer,
        status=201,
        summary="登记或变更机构，由另一个人核对后生效",
    ),
    Endpoint(
        "POST",
        f"{_ALL}/entries/{{key}}/confirm",
        confirm,
        permission="institution.confirm",
        body=AgainBody,
        answer=StatusAnswer,
        summary="核对机构的登记@api",
    ),
    Endpoint(
        "POST",
        f"{_ALL}/entries/{{key}}/refuse",
        refuse,
        permission="institution.confirm",
        answer=StatusAnswer,
        summary="退回机构的登记",
    ),
    Endpoint(
        "POST",
        f"{_ALL}/entries/{{key}}/withdraw",
        withdraw,
        permission="institution.enter",
        answer=StatusAnswer,
        summary="撤回机构的登记",
    ),
]
