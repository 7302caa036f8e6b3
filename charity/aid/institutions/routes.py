"""The pages of institutions: the list, the form that registers or changes one, and the second look."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.aid import rules
from charity.aid.institutions import screens, verbs
from charity.aid.institutions.forms import AgainForm, EnterForm
from charity.errors import Refusal
from charity.people import institution_entries, institutions
from charity.printing import glyphs
from charity.web import auth, forms, pages


async def listed(request: Request) -> Response:
    """`GET /institutions`."""
    by = auth.allowed(request, "voucher.read")
    return await pages.page(request, "aid/institutions/list.html", **await screens.page(by))


async def new(request: Request) -> Response:
    """`GET /institutions/new`; with `code` the form that changes one, which never shows the account."""
    by = auth.allowed(request, "institution.enter")
    known = await institutions.with_code(request.query_params.get("code", ""), by=by)
    names = ("code", "name", "kind", "credit_code", "township")
    if known is None:
        return await _form(request, {})
    rare = "1" if glyphs.missing(known.name) else ""
    return await _form(request, {name: getattr(known, name) for name in names} | {"rare": rare})


async def enter(request: Request) -> Response:
    """`POST /institutions/new`."""
    by = auth.allowed(request, "institution.enter")
    data = await forms.data(request, EnterForm)
    try:
        form = forms.read(EnterForm, data)
        await verbs.enter(**form.typed, by=by)
    except Refusal as refusal:
        return await _form(request, data, refusal)
    return pages.see_other(request, "/institutions", "{code} 已登记，等另一个人核对后生效", code=form.code)


async def second_look(request: Request) -> Response:
    """`GET /institutions/entries/{key}`."""
    auth.allowed(request, "institution.confirm")
    return await _look(request)


async def confirm(request: Request) -> Response:
    """`POST /institutions/entries/{key}`."""
    by = auth.allowed(request, "institution.confirm")
    data = await forms.data(request, AgainForm)
    try:
        await verbs.confirm(key=request.path_params["key"], account=forms.read(AgainForm, data).account, by=by)
    except Refusal as refusal:
        return await _look(request, refusal)
    return pages.see_other(request, "/institutions", "已核对，现在生效")


async def refuse(request: Request) -> Response:
    """`POST /institutions/entries/{key}/refuse`."""
    by = auth.allowed(request, "institution.confirm")
    await forms.data(request)
    try:
        await verbs.refuse(key=request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _look(request, refusal)
    return pages.see_other(request, "/institutions", "已退回，可以重新登记")


async def withdraw(request: Request) -> Response:
    """`POST /institutions/entries/{key}/withdraw`."""
    by = auth.allowed(request, "institution.enter")
    await forms.data(request)
    try:
        await verbs.withdraw(key=request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _look(request, refusal)
    return pages.see_other(request, "/institutions", "已撤回，可以重新登记")


async def _form(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    """The form; the digits are never shown again, they are typed once more from the original."""
    typed = {name: values.get(name, "") for name in EnterForm.model_fields if name != "account"}
    return await pages.page(
        request,
        "aid/institutions/form.html",
        status=refusal.status if refusal else 200,
        values=typed,
        errors=pages.errors(refusal) if refusal else [],
        **await screens.form(),
    )


async def _look(request: Request, refusal: Refusal | None = None) -> Response:
    """The page of one that waits; the account is not shown, it is typed from the original."""
    by = auth.allowed(request, "institution.confirm")
    entry = await institution_entries.one(request.path_params["key"], by=by)
    if entry is None:
        raise rules.INSTITUTION_UNKNOWN()
    return await pages.page(
        request,
        "aid/institutions/look.html",
        status=refusal.status if refusal else 200,
        errors=pages.errors(refusal) if refusal else [],
        **await screens.look(entry, by),
    )


routes = [
    Route("/institutions", listed, methods=["GET"]),
    Route("/institutions/new", new, methods=["GET"]),
    Route("/institutions/new", enter, methods=["POST"]),
    Route("/institutions/entries/{key}", second_look, methods=["GET"]),
    Route("/institutions/entries/{key}", confirm, methods=["POST"]),
    Route("/institutions/entries/{key}/refuse", refuse, methods=["POST"]),
    Route("/institutions/entries/{key}/withdraw", withdraw, methods=["POST"]),
]
