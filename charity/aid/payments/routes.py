"""The cashier's page: an approved voucher is paid."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, clock
from charity.aid import vouchers
from charity.aid.payments import screens, verbs
from charity.aid.payments.forms import PayForm
from charity.errors import Refusal
from charity.ledger import places
from charity.web import auth, confirming, forms, pages


async def pay_page(request: Request) -> Response:
    """`GET /vouchers/{number}/pay`."""
    auth.allowed(request, "voucher.pay")
    return await _pay(request, {"paid_on": clock.today().isoformat(), "paid_from": (await places.paying()).code})


async def pay(request: Request) -> Response:
    """`POST /vouchers/{number}/pay`."""
    by = auth.allowed(request, "voucher.pay")
    data, number = await forms.data(request, PayForm), request.path_params["number"]
    try:
        form = forms.read(PayForm, data)
        idem = forms.idem(request, data, "voucher.pay")
        await verbs.pay(number=number, **form.model_dump(), by=by, idem=idem)
    except Refusal as refusal:
        return await _pay(request, data, refusal)
    return pages.see_other(request, addresses.of("voucher", number), "{number} 已登记付款，已记账", number=number)


async def _pay(request: Request, values: Any, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "voucher.pay")
    voucher = await vouchers.get(request.path_params["number"])
    kept = {name: values.get(name, "") for name in PayForm.model_fields}
    return await pages.page(
        request,
        "aid/payments/pay.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, screens.confirmed(voucher, by)),
        values=kept,
        **await screens.pay(voucher, by),
    )


routes = [
    Route("/vouchers/{number}/pay", pay_page, methods=["GET"]),
    Route("/vouchers/{number}/pay", pay, methods=["POST"]),
]
