"""The pages of reversals: asked for with a reason, confirmed by another person."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.aid import branches, rosters
from charity.aid.branch_reversals import readers, screens, verbs
from charity.aid.branches import screens as branch_screens
from charity.aid.branches.forms import DecideForm, RefuseForm
from charity.aid.branches.routes import Why
from charity.aid.rosters import screens as roster_screens
from charity.errors import Refusal
from charity.roles import Actor
from charity.web import auth, confirming, forms, pages


async def show(request: Request) -> Response:
    """`GET /branch-reversals/{number}`."""
    by = auth.allowed(request, "voucher.read")
    return await _page(request, by)


async def confirm(request: Request) -> Response:
    """`POST /branch-reversals/{number}/confirm`."""
    by = auth.allowed(request, "voucher.approve")
    data, number = await forms.data(request, DecideForm), request.path_params["number"]
    try:
        await verbs.confirm(number=number, content_hash=forms.read(DecideForm, data).content_hash, by=by)
    except Refusal as refusal:
        return await _page(request, by, refusal)
    return pages.see_other(request, addresses.of("branch_reversal", number), "{number} 已核对，已冲销", number=number)


async def _page(request: Request, by: Actor, refusal: Refusal | None = None) -> Response:
    context = screens.show(await readers.reversal(request.path_params["number"]), by)
    return await pages.page(
        request,
        "aid/branches/step.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, context["facts"]),
        **context,
    )


async def _why(number: str, action: str) -> dict[str, Any]:
    whole = await readers.reversal(number)
    address = addresses.of("branch_reversal", number)
    return branch_screens.why(number, action, address, screens.facts(whole), whole.content_hash)


async def _of_roster(number: str, action: str) -> dict[str, Any]:
    whole = await rosters.roster(number)
    facts = roster_screens.confirmed(whole)
    return branch_screens.why(number, action, addresses.of("roster", number), facts, whole.row["content_hash"])


async def _of_return(number: str, action: str) -> dict[str, Any]:
    whole = await branches.given_back(number)
    address = addresses.of("branch_return", number)
    return branch_screens.why(number, action, address, branch_screens.return_facts(whole), whole.content_hash)


async def _ask_roster(number: str, form: RefuseForm, by: Actor) -> str:
    answer = await verbs.request(kind="roster", target=number, cause=form.reason, by=by)
    return addresses.of("branch_reversal", answer.body["number"])


async def _ask_return(number: str, form: RefuseForm, by: Actor) -> str:
    answer = await verbs.request(kind="return", target=number, cause=form.reason, by=by)
    return addresses.of("branch_reversal", answer.body["number"])


async def _refuse(number: str, form: RefuseForm, by: Actor) -> str:
    await verbs.refuse(number=number, reason=form.reason, content_hash=form.content_hash, by=by)
    return addresses.of("branch_reversal", number)


async def _withdraw(number: str, form: RefuseForm, by: Actor) -> str:
    await verbs.withdraw(number=number, reason=form.reason, by=by)
    return addresses.of("branch_reversal", number)


_ASKED = "已申请冲销 {number}，等另一位审批人核对"
ask_roster = Why("voucher.make", "reverse", _of_roster, _ask_roster, _ASKED)
ask_return = Why("voucher.pay", "reverse", _of_return, _ask_return, _ASKED)
refuse = Why("voucher.approve", "refuse", _why, _refuse, "已退回 {number}")
withdraw = Why("voucher.read", "withdraw", _why, _withdraw, "已撤回 {number}")

routes = [
    *ask_roster.routes("/rosters/{number}/reverse"),
    *ask_return.routes("/branch-returns/{number}/reverse"),
    Route("/branch-reversals/{number}", show, methods=["GET"]),
    Route("/branch-reversals/{number}/confirm", confirm, methods=["POST"]),
    *refuse.routes("/branch-reversals/{number}/refuse"),
    *withdraw.routes("/branch-reversals/{number}/withdraw"),
]
