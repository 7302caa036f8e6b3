"""The pages of organisers: of a unit for staff, of the own unit, and where whoever was invited joins."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import tokens, words
from charity.errors import Refusal
from charity.giving import organisers, rules, work_units
from charity.giving.organisers import documents, screens
from charity.giving.organisers.forms import CodeForm, InviteForm, JoinForm
from charity.office import sign_in
from charity.roles import Actor
from charity.web import auth, contexts, devices, forms, limits, pages, policies, problems

STAFF, END = "giving/organisers/staff.html", "giving/organisers/end.html"
HAND_OVER = "giving/organisers/hand_over.html"
CODE, JOIN = "giving/organisers/code.html", "giving/organisers/join.html"
SMALL = 16_384
"""Bytes of these forms."""


def _secret(response: Response) -> Response:
    """A page that shows a code, or lies under one: no search engine lists it, no browser keeps it."""
    response.headers.update(policies.UNLISTED)
    response.headers["cache-control"] = "no-store"
    return response


# -- for staff: the organiser of a unit ----------------------------------------------------------------


async def show(request: Request) -> Response:
    """`GET /work-units/{code}/organiser`."""
    by = auth.allowed(request, "gift.read")
    return await _unit_page(request, STAFF, by, {})


async def invite(request: Request) -> Response:
    """`POST /work-units/{code}/organiser`: the code is shown this once."""
    by = auth.allowed(request, "organiser.invite")
    unit = request.path_params["code"]
    return await _invited(request, STAFF, by, unit, partial(organisers.invite, unit))


async def _invited(request: Request, template: str, by: Actor, unit: str, make: Any) -> Response:
    data = await forms.data(request, InviteForm)
    try:
        form = forms.read(InviteForm, data)
        made = await make(name=form.name, by=by)
    except Refusal as refusal:
        return await _unit_page(request, template, by, data, refusal, unit=unit)
    return _secret(await _unit_page(request, template, by, {}, unit=unit, made=screens.shown_once(made)))


async def letter(request: Request) -> Response:
    """`POST /work-units/{code}/organiser/letter.pdf`: the code comes back from the page that showed it."""
    by = auth.allowed(request, "organiser.invite")
    unit, form = request.path_params["code"], forms.read(CodeForm, await forms.data(request, CodeForm))
    return _printed(await documents.letter(unit, form.code, by=by), unit)


def _printed(pdf: bytes, unit: str) -> Response:
    return _secret(pages.pdf(pdf, words.say("邀请函 {code}.pdf", code=unit)))


async def end_form(request: Request) -> Response:
    """`GET /work-units/{code}/organiser/end`."""
    return await _unit_page(request, END, auth.allowed(request, "organiser.invite"), {})


async def end(request: Request) -> Response:
    """`POST /work-units/{code}/organiser/end`."""
    by, unit = auth.allowed(request, "organiser.invite"), request.path_params["code"]
    await forms.data(request)
    try:
        await organisers.end(unit, by=by)
    except Refusal as refusal:
        return await _unit_page(request, END, by, {}, refusal)
    auth.forget()
    return pages.see_other(request, f"/work-units/{unit}/organiser", "已收回，联络员的账号和没用的邀请都不能再用")


async def _unit_page(
    request: Request,
    template: str,
    by: Actor,
    values: forms.Data,
    refusal: Refusal | None = None,
    *,
    unit: str = "",
    made: dict[str, Any] | None = None,
) -> Response:
    kept = await work_units.get(unit or request.path_params["code"], by=by)
    rows = await screens.rows(kept.code, by=by)
    return await pages.form(
        request, template, refusal, unit=kept, rows=rows, made=made, values=values, days=organisers.HOLDS_DAYS
    )


# -- for an organiser: the own unit --------------------------------------------------------------------


async def _mine(request: Request) -> tuple[Actor, str]:
    """Who asks, and his unit now; organiser.no_unit for whoever has none any more."""
    by = auth.allowed(request, "roster.fill")
    return by, await organisers.own_unit(by=by)


async def hand_over_form(request: Request) -> Response:
    """`GET /my-unit/hand-over`."""
    by, unit = await _mine(request)
    return await _unit_page(request, HAND_OVER, by, {}, unit=unit)


async def hand_over(request: Request) -> Response:
    """`POST /my-unit/hand-over`: invites whoever comes next; the code is shown this once."""
    by, unit = await _mine(request)
    return await _invited(request, HAND_OVER, by, unit, organisers.hand_over)


async def hand_over_letter(request: Request) -> Response:
    """`POST /my-unit/hand-over/letter.pdf`."""
    by, unit = await _mine(request)
    organisers.must_wait(by)
    form = forms.read(CodeForm, await forms.data(request, CodeForm))
    return _printed(await documents.own_letter(form.code, by=by), unit)


# -- for whoever was invited ---------------------------------------------------------------------------


def _guessing(request: Request) -> Any:
    """Wrong codes of an address wait longer and longer, together with its wrong passwords."""
    circle = (limits.ADDRESS, contexts.neighbourhood(contexts.of(request).address))
    return limits.guessing(circle, wrong={rules.ORGANISER_UNKNOWN.code})


async def _opened(request: Request, code: str) -> organisers.Opened:
    with _guessing(request):
        return await organisers.opened(code)


async def _again(request: Request, template: str, refusal: Refusal, **context: Any) -> Response:
    response = await pages.form(request, template, refusal, **context)
    response.headers.update(problems.headers(refusal))
    return _secret(response)


async def code_page(request: Request) -> Response:
    """`GET /join`: where a code is typed."""
    return await pages.page(request, CODE, values={"code": ""})


async def code(request: Request) -> Response:
    """`POST /join`: on to the invitation."""
    data = await forms.data(request, CodeForm)
    try:
        invited = await _opened(request, forms.read(CodeForm, data).code)
    except Refusal as refusal:
        return await _again(request, CODE, refusal, values={"code": forms.text(data, "code")})
    return _secret(pages.see_other(request, f"/join/{invited.code}"))


async def join_page(request: Request) -> Response:
    """`GET /join/{code}`: what one is invited to, and the form of the account."""
    auth.must_be_safe(request)
    try:
        invited = await _opened(request, request.path_params["code"])
    except Refusal as refusal:
        return await _again(request, CODE, refusal, values={"code": ""})
    return _secret(await pages.page(request, JOIN, invited=invited, values={"login": ""}))


async def join(request: Request) -> Response:
    """`POST /join/{code}`: make the account, and sign it in."""
    auth.must_be_safe(request)
    data, typed = await forms.data(request, JoinForm), request.path_params["code"]
    try:
        invited = await _opened(request, typed)
    except Refusal as refusal:
        return await _again(request, CODE, refusal, values={"code": ""})
    try:
        form = forms.read(JoinForm, data)
        await organisers.join(typed, login=form.login, password=form.password)
    except Refusal as refusal:
        if refusal.status == 410:  # noqa: PLR2004 - somebody else was faster
            return await _again(request, CODE, refusal, values={"code": ""})
        return await _again(request, JOIN, refusal, invited=invited, values={"login": forms.text(data, "login")})
    return await _signed_in(request, form.login, form.password)


async def _signed_in(request: Request, login: str, password: str) -> Response:
    context = contexts.of(request)
    secret = await sign_in.sessions.sign_in(login=login, password=password, device=devices.described(request))
    if context.session:
        await sign_in.sessions.sign_out(context.session)
    auth.forget()
    context.binding = tokens.digest(secret)  # the message is for the new session's page
    response = pages.see_other(request, "/my-unit", "已加入。以后用账号 {login} 和您设的密码登录", login=login)
    auth.begin(request, response, secret)
    devices.remember(request, response, login)
    return response


_UNIT, _MINE, _JOIN = "/work-units/{code}/organiser", "/my-unit", "/join"
routes = [
    Route(_UNIT, show, methods=["GET"]),
    Route(_UNIT, invite, methods=["POST"], max_body_size=SMALL),
    Route(f"{_UNIT}/letter.pdf", letter, methods=["POST"], max_body_size=SMALL),
    Route(f"{_UNIT}/end", end_form, methods=["GET"]),
    Route(f"{_UNIT}/end", end, methods=["POST"], max_body_size=SMALL),
    Route(f"{_MINE}/hand-over", hand_over_form, methods=["GET"]),
    Route(f"{_MINE}/hand-over", hand_over, methods=["POST"], max_body_size=SMALL),
    Route(f"{_MINE}/hand-over/letter.pdf", hand_over_letter, methods=["POST"], max_body_size=SMALL),
    Route(_JOIN, code_page, methods=["GET"]),
    Route(_JOIN, code, methods=["POST"], max_body_size=SMALL),
    Route(f"{_JOIN}/{{code}}", join_page, methods=["GET"]),
    Route(f"{_JOIN}/{{code}}", join, methods=["POST"], max_body_size=SMALL),
]
