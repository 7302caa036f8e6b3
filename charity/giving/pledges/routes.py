"""The pages of pledges: the public form and the page of a pledge; the cashier's list and the form of its money."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import clock
from charity.db.idem import secret
from charity.errors import Refusal
from charity.giving import campaigns, invitations, pledges
from charity.giving.campaigns import Shown
from charity.giving.donations.forms import BANKED
from charity.giving.donations.screens import read_back, received_choices
from charity.giving.donors.screens import kinds, unit_choices
from charity.giving.models import Pledge
from charity.giving.pledges import Promise, screens
from charity.giving.pledges.forms import GiveForm, PledgesQuery, ReceiveForm
from charity.giving.receipts.routes import to_receipt
from charity.giving.rules import CAMPAIGN_NOT_OPEN, CAMPAIGN_UNFILLED, CERTIFICATE_NOT_GOOD
from charity.ledger.rules import KEY_REUSED
from charity.office import privacy
from charity.printing import qr
from charity.web import auth, confirming, forms, pages, policies
from charity.web.choices import choices
from charity.web.keys import GUESSABLE
from charity.web.list_filters import ROWS, must_know, rows_of
from charity.words import Term

CLOSED_DOORS = {rule.code for rule in (CAMPAIGN_NOT_OPEN, CERTIFICATE_NOT_GOOD, CAMPAIGN_UNFILLED)}
"""Why there is no form to give: the campaign's page says so."""
OF_THE_PAGE = {"seen_fen", "at", "again", "first"}
"""Fields that say how the form was shown, not what is promised."""
SCOPE = "anon:pledge"
"""The scope of the keys of the form to give."""
Data = dict[str, str | list[str]]


async def give_form(request: Request) -> Response:
    """The form to give."""
    values: Data = {}
    values |= {name: request.query_params[name] for name in ("work_unit",) if name in request.query_params}
    try:
        return await _give_page(request, values)
    except Refusal as refusal:
        if refusal.code not in CLOSED_DOORS:
            raise
        # An old poster leads here: the campaign's page says the same, and where its money went.
        message = pages.errors(refusal)[0]["message"]
        return pages.see_other(request, f"/campaigns/{request.path_params['slug']}", message, kind="warn")


async def invited_form(request: Request) -> Response:
    """The form to give of whoever was invited."""
    return await _give_page(request, {})


async def _asked(request: Request) -> tuple[Shown, str, str]:
    """The campaign of an address, the address of its page, and the code of the invitation; "" for a public one."""
    code = request.path_params.get("invitation", "")
    if code:
        invited = await invitations.opened(code)
        return invited.campaign, f"/i/{invited.code}", invited.code
    shown = await campaigns.get(request.path_params["slug"])
    return shown, f"/campaigns/{shown.row['slug']}", ""


async def _give_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    shown, back, invitation = await _asked(request)
    if shown.row["status"] != "active":
        raise CAMPAIGN_NOT_OPEN(name=shown.name, state=Term(campaigns.STATUS_WORDS[shown.row["status"]]))
    if (pause := await campaigns.paused(shown.row)) is not None:
        raise pause
    funds, units = await _choices(shown)
    response = await pages.form(
        request,
        "giving/pledges/give.html",
        refusal,
        values=values,
        shown=shown,
        back=back,
        amounts=await screens.amounts(shown.row["slug"]),
        kinds=kinds(),
        notice=(await privacy.current()).version,
        key=forms.text(values, "idem") or secrets.token_hex(16),
        channels=await screens.pay_choices(shown.row["slug"]),
        funds=funds,
        units=units,
        now=screens.folded(values, funds, units),
    )
    if invitation:
        response.headers.update(policies.UNLISTED)
    return response


