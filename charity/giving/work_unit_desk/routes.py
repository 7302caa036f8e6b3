"""The pages of work units: the list, one unit, the form that registers or changes one, and taking one out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.errors import Refusal
from charity.giving import work_units
from charity.giving.work_unit_desk import screens
from charity.giving.work_unit_desk.forms import AddForm, ChangeForm, SeenForm, UnitsFilter
from charity.web import auth, forms, pages
from charity.web.choices import choices
from charity.web.list_filters import ROWS

LIST = "/work-units"
FORM, SHOW = "giving/work_unit_desk/form.html", "giving/work_unit_desk/show.html"
RETIRE = "giving/work_unit_desk/retire.html"
FIELDS = ("code", "name", "kind", "reference", "staff", "show_amount", "changed_at")


async def listed(request: Request) -> Response:
    """`GET /work-units`."""
    by = auth.allowed(request, "gift.read")
    asked, refusal = forms.filters(request, UnitsFilter)
    units = [] if refusal else await work_units.listed(work_units.Filters(**asked.model_dump()), ROWS + 1, by=by)
    more = units[ROWS - 1].code if len(units) > ROWS else ""
    return await pages.form(
        request,
        "giving/work_unit_desk/list.html",
        refusal,
        asked=asked,
        rows=screens.rows(units[:ROWS]),
        **screens.filters(),
        **pages.pager(request, more),
    )


async def show(request: Request) -> Response:
    """`GET /work-units/{code}`."""
    auth.allowed(request, "gift.read")
    return await _page(request, SHOW)


async def new(request: Request) -> Response:
    """`GET /work-units/new`."""
    auth.allowed(request, "campaign.manage")
    return await _form(request, {})


async def add(request: Request) -> Response:
    """`POST /work-units/new`."""
    by = auth.allowed(request, "campaign.manage")
    data = await forms.data(request, AddForm)
    try:
        form = forms.read(AddForm, data)
        done = await work_units.add(**form.model_dump(), by=by, idem=forms.idem(request, data, "work_unit.add"))
    except Refusal as refusal:
        return await _form(request, data, refusal)
    return pages.see_other(request, addresses.of("work_unit", done.body["code"]), "已登记，捐赠表单里可以选这个单位了")


async def edit(request: Request) -> Response:
    """`GET /work-units/{code}/edit`."""
    by = auth.allowed(request, "campaign.manage")
    unit = await work_units.get(request.path_params["code"], by=by)
    values = {name: getattr(unit, name) for name in FIELDS}
    return await _form(request, values | {"show_amount": "1" if unit.show_amount else ""})


async def change(request: Request) -> Response:
    """`POST /work-units/{code}/edit`."""
    by = auth.allowed(request, "campaign.manage")
    data, code = await forms.data(request, ChangeForm), request.path_params["code"]
    try:
        form = forms.read(ChangeForm, data)
        await work_units.change(code, **form.model_dump(), by=by)
    except Refusal as refusal:
        return await _form(request, {**data, "code": code}, refusal)
    return pages.see_other(request, addresses.of("work_unit", code), "已保存")


async def retire_form(request: Request) -> Response:
    """`GET /work-units/{code}/retire`."""
    auth.allowed(request, "campaign.manage")
    return await _page(request, RETIRE)


async def retire(request: Request) -> Response:
    """`POST /work-units/{code}/retire`."""
    return await _turn(request, work_units.retire, RETIRE, "已停用，不再出现在捐赠表单里")


async def revive(request: Request) -> Response:
    """`POST /work-units/{code}/revive`."""
    return await _turn(request, work_units.revive, SHOW, "已恢复，捐赠表单里又可以选这个单位了")


async def _turn(request: Request, verb: Any, template: str, flash: str) -> Response:
    by = auth.allowed(request, "campaign.manage")
    data, code = await forms.data(request, SeenForm), request.path_params["code"]
    try:
        await verb(code, changed_at=forms.read(SeenForm, data).changed_at, by=by)
    except Refusal as refusal:
        return await _page(request, template, refusal)
    return pages.see_other(request, addresses.of("work_unit", code), flash)


async def _page(request: Request, template: str, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "gift.read")
    unit = await work_units.get(request.path_params["code"], by=by)
    return await pages.form(request, template, refusal, **await screens.shown(unit, by))


async def _form(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    """The form with what was typed. After somebody else's change it goes on from that one, which is said above it."""
    typed = {name: values.get(name, "") for name in FIELDS}
    by, code = auth.allowed(request, "campaign.manage"), request.path_params.get("code", "")
    now: dict[str, Any] = {}
    if code and refusal is not None:
        unit = await work_units.get(code, by=by)
        if unit.changed_at != typed["changed_at"]:
            now, typed["changed_at"] = await screens.shown(unit, by), unit.changed_at
    return await pages.form(
        request, FORM, refusal, values=typed, code=code, kinds=choices(work_units.KIND_WORDS, "请选择"), now=now
    )


routes = [
    Route(LIST, listed, methods=["GET"]),
    Route(f"{LIST}/new", new, methods=["GET"]),
    Route(f"{LIST}/new", add, methods=["POST"]),
    Route(f"{LIST}/{{code}}", show, methods=["GET"]),
    Route(f"{LIST}/{{code}}/edit", edit, methods=["GET"]),
    Route(f"{LIST}/{{code}}/edit", change, methods=["POST"]),
    Route(f"{LIST}/{{code}}/retire", retire_form, methods=["GET"]),
    Route(f"{LIST}/{{code}}/retire", retire, methods=["POST"]),
    Route(f"{LIST}/{{code}}/revive", revive, methods=["POST"]),
]
