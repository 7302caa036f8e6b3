"""The page of the places of money: the list, and for the accountant what can be changed of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.finance.places import screens, verbs
from charity.finance.places.forms import MarkForm, OpenForm, RenameForm
from charity.web import auth, forms, pages

HERE = "/finance/places"


async def show(request: Request) -> Response:
    """`GET /finance/places`."""
    auth.allowed(request, "transfer.read")
    return await _page(request, 200, "", {}, [])


async def _page(request: Request, status: int, part: str, typed: forms.Data, errors: list[dict[str, str]]) -> Response:
    context = await screens.page()
    return await pages.page(
        request, "finance/places/show.html", status, part=part, typed=typed, errors=errors, **context
    )


def _door(part: str, model: type[BaseModel], verb: Callable[..., Awaitable[None]], flash: str) -> Any:
    """The handler of one form of the page; its errors stand at its own fields."""

    async def handler(request: Request) -> Response:
        by = auth.allowed(request, "place.manage")
        data = await forms.data(request, model)
        try:
            await verb(**forms.read(model, data).model_dump(), by=by)
        except Refusal as refusal:
            errors = [{**e, "field": e["field"] and f"{part}-{e['field']}"} for e in pages.errors(refusal)]
            return await _page(request, refusal.status, part, data, errors)
        return pages.see_other(request, HERE, flash)

    return handler


routes = [
    Route(HERE, show, methods=["GET"]),
    Route(HERE, _door("open", OpenForm, verbs.open_bank, "已登记新的银行账户"), methods=["POST"]),
    Route(f"{HERE}/rename", _door("rename", RenameForm, verbs.rename, "名称已改"), methods=["POST"]),
    Route(f"{HERE}/pay-from", _door("pays", MarkForm, verbs.pay_from, "默认的付款账户已改"), methods=["POST"]),
    Route(
        f"{HERE}/receive-into",
        _door("receives", MarkForm, verbs.receive_into, "收款账户已改，以前的捐款不变"),
        methods=["POST"],
    ),
]
