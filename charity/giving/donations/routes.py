"""The page on which the cashier records a gift of money that arrived."""

from collections import defaultdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock
from charity.errors import Refusal
from charity.giving import donations
from charity.giving.donations import PARTS_MAX
from charity.giving.donations.forms import BANKED, DonationForm
from charity.giving.donations.screens import (
    campaign_choices,
    corrected_values,
    fund_choices,
    read_back,
    received_choices,
)
from charity.giving.donors.screens import kinds, unit_choices
from charity.giving.receipts.routes import to_receipt
from charity.office import privacy
from charity.web import auth, forms, pages

Data = dict[str, str | list[str]]


async def donation_form(request: Request) -> Response:
    """The form for a walk-in gift."""
    actor = auth.allowed(request, "gift.receive")
    values: Data = {"received_on": clock.today().isoformat(), "kind": "person", "channel": "cash"}
    values |= forms.filled(request, BANKED)
    if number := request.query_params.get("corrects"):
        values |= await corrected_values(number, by=actor)
    return await _donation_page(request, values)


async def _donation_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    anew = bool(values.get("corrects"))
    return await pages.form(
        request,
        "giving/donations/new.html",
        refusal,
        values=defaultdict(str, values),
        campaigns=await campaign_choices(anew=anew),
        kinds=kinds(),
        notice=(await privacy.current()).version,
        channels=await received_choices(also=str(values.get("channel", "")) if anew else ""),
        capitals=read_back(refusal),
        units=await unit_choices(),
        funds=await fund_choices(),
        parts=[str(n) for n in range(1, PARTS_MAX)],
    )


async def donate(request: Request) -> Response:
    """Record a walk-in gift."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, DonationForm)
    try:
        form = forms.read(DonationForm, data)
        answer = await donations.receive_together(
            parts=form.every_part(),
            received_on=form.received_on.isoformat(),
            channel=form.channel,
            channel_ref=form.channel_ref,
            donor=form.donor(),
            work_unit=form.work_unit,
            public_name=form.public_name,
            public_amount=form.public_amount,
            memo=form.memo,
            confirmed_amount_fen=form.confirmed_amount_yuan,
            corrects=form.corrects or "",
            by=actor,
            idem=forms.idem(request, data, "donation.receive"),
        )
    except Refusal as refusal:
        return await _donation_page(request, data, refusal)
    return to_receipt(request, answer.body["receipt"])


routes = [
    Route("/donations/new", donation_form, methods=["GET"]),
    Route("/donations/new", donate, methods=["POST"]),
]
