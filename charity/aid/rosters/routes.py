"""The pages of rosters: what waits, one written down, confirmed or refused."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.aid import branches
from charity.aid.branches import screens as branch_screens
from charity.aid.branches.forms import DecideForm, RefuseForm
from charity.aid.branches.routes import Why
from charity.aid.rosters import readers, screens, verbs
from charity.aid.rosters.forms import RosterForm
from charity.errors import Refusal
from charity.roles import Actor
from charity.web import auth, confirming, forms, pages


async def listed(request: Request) -> Response:
    """`GET /advances`."""
    auth.allowed(request, "voucher.read")
    return await pages.page(request, "aid/rosters/list.html", **await screens.listed())


async def new(request: Request) -> Response:
    """`GET /advances/{voucher}/roster`."""
    auth.allowed(request, "voucher.make")
    return await form_page(request, {"distributed_on": clock.today().isoformat()})


async def record(request: Request) -> Response:
    """`POST /advances/{voucher}/roster`."""
    by = auth.allowed(request, "voucher.make")
    data, voucher = await forms.data(request, RosterForm), request.path_params["voucher"]
    data["listed"] = forms.text(data, "listed").replace("\t", " ")  # two columns of a sheet, pasted
    try:
        content = forms.read(RosterForm, data).content()
        idem = forms.idem(request, data, "roster.record")
        answer = await verbs.record(voucher=voucher, roster=content, by=by, idem=idem)
    except Refusal as refusal:
        return await form_page(request, data, refusal)
    number = answer.body["number"]
    return pages.see_other(request, addresses.of("roster", number), "已录入 {number}，等另一个人核对", number=number)


async def roster_page(request: Request) -> Response:
    """`GET /rosters/{number}`."""
    by = auth.allowed(request, "voucher.read")
    return await _roster(request, by)


async def confirm(request: Request) -> Response:
    """`POST /rosters/{number}/confirm`."""
    by = auth.allowed(request, "voucher.approve")
    data, number = await forms.data(request, DecideForm), request.path_params["number"]
    try:
        await verbs.confirm(number=number, content_hash=forms.read(DecideForm, data).content_hash, by=by)
    except Refusal as refusal:
        return await _roster(request, by, refusal)
    return pages.see_other(
        request, addresses.of("roster", number), "{number} 已核对，已记入业务活动成本", number=number
    )


async def _why(number: str, action: str) -> dict[str, Any]:
    roster = await readers.roster(number)
    facts = screens.confirmed(roster)
    return branch_screens.why(number, action, addresses.of("roster", number), facts, roster.row["content_hash"])


async def _refuse(number: str, form: RefuseForm, by: Actor) -> str:
    await verbs.refuse(number=number, reason=form.reason, content_hash=form.content_hash, by=by)
    return addresses.of("roster", number)


async def _withdraw(number: str, form: RefuseForm, by: Actor) -> str:
    await verbs.withdraw(number=number, reason=form.reason, by=by)
    return addresses.of("roster", number)


refuse = Why("voucher.approve", "refuse", _why, _refuse, "已退回 {number}")
withdraw = Why("voucher.make", "withdraw", _why, _withdraw, "已撤回 {number}")


async def form_page(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    """The form, with what was typed and what is wrong with it."""
    by = auth.allowed(request, "voucher.make")
    advance = await branches.advance(request.path_params["voucher"])
    return await pages.page(
        request,
        "aid/rosters/form.html",
        status=refusal.status if refusal else 200,
        values={name: values.get(name, "") for name in RosterForm.model_fields},
        errors=branch_screens.errors(refusal),
        **branch_screens.show(advance, by),
    )


async def _roster(request: Request, by: Actor, refusal: Refusal | None = None) -> Response:
    roster = await readers.roster(request.path_params["number"])
    return await pages.page(
        request,
        "aid/rosters/roster.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, screens.confirmed(roster)),
        **screens.show_roster(roster, await branches.reversal_of(roster.row["number"]), by),
    )


routes = [
    Route("/advances", listed, methods=["GET"]),
    Route("/advances/{voucher}/roster", new, methods=["GET"]),
    Route("/advances/{voucher}/roster", record, methods=["POST"]),
    Route("/rosters/{number}", roster_page, methods=["GET"]),
    Route("/rosters/{number}/confirm", confirm, methods=["POST"]),
    *refuse.routes("/rosters/{number}/refuse"),
    *withdraw.routes("/rosters/{number}/withdraw"),
]
