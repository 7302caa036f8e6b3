"""The pages of money at branches: one payment, and what comes back of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.aid.branches import readers, returns, screens
from charity.aid.branches.forms import DecideForm, RefuseForm, ReturnForm
from charity.errors import Refusal
from charity.ledger import places
from charity.roles import Actor
from charity.web import auth, confirming, forms, pages


async def advance_page(request: Request) -> Response:
    """`GET /advances/{voucher}`."""
    by = auth.allowed(request, "voucher.read")
    advance = await readers.advance(request.path_params["voucher"])
    return await pages.page(request, "aid/branches/show.html", **screens.show(advance, by))


async def return_page(request: Request) -> Response:
    """`GET /advances/{voucher}/return`."""
    auth.allowed(request, "voucher.pay")
    return await _return(request, {"received_on": clock.today().isoformat(), "paid_into": (await places.paying()).code})


async def give_back(request: Request) -> Response:
    """`POST /advances/{voucher}/return`."""
    by = auth.allowed(request, "voucher.pay")
    data, voucher = await forms.data(request, ReturnForm), request.path_params["voucher"]
    try:
        asked = forms.read(ReturnForm, data).model_dump()
        idem = forms.idem(request, data, "branch.return")
        amount = asked.pop("amount_yuan")
        answer = await returns.give_back(voucher=voucher, amount_fen=amount, **asked, by=by, idem=idem)
    except Refusal as refusal:
        return await _return(request, data, refusal)
    number = answer.body["number"]
    flash = "已登记 {number}，等另一个人核对后入账"
    return pages.see_other(request, addresses.of("branch_return", number), flash, number=number)


async def _return(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "voucher.pay")
    advance = await readers.advance(request.path_params["voucher"])
    return await pages.page(
        request,
        "aid/branches/return.html",
        status=refusal.status if refusal else 200,
        values={name: values.get(name, "") for name in ReturnForm.model_fields},
        errors=screens.errors(refusal),
        places=await screens.places(),
        **screens.show(advance, by),
    )


@dataclass(frozen=True, slots=True)
class Why:
    """The two pages that ask for a reason and end something: a form at GET, the verb at POST.

    `context` gives what `screens.why` does, `verb` does it and gives the address to go to; `done` says so.
    """

    permission: str
    action: str
    context: Callable[[str, str], Awaitable[dict[str, Any]]]
    verb: Callable[[str, RefuseForm, Actor], Awaitable[str]]
    done: str

    async def ask(self, request: Request) -> Response:
        """The form."""
        auth.allowed(request, self.permission)
        return await self._page(request)

    async def do(self, request: Request) -> Response:
        """The verb."""
        by = auth.allowed(request, self.permission)
        data, number = await forms.data(request, RefuseForm), request.path_params["number"]
        try:
            address = await self.verb(number, forms.read(RefuseForm, data), by)
        except Refusal as refusal:
            return await self._page(request, data, refusal)
        return pages.see_other(request, address, self.done, number=number)

    async def _page(self, request: Request, values: Any = None, refusal: Refusal | None = None) -> Response:
        context = await self.context(request.path_params["number"], self.action)
        return await pages.page(
            request,
            "aid/branches/why.html",
            status=refusal.status if refusal else 200,
            errors=confirming.errors(request, refusal, context["facts"]),
            reason_value=forms.text(values, "reason") if values else "",
            **context,
        )

    def routes(self, path: str) -> list[Route]:
        """Both."""
        return [Route(path, self.ask, methods=["GET"]), Route(path, self.do, methods=["POST"])]


async def show_return(request: Request) -> Response:
    """`GET /branch-returns/{number}`."""
    by = auth.allowed(request, "voucher.read")
    return await _show_return(request, by)


async def confirm(request: Request) -> Response:
    """`POST /branch-returns/{number}/confirm`."""
    by = auth.allowed(request, "voucher.approve")
    data, number = await forms.data(request, DecideForm), request.path_params["number"]
    try:
        await returns.confirm(number=number, content_hash=forms.read(DecideForm, data).content_hash, by=by)
    except Refusal as refusal:
        return await _show_return(request, by, refusal)
    return pages.see_other(request, addresses.of("branch_return", number), "{number} 已核对，已入账", number=number)


async def _show_return(request: Request, by: Actor, refusal: Refusal | None = None) -> Response:
    number = request.path_params["number"]
    context = await screens.show_return(await readers.given_back(number), await readers.reversal_of(number), by)
    return await pages.page(
        request,
        "aid/branches/step.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, context["facts"]),
        **context,
    )


async def _why(number: str, action: str) -> dict[str, Any]:
    back = await readers.given_back(number)
    address = addresses.of("branch_return", number)
    return screens.why(number, action, address, screens.return_facts(back), back.content_hash)


async def _refuse(number: str, form: RefuseForm, by: Actor) -> str:
    await returns.refuse(number=number, reason=form.reason, content_hash=form.content_hash, by=by)
    return addresses.of("branch_return", number)


async def _withdraw(number: str, form: RefuseForm, by: Actor) -> str:
    await returns.withdraw(number=number, reason=form.reason, by=by)
    return addresses.of("branch_return", number)


refuse = Why("voucher.approve", "refuse", _why, _refuse, "已退回 {number}")
withdraw = Why("voucher.pay", "withdraw", _why, _withdraw, "已撤回 {number}")

routes = [
    Route("/advances/{voucher}", advance_page, methods=["GET"]),
    Route("/advances/{voucher}/return", return_page, methods=["GET"]),
    Route("/advances/{voucher}/return", give_back, methods=["POST"]),
    Route("/branch-returns/{number}", show_return, methods=["GET"]),
    Route("/branch-returns/{number}/confirm", confirm, methods=["POST"]),
    *refuse.routes("/branch-returns/{number}/refuse"),
    *withdraw.routes("/branch-returns/{number}/withdraw"),
]
