"""The pages on which a consent is taken back: with the receipt, with the pledge, and at the desk."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, words
from charity.errors import Refusal
from charity.giving import consents, copies, donations, pledges, receipts
from charity.giving.consents import screens
from charity.giving.consents.forms import DeskForm, WhatForm
from charity.giving.copies.forms import ProofForm
from charity.giving.copies.routes import PROOFS
from charity.giving.kinds import Consent
from charity.people import persons
from charity.web import auth, contexts, forms, limits, pages

WITHDRAWALS = limits.Pace("consent_withdrawal", 60, 60)
"""With addresses of pledges, by address: those of receipts are tries of a second secret too."""
Data = dict[str, str | list[str]]


def _private(response: Response) -> Response:
    response.headers["x-robots-tag"] = "noindex"
    response.headers["cache-control"] = "no-store"
    return response


def _hit(request: Request) -> None:
    limits.hit(PROOFS, contexts.neighbourhood(contexts.of(request).address))


async def ask(request: Request) -> Response:
    """What the giver of a receipt allows, once he has proved himself. Secrets are posted."""
    _hit(request)
    code = request.path_params["code"]
    data = await forms.data(request, ProofForm)
    try:
        form = forms.read(ProofForm, data)
        await copies.prove(code, number=form.number, secret=form.secret, pledge=form.pledge)
    except Refusal as refusal:
        row, typed = await receipts.get(code), {"number": forms.text(data, "number")}
        return _private(await pages.form(request, "giving/copies/prove.html", refusal, row=row, values=typed))
    return await _giver_page(request, form)


async def _giver_page(
    request: Request,
    proof: ProofForm,
    refusal: Refusal | None = None,
    done: tuple[str, ...] = (),
    values: Data | None = None,
) -> Response:
    code = request.path_params["code"]
    hidden = {"number": proof.number, "secret": proof.secret, "pledge": proof.pledge}
    boxes = await consents.of_receipt(code)
    return _private(
        await pages.form(
            request,
            "giving/consents/receipt.html",
            refusal,
            row=await receipts.get(code),
            proof=hidden,
            boxes=boxes,
            values=values or {},
            done=screens.taken_back(done),
        )
    )


async def by_receipt(request: Request) -> Response:
    """Take back what the giver ticked."""
    _hit(request)
    code = request.path_params["code"]
    data = await forms.data(request, ProofForm)
    try:
        form, what = forms.read(ProofForm, data), forms.read(WhatForm, data).what()
        await copies.prove(code, number=form.number, secret=form.secret, pledge=form.pledge)
    except Refusal as refusal:
        row, typed = await receipts.get(code), {"number": forms.text(data, "number")}
        return _private(await pages.form(request, "giving/copies/prove.html", refusal, row=row, values=typed))
    if forms.text(data, "again"):
        return await _giver_page(request, form, values=data)
    try:
        answer = await consents.by_receipt(code, what, number=form.number, secret=form.secret, pledge=form.pledge)
    except Refusal as refusal:
        return await _giver_page(request, form, refusal, values=data)
    return await _giver_page(request, form, done=tuple(answer.body["withdrawn"]))


async def pledge_form(request: Request) -> Response:
    """What whoever has the pledge's address allows."""
    return await _pledge_page(request)


async def _pledge_page(request: Request, refusal: Refusal | None = None, values: Data | None = None) -> Response:
    row = await pledges.get(request.path_params["code"])
    boxes = await consents.of_pledge(row)
    page = "giving/consents/pledge.html"
    return _private(await pages.form(request, page, refusal, row=row, boxes=boxes, values=values or {}))


async def by_pledge(request: Request) -> Response:
    """Take back what was ticked on the pledge's page."""
    code = request.path_params["code"]
    data = await forms.data(request, WhatForm)
    if forms.text(data, "again"):
        return await _pledge_page(request, values=data)
    limits.hit(WITHDRAWALS, contexts.neighbourhood(contexts.of(request).address))
    try:
        answer = await consents.by_pledge(code, forms.read(WhatForm, data).what())
    except Refusal as refusal:
        return await _pledge_page(request, refusal, data)
    flash = words.say("已撤回：{what}", what=screens.taken_back(answer.body["withdrawn"]))
    return pages.see_other(request, f"/p/{code}/consents", flash=flash)


async def desk_form(request: Request) -> Response:
    """The form with which the desk takes back a consent in the giver's name."""
    auth.allowed(request, "consent.withdraw")
    return await _desk_page(request, {})


async def _desk_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "consent.withdraw")
    gift = await donations.get(request.path_params["id"], by=by)
    giver = (await persons.names([gift.donor_id])).get(gift.donor_id)
    boxes = tuple(Consent)  # to see which of them apply would read all that the giver gave; the verb says if none does
    return await pages.form(
        request, "giving/consents/desk.html", refusal, gift=gift, donor=persons.shown(giver), boxes=boxes, values=values
    )


async def at_the_desk(request: Request) -> Response:
    """Take it back in the giver's name, with a reason."""
    by = auth.allowed(request, "consent.withdraw")
    data = await forms.data(request, DeskForm)
    try:
        form = forms.read(DeskForm, data)
        answer = await consents.at_the_desk(request.path_params["id"], form.what(), reason=form.reason, by=by)
    except Refusal as refusal:
        return await _desk_page(request, data, refusal)
    flash = words.say("已撤回：{what}", what=screens.taken_back(answer.body["withdrawn"]))
    return pages.see_other(request, addresses.of("gift", request.path_params["id"]), flash=flash)


routes = [
    Route("/r/{code}/consents", ask, methods=["POST"]),
    Route("/r/{code}/consents/withdraw", by_receipt, methods=["POST"]),
    Route("/p/{code}/consents", pledge_form, methods=["GET"]),
    Route("/p/{code}/consents", by_pledge, methods=["POST"]),
    Route("/donations/{id}/consents", desk_form, methods=["GET"]),
    Route("/donations/{id}/consents", at_the_desk, methods=["POST"]),
]
