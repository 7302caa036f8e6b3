"""The page that shows who we are, what is true today and what was entered, and enters facts."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.office import organisation
from charity.office.limits import IMAGE, SMALL
from charity.office.models import FactKind
from charity.office.organisation import pictures, screens
from charity.office.organisation.forms import CodeForm, FactForm, SecondForm
from charity.web import auth, forms, pages

PICTURED = frozenset({"picture"})


async def show(request: Request) -> Response:
    """Who we are, as printed on documents and pages."""
    auth.allowed(request, "organisation.read")
    return await _page(request, 200, values={})


async def _page(request: Request, status: int, **context: Any) -> Response:
    by = auth.allowed(request, "organisation.read")
    return await pages.page(request, "office/organisation/show.html", status, **await screens.page(by), **context)


async def enter(request: Request) -> Response:
    """Say what is true from a day to a day."""
    by = auth.allowed(request, "organisation.change")
    data = await forms.data(request, FactForm)
    try:
        form = forms.read(FactForm, data)
        await organisation.enter(
            kind=form.kind, value=form.typed, starts_on=form.starts_on, ends_on=form.ends_on, by=by
        )
    except Refusal as refusal:
        errors = pages.errors(refusal)
        if data.get("kind") != FactKind.ACCOUNT:
            return await _page(request, refusal.status, values=data, errors=errors)
        days = {"starts_on", "ends_on"}  # the other form has fields of these names, too
        errors = [{**e, "field": f"account-{e['field']}" if e["field"] in days else e["field"]} for e in errors]
        return await _page(request, refusal.status, values={}, account=data, errors=errors)
    flash = "已登记，等另一个人核对后生效" if form.typed else "已登记"
    return pages.see_other(request, "/organisation", flash=flash)


async def enter_code(request: Request) -> Response:
    """Say by which payment code givers pay from a day to a day: by its picture, or by what is written in it."""
    by = auth.allowed(request, "organisation.change")
    data = await forms.data(request, CodeForm, files=PICTURED)
    try:
        data["value"] = await pictures.text_of(forms.file(request, "picture"), forms.text(data, "value"))
        form = forms.read(CodeForm, data)
        await organisation.enter(
            kind=form.kind,
            value=form.value,
            starts_on=form.starts_on,
            ends_on=form.ends_on,
            unfamiliar=form.unfamiliar,
            by=by,
        )
    except Refusal as refusal:
        errors = [{**e, "field": e["field"] and f"{e['field']}-code"} for e in pages.errors(refusal)]
        return await _page(request, refusal.status, values={}, code=data, errors=errors)
    flash = "已登记，等另一个人核对后生效" if form.value else "已停用"
    return pages.see_other(request, "/organisation", flash=flash)


async def confirm(request: Request) -> Response:
    """The second look: the fact is true."""
    by = auth.allowed(request, "organisation.confirm")
    data = await forms.data(request, SecondForm, files=PICTURED)
    entry = screens.entry_of(request.path_params["id"])
    try:
        if image := forms.file(request, "picture"):
            data["again"] = await pictures.text_of(image, forms.text(data, "again"))
        form = forms.read(SecondForm, data)
        await organisation.confirm(entry, value=form.typed, unfamiliar=form.unfamiliar, by=by)
    except Refusal as refusal:
        again = {"id": entry, "text": forms.text(data, "again"), "ticked": forms.text(data, "unfamiliar") == "1"}
        errors = [{**e, "field": e["field"] and screens.second_field(e["field"], entry)} for e in pages.errors(refusal)]
        return await _page(request, refusal.status, values={}, again=again, errors=errors)
    flash, kind, on = await screens.confirmed(entry)
    return pages.see_other(request, "/organisation", flash=flash, kind=kind, on=on)


async def refuse(request: Request) -> Response:
    """The second look: the fact is wrong."""
    by = auth.allowed(request, "organisation.confirm")
    await forms.data(request)
    await organisation.refuse(screens.entry_of(request.path_params["id"]), by=by)
    return pages.see_other(request, "/organisation", flash="已退回", kind="warn")


routes = [
    Route("/organisation", show, methods=["GET"]),
    Route("/organisation", enter, methods=["POST"], max_body_size=SMALL),
    Route("/organisation/codes", enter_code, methods=["POST"], max_body_size=IMAGE),
    Route("/organisation/facts/{id}/confirm", confirm, methods=["POST"], max_body_size=IMAGE),
    Route("/organisation/facts/{id}/refuse", refuse, methods=["POST"], max_body_size=SMALL),
]