async def _choices(shown: Shown) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What may be designated, and the work units that may be named."""
    funds = screens.fund_choices(await campaigns.fund_choices(shown.row["slug"]))
    return funds, await unit_choices() if shown.row["kind"] == "one_day" else []


async def _review_page(request: Request, data: Data, form: GiveForm) -> Response:
    """What was typed, once more, where no sum stood above the button. Nothing is kept yet."""
    shown, back, invitation = await _asked(request)
    response = await pages.page(
        request,
        "giving/pledges/review.html",
        shown=shown,
        back=back,
        facts=screens.reviewed(form, shown.name, screens.folded(data, *await _choices(shown))),
        amount_fen=form.amount,
        kept=_kept(data),
    )
    if invitation:
        response.headers.update(policies.UNLISTED)
    return response


def _kept(data: Data, *without: str) -> list[tuple[str, str]]:
    """What was typed, to be sent again."""
    names = [name for name in data if name not in OF_THE_PAGE and name not in without]
    return [(name, value) for name in names for value in forms.many(data, name)]


async def _twice_page(
    request: Request, data: Data, form: GiveForm, first: Pledge, *, keys: dict[str, str], status: int = 200
) -> Response:
    """This form was sent before: what was promised then, and how to promise once more.

    `keys`: of the first pledge (`first`) and of the one that is offered (`idem`).
    """
    shown, back, invitation = await _asked(request)
    response = await pages.page(
        request,
        "giving/pledges/twice.html",
        status,
        first=first,
        first_name=(await campaigns.names([first.campaign_id])).get(first.campaign_id, first.campaign_id),
        keys=keys,
        shown=shown,
        back=back,
        amount_fen=form.amount,
        kept=_kept(data, "idem"),
    )
    if invitation:
        response.headers.update(policies.UNLISTED)
    return response


async def _again_page(request: Request, data: Data) -> Response:
    """The page that the form was sent from, with what was typed: to change it, or in another language or type size."""
    if forms.text(data, "again") == "form" or not forms.text(data, "at"):
        return await _give_page(request, data)
    try:
        form = forms.read(GiveForm, data)
    except Refusal as refusal:
        return await _give_page(request, data, refusal)
    keys = {"first": forms.text(data, "first"), "idem": forms.text(data, "idem")}
    sent_before = forms.idem(request, {"idem": keys["first"]}, SCOPE) if secret(keys["first"]) else None
    if forms.text(data, "at") == "twice" and sent_before and (first := await pledges.answered(sent_before)):
        return await _twice_page(request, data, form, first, keys=keys)
    return await _review_page(request, data, form)


async def give(request: Request) -> Response:
    """Keep the promise and show its page; first the page that reviews it, where its sum was not yet shown."""
    data = await forms.data(request, GiveForm)
    shown, _, invitation = await _asked(request)
    if forms.text(data, "again"):
        return await _again_page(request, data)
    compared = {name: value for name, value in data.items() if name not in OF_THE_PAGE}
    idem = None
    try:
        idem = forms.idem(request, compared, SCOPE)
        form = forms.read(GiveForm, data)
        if not form.seen:
            return await _review_page(request, data, form)
        promised = Promise(
            campaign=shown.row["slug"],
            invitation=invitation,
            amount_fen=form.amount,
            channel=form.channel,
            donor=form.donor(),
            public_name=form.public_name,
            public_amount=form.public_amount,
            fund=form.fund,
            work_unit=form.work_unit,
            message=form.message,
        )
        answer = await pledges.promise(promised, idem=idem)
    except Refusal as refusal:
        if idem and refusal.code == KEY_REUSED.code and (first := await pledges.answered(idem)):
            keys = {"first": idem.key, "idem": secrets.token_hex(16)}
            return await _twice_page(request, data, form, first, keys=keys, status=409)
        if refusal.code in {KEY_REUSED.code, GUESSABLE.code}:
            data = data | {"idem": ""}
        return await _give_page(request, data, refusal)
    return pages.see_other(request, f"/p/{answer.body['code']}")


async def pledge(request: Request) -> Response:
    """What to do now, and how far it is; for whoever has the address."""
    row = await pledges.get(request.path_params["code"])
    response = await pages.page(request, "giving/pledges/show.html", **await screens.pledge_page(row))
    response.headers["x-robots-tag"] = "noindex"
    return response


async def pay_code(request: Request) -> Response:
    """The payment code of a way by which a pledge can be paid now, as a picture that a phone can keep."""
    row = await pledges.get(request.path_params["code"])
    text = await screens.pay_code(row, request.path_params["channel"])
    return Response(qr.png(text), media_type="image/png", headers=policies.UNLISTED)


async def pledge_list(request: Request) -> Response:
    """Pledges, newest first."""
    actor = auth.allowed(request, "pledge.read")
    asked, refusal = forms.filters(request, PledgesQuery)

    async def read() -> list[dict[str, Any]]:
        must_know("status", asked.status, pledges.STATUS_WORDS)
        must_know("campaign", asked.campaign, await campaigns.names([asked.campaign]))
        return await pledges.page(pledges.Filters(**asked.chosen("bank")), ROWS + 1, by=actor)

    rows, refusal = await rows_of(refusal, read)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    return await pages.form(
        request,
        "giving/pledges/list.html",
        refusal,
        asked=asked,
        rows=await screens.pledge_rows(rows[:ROWS], may_receive=actor.may("gift.receive")),
        statuses=choices(pledges.STATUS_WORDS, "全部"),
        **pages.pager(request, f"{last['created_at']}|{last['code']}" if last else None),
    )


async def receive_form(request: Request) -> Response:
    """The form for money that arrived for a pledge."""
    auth.allowed(request, "gift.receive")
    values: Data = {"received_on": clock.today().isoformat()}
    return await _receive_page(request, values | forms.filled(request, BANKED))


async def _receive_page(request: Request, values: Data, refusal: Refusal | None = None) -> Response:
    row = await pledges.get(request.path_params["code"])
    context = await screens.pledge_page(row)
    facts = await screens.receive_facts(row, context)
    return await pages.page(
        request,
        "giving/pledges/receive.html",
        status=refusal.status if refusal else 200,
        errors=confirming.errors(request, refusal, facts),
        values={"channel": row.channel} | values,
        channels=await received_choices(),
        facts=facts,
        carried=confirming.carried(pledges.content_of(row).hash, facts),
        receivable=row.status in pledges.OPEN,
        capitals=read_back(refusal),
        **context,
    )


async def receive(request: Request) -> Response:
    """Record money for a pledge."""
    actor = auth.allowed(request, "gift.receive")
    data = await forms.data(request, ReceiveForm)
    try:
        form = forms.read(ReceiveForm, data)
        answer = await pledges.receive(
            request.path_params["code"],
            amount_fen=form.amount_yuan,
            received_on=form.received_on.isoformat(),
            channel=form.channel,
            channel_ref=form.channel_ref,
            content_hash=form.content_hash,
            confirmed_amount_fen=form.confirmed_amount_yuan,
            by=actor,
            idem=forms.idem(request, data, "pledge.receive"),
        )
    except Refusal as refusal:
        return await _receive_page(request, data, refusal)
    return to_receipt(request, answer.body["receipt"])


routes = [
    Route("/campaigns/{slug}/give", give_form, methods=["GET"]),
    Route("/i/{invitation}/give", invited_form, methods=["GET"]),
    Route("/i/{invitation}/give", give, methods=["POST"]),
    Route("/campaigns/{slug}/give", give, methods=["POST"]),
    Route("/p/{code}", pledge, methods=["GET"]),
    Route("/p/{code}/codes/{channel}.png", pay_code, methods=["GET"]),
    Route("/pledges", pledge_list, methods=["GET"]),
    Route("/pledges/{code}/receive", receive_form, methods=["GET"]),
    Route("/pledges/{code}/receive", receive, methods=["POST"]),
]
