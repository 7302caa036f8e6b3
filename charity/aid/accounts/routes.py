"""The pages of households' accounts: what waits, entering one, and the second look."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.aid import rules
from charity.aid.accounts import screens, verbs
from charity.aid.accounts.forms import AgainForm, EnterForm
from charity.errors import Refusal
from charity.people import accounts
from charity.web import auth, forms, pages


async def listed(request: Request) -> Response:
    """`GET /household-accounts`."""
    by = auth.allowed(request, "payee.confirm")
    return await pages.page(
        request, "aid/accounts/list.html", rows=await screens.waiting(by), most=accounts.WAITING_MAX
    )


async def new(request: Request) -> Response:
    """`GET /household-accounts/new`."""
    auth.allowed(request, "payee.enter")
    return await _form(request, {})


async def enter(request: Request) -> Response:
    """`POST /household-accounts/new`."""
    by = auth.allowed(request, "payee.enter")
    data = await forms.data(request, EnterForm)
    try:
        form = forms.read(EnterForm, data)
        await verbs.enter(household=form.household, account=form.account, by=by)
    except Refusal as refusal:
        return await _form(request, data, refusal)
    return pages.see_other(request, "/household-accounts", "{code} 的账号已登记，等另一个人核对", code=form.household)


async def second_look(request: Request) -> Response:
    """`GET /household-accounts/{key}`."""
    auth.allowed(request, "payee.confirm")
    return await _look(request)


async def confirm(request: Request) -> Response:
    """`POST /household-accounts/{key}`."""
    by = auth.allowed(request, "payee.confirm")
    data = await forms.data(request, AgainForm)
    try:
        await verbs.confirm(key=request.path_params["key"], account=forms.read(AgainForm, data).account, by=by)
    except Refusal as refusal:
        return await _look(request, refusal)
    return pages.see_other(request, "/household-accounts", "账号已核对，以后付到这个账号")


async def refuse(request: Request) -> Response:
    """`POST /household-accounts/{key}/refuse`."""
    by = auth.allowed(request, "payee.confirm")
    await forms.data(request)
    try:
        await verbs.refuse(key=request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _look(request, refusal)
    return pages.see_other(request, "/household-accounts", "账号已退回，可以重新登记")


async def _form(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    """The form; the digits are never shown again, they are typed once more from the original."""
    return await pages.page(
        request,
        "aid/accounts/form.html",
        status=refusal.status if refusal else 200,
        household=values.get("household", ""),
        errors=pages.errors(refusal) if refusal else [],
    )


async def _look(request: Request, refusal: Refusal | None = None) -> Response:
    """The page of one that waits; what was typed is not shown again, it is typed from the paper."""
    by = auth.allowed(request, "payee.confirm")
    entry = await accounts.one(request.path_params["key"], by=by)
    if entry is None:
        raise rules.ACCOUNT_UNKNOWN()
    return await pages.page(
        request,
        "aid/accounts/look.html",
        status=refusal.status if refusal else 200,
        key=entry.key,
        entry=await screens.one(entry, by),
        waits=entry.status == "waiting",
        errors=pages.errors(refusal) if refusal else [],
    )


routes = [
    Route("/household-accounts", listed, methods=["GET"]),
    Route("/household-accounts/new", new, methods=["GET"]),
    Route("/household-accounts/new", enter, methods=["POST"]),
    Route("/household-accounts/{key}", second_look, methods=["GET"]),
    Route("/household-accounts/{key}", confirm, methods=["POST"]),
    Route("/household-accounts/{key}/refuse", refuse, methods=["POST"]),
]
