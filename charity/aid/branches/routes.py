"""The pages of money at branches: one payment, and what comes back of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.aid.branches import readers, returns, screens
from charity.aid.branches.forms import ReturnForm
from charity.errors import Refusal
from charity.ledger import places
from charity.web import auth, forms, pages


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
        await returns.give_back(voucher=voucher, amount_fen=asked.pop("amount_yuan"), **asked, by=by, idem=idem)
    except Refusal as refusal:
        return await _return(request, data, refusal)
    return pages.see_other(request, addresses.of("advance", voucher), "已登记分会退回的款，已记账")


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


routes = [
    Route("/advances/{voucher}", advance_page, methods=["GET"]),
    Route("/advances/{voucher}/return", return_page, methods=["GET"]),
    Route("/advances/{voucher}/return", give_back, methods=["POST"]),
]
