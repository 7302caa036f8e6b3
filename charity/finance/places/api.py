"""The JSON calls of the places of money (docs/api.md)."""

from charity.finance.places import screens, verbs
from charity.finance.places.forms import MarkBody, OpenBody, PlacesAnswer, RenameBody
from charity.web.api import Call, Endpoint


async def every(call: Call) -> PlacesAnswer:
    """`GET /ledger/places`."""
    del call
    return PlacesAnswer(items=await screens.every())


async def open_bank(call: Call) -> PlacesAnswer:
    """`POST /ledger/places`."""
    body: OpenBody = call.body
    await verbs.open_bank(place=body.place, name=body.name, name_en=body.name_en, by=call.by)
    return await every(call)


async def rename(call: Call) -> PlacesAnswer:
    """`POST /ledger/places/rename`."""
    body: RenameBody = call.body
    await verbs.rename(code=body.code, name=body.name, name_en=body.name_en, by=call.by)
    return await every(call)


async def pay_from(call: Call) -> PlacesAnswer:
    """`POST /ledger/places/pay-from`."""
    body: MarkBody = call.body
    await verbs.pay_from(code=body.code, by=call.by)
    return await every(call)


async def receive_into(call: Call) -> PlacesAnswer:
    """`POST /ledger/places/receive-into`."""
    body: MarkBody = call.body
    await verbs.receive_into(code=body.code, by=call.by)
    return await every(call)


endpoints = [
    Endpoint("GET", "/ledger/places", every, permission="transfer.read", answer=PlacesAnswer, summary="资金存放处@api"),
    Endpoint(
        "POST",
        "/ledger/places",
        open_bank,
        permission="place.manage",
        body=OpenBody,
        answer=PlacesAnswer,
        status=201,
        summary="登记新开立的银行账户",
    ),
    Endpoint(
        "POST",
        "/ledger/places/rename",
        rename,
        permission="place.manage",
        body=RenameBody,
        answer=PlacesAnswer,
        summary="改资金存放处的名称",
    ),
    Endpoint(
        "POST",
        "/ledger/places/pay-from",
        pay_from,
        permission="place.manage",
        body=MarkBody,
        answer=PlacesAnswer,
        summary="指定默认的付款账户",
    ),
    Endpoint(
        "POST",
        "/ledger/places/receive-into",
        receive_into,
        permission="place.manage",
        body=MarkBody,
        answer=PlacesAnswer,
        summary="指定银行转账捐款的收款账户",
    ),
]
