"""The pages on which a voucher is made and changed; a step of the form looks something up and keeps what was typed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.aid import payees, vouchers
from charity.aid.drafts import finding, funds, screens
from charity.aid.drafts.forms import QueryForm, VoucherForm
from charity.aid.vouchers import screens as shown
from charity.errors import Refusal
from charity.web import auth, forms, pages


async def new(request: Request) -> Response:
    """`GET /vouchers/new`."""
    auth.allowed(request, "voucher.make")
    return await _form(request, "/vouchers/new", {"purpose": "aid", "payee_kind": "household"})


async def make(request: Request) -> Response:
    """`POST /vouchers/new`."""
    by = auth.allowed(request, "voucher.make")
    data = _picked(await forms.data(request, VoucherForm))
    if forms.text(data, "step"):
        return await _form(request, "/vouchers/new", data, looked_up=True)
    try:
        content = forms.read(VoucherForm, data).content()
        answer = await vouchers.make(content=content, by=by, idem=forms.idem(request, data, "voucher.make"))
    except Refusal as refusal:
        return await _form(request, "/vouchers/new", data, refusal)
    return _saved(request, answer.body)


async def edit_page(request: Request) -> Response:
    """`GET /vouchers/{number}/edit`."""
    auth.allowed(request, "voucher.make")
    voucher = await vouchers.get(request.path_params["number"])
    return await _form(request, f"/vouchers/{voucher.number}/edit", screens.values(voucher))


async def edit(request: Request) -> Response:
    """`POST /vouchers/{number}/edit`."""
    by = auth.allowed(request, "voucher.make")
    data, number = _picked(await forms.data(request, VoucherForm)), request.path_params["number"]
    if forms.text(data, "step"):
        return await _form(request, f"/vouchers/{number}/edit", data, looked_up=True)
    try:
        content = forms.read(VoucherForm, data).content()
        answer = await vouchers.edit(number=number, content=content, by=by)
    except Refusal as refusal:
        return await _form(request, f"/vouchers/{number}/edit", data, refusal)
    return _saved(request, answer.body)


def _picked(data: forms.Data) -> forms.Data:
    """The form with the payee that was chosen from those found, as `kind:code`, in its own fields."""
    kind, _, code = forms.text(data, "picked").partition(":")
    return {**data, "payee_kind": kind, "payee_code": code} if code else data


async def _form(
    request: Request, action: str, values: Any, refusal: Refusal | None = None, *, looked_up: bool = False
) -> Response:
    """The form as it was typed. With `looked_up` it also shows what was asked for."""
    by = auth.allowed(request, "voucher.make")
    kept = {name: values.get(name, "") for name in screens.FIELDS}
    errors, matches = screens.errors(refusal), {}
    if looked_up:
        try:
            asked = forms.read(QueryForm, {name: kept[name] for name in QueryForm.model_fields}).payee_query
            matches = screens.matches(*await finding.search(asked, by=by), asked)
        except Refusal as unreadable:
            errors, refusal = screens.errors(unreadable), unreadable
    return await pages.page(
        request,
        "aid/drafts/form.html",
        status=refusal.status if refusal else 200,
        action=action,
        number="" if action.endswith("/new") else request.path_params["number"],
        values=kept,
        errors=errors,
        matches=matches,
        payee=await _payee(kept),
        kinds=screens.kinds(),
        purposes=shown.purposes(),
        programmes=(await vouchers.choices())["programmes"],
        funds=await funds.offered(kept["purpose"], kept["programme"], kept["fund"]),
    )


async def _payee(kept: dict[str, Any]) -> str:
    """Who is meant by the code in the form, by name; "" while there is nobody of it."""
    if kept["payee_kind"] not in payees.KIND_WORDS or not kept["payee_code"]:
        return ""
    return (await payees.known(kept["payee_kind"], kept["payee_code"])).name


def _saved(request: Request, body: dict[str, Any]) -> Response:
    number = body["number"]
    if body["fund_short"]:
        flash = "已保存 {number}。这个基金现在的余额不够付这笔款，付款前请先核对"
        return pages.see_other(request, addresses.of("voucher", number), flash, kind="warn", number=number)
    return pages.see_other(request, addresses.of("voucher", number), "已保存 {number}，等审批人审批", number=number)


routes = [
    Route("/vouchers/new", new, methods=["GET"]),
    Route("/vouchers/new", make, methods=["POST"]),
    Route("/vouchers/{number}/edit", edit_page, methods=["GET"]),
    Route("/vouchers/{number}/edit", edit, methods=["POST"]),
]
