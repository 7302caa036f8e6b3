"""Pages of signing in: password, second factor, one's own password, second factor and sessions."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from charity import tokens, words
from charity.errors import Refusal, Unavailable
from charity.office import organisation, rules, staff
from charity.office.limits import SMALL
from charity.office.models import Session
from charity.office.sign_in import sessions, two_step
from charity.office.sign_in.forms import BeginForm, CodeForm, EndSessionForm, OwnPasswordForm, SignInForm
from charity.printing import qr
from charity.roles import Actor, required
from charity.web import auth, contexts, devices, formats, forms, limits, pages
from charity.web.auth import Owes
from charity.web.problems import headers
from charity.web.system import local

NOTES = {
    "password": "密码已修改，请用新密码登录",
    "two-step": "两步验证已停用，请重新登录",
    "ended": "登录已结束，请重新登录，登录后回到原来的页面",
    "lost": "登录已结束，刚才填的没有保存。请重新登录，回到原来的页面再填一次",
    "till": "登录已结束，请重新登录。篮里的东西还在，登录后接着办",
}
"""What the sign-in page says to whose session has just ended, by himself or by the time."""


BY_TIME = {"ended", "lost", "till"}
"""Of these, what is no news of something well done."""


async def _page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page that no browser keeps: it may show a secret, and its reader may not have finished signing in."""
    response = await pages.page(request, template, status, **context)
    response.headers["cache-control"] = "no-store"
    return response


async def _refused(request: Request, template: str, refusal: Refusal, **context: Any) -> Response:
    response = await _page(request, template, refusal.status, errors=pages.errors(refusal), **context)
    response.headers.update(headers(refusal))
    return response


def _next(request: Request) -> str:
    return local(request.query_params.get("next", "/desk"))


async def sign_in_page(request: Request) -> Response:
    """The sign-in form; who is signed in already goes on, who has not finished to what is left."""
    if auth.actor(request) is not None:
        return RedirectResponse(_next(request), 303)
    if contexts.of(request).owes:
        return auth.to_step(request, _next(request))
    after = request.query_params.get("after", "")
    values = {"login": "", "next": _next(request)}
    note, tone = words.translate(NOTES.get(after, "")), "wait" if after in BY_TIME else "good"
    return await _page(request, "office/sign_in/password.html", values=values, note=note, tone=tone)


async def sign_in(request: Request) -> Response:
    """Begin a session. Wrong passwords wait longer and longer."""
    data = await forms.data(request, SignInForm)
    context = contexts.of(request)
    try:
        form = forms.read(SignInForm, data)
        login = form.login.strip().lower()
        with limits.guessing(*_circles(request, login), wrong={rules.SIGN_IN_WRONG.code}):
            secret = await sessions.sign_in(login=login, password=form.password, device=devices.described(request))
        response = await _begun(request, form.next, tokens.digest(secret))
        auth.begin(request, response, secret)
        devices.remember(request, response, login)
    except Refusal as refusal:
        values = {"login": forms.text(data, "login"), "next": local(forms.text(data, "next"))}
        return await _refused(request, "office/sign_in/password.html", refusal, values=values, note="")
    if context.session:
        await sessions.sign_out(context.session)
        auth.forget()
    return response


async def _begun(request: Request, after: str, session: str) -> Response:
    """On to the desk or to what is left to do; whoever still owes the code learns nothing."""
    live = await sessions.Authenticator().session(session)
    if live is None or live.owes == Owes.CODE:
        return RedirectResponse(local(after or "/desk"), 303)
    return await _welcome(request, after, session, live.actor)


async def _welcome(request: Request, after: str, session: str, by: Actor) -> Response:
    """The next page says when the account was used before: its owner knows whether that was himself."""
    last = await sessions.before(session=session, by=by)
    contexts.of(request).binding = session  # the message is for the new session's page
    return pages.see_other(
        request,
        local(after or "/desk"),
        flash="上次登录：{at}，{device}。不是您本人的话，请马上修改密码并告诉管理员" if last else "",
        kind="info",
        **(_shown(last) if last else {}),
    )


def _shown(last: Session) -> dict[str, str]:
    return {"at": formats.moment(last.created_at), "device": last.device or words.translate("其他程序")}


def _circles(request: Request, login: str) -> tuple[limits.Circle, ...]:
    """Who counts together: a browser that this login knows counts alone, whatever is guessed elsewhere."""
    device = devices.known(request, login)
    if device:
        return ((limits.DEVICE, f"{login}\n{device}"),)
    return limits.strangers(login, contexts.neighbourhood(contexts.of(request).address))


async def sign_out(request: Request) -> Response:
    """End this session. Where writing has stopped the browser forgets it: whoever sits down next is nobody."""
    await forms.data(request)
    context = contexts.of(request)
    if context.session:
        with suppress(Unavailable):  # the session ends by itself when it idles
            await sessions.sign_out(context.session)
        auth.forget()
    response = RedirectResponse("/", 303)
    auth.end(response)
    return response


# -- the second factor ---------------------------------------------------------------------------------


async def code_page(request: Request) -> Response:
    """The form for the code of the phone."""
    if contexts.of(request).owes != Owes.CODE:
        return await sign_in_page(request)
    return await _page(request, "office/sign_in/code.html", values={"next": _next(request)})


async def code(request: Request) -> Response:
    """Take the code, and let the session go on."""
    context = contexts.of(request)
    by = auth.unfinished(request, Owes.CODE)
    data = await forms.data(request, CodeForm)
    try:
        form = forms.read(CodeForm, data)
        with _guessing_codes(by):
            await two_step.give(code=form.code, session=context.session, by=by)
    except Refusal as refusal:
        return await _refused(
            request, "office/sign_in/code.html", refusal, values={"next": local(forms.text(data, "next"))}
        )
    return await _welcome(request, form.next, context.session, by)


def _guessing_password(by: Actor) -> Any:
    return limits.guessing((limits.OWN, by.key), wrong={rules.PASSWORD_WRONG.code})


def _guessing_codes(by: Actor) -> Any:
    return limits.guessing((limits.CODE, by.key), wrong={rules.CODE_WRONG.code})


async def two_step_page(request: Request) -> Response:
    """One's own second factor: how to set it up, or what it is."""
    return await _two_step(request, auth.unfinished(request, Owes.TWO_STEP))


async def _two_step(
    request: Request, by: Actor, refusal: Refusal | None = None, secret: str = "", after: str = ""
) -> Response:
    whole: dict[str, Any] = {"values": {"next": after or _next(request)}, "asked": bool(contexts.of(request).owes)}
    if await two_step.is_on(by=by):
        template = "office/sign_in/two_step.html"
        whole["left"] = await two_step.codes_left(by=by)
    else:
        template = "office/sign_in/two_step_begin.html"
        secret = secret if two_step.is_secret(secret) else two_step.new_secret()
        issuer = (await organisation.get()).short
        address = two_step.address(secret, (await staff.get(by.key, by=by)).login, issuer)
        whole |= {"secret": secret, "qr": Markup(qr.svg(address))}  # noqa: S704 - our own SVG
    if refusal is None:
        return await _page(request, template, **whole)
    return await _refused(request, template, refusal, **whole)


async def begin_two_step(request: Request) -> Response:
    """Turn it on with a first code; the recovery codes are shown once."""
    by = auth.unfinished(request, Owes.TWO_STEP)
    data = await forms.data(request, BeginForm)
    try:
        form = forms.read(BeginForm, data)
        with _guessing_password(by), _guessing_codes(by):
            fresh = await two_step.begin(
                secret=form.secret,
                code=form.code,
                current=form.current,
                session=contexts.of(request).session,
                by=by,
            )
    except Refusal as refusal:
        after = local(forms.text(data, "next") or "/desk")
        return await _two_step(request, by, refusal, forms.text(data, "secret"), after)
    auth.forget()
    return await _codes(request, fresh, local(form.next or "/desk"))


async def _codes(request: Request, fresh: Sequence[str], after: str) -> Response:
    return await _page(request, "office/sign_in/recovery_codes.html", codes=fresh, after=after)


async def renew_codes(request: Request) -> Response:
    """Ten new recovery codes."""
    by = required(auth.actor(request))
    data = await forms.data(request, CodeForm)
    try:
        form = forms.read(CodeForm, data)
        with _guessing_codes(by):
            fresh = await two_step.renew_codes(code=form.code, by=by)
    except Refusal as refusal:
        return await _two_step(request, by, refusal)
    return await _codes(request, fresh, "/two-step")


async def end_two_step(request: Request) -> Response:
    """Turn one's own off; all one's sessions end."""
    by = required(auth.actor(request))
    data = await forms.data(request, CodeForm)
    try:
        form = forms.read(CodeForm, data)
        with _guessing_codes(by):
            await two_step.end(code=form.code, by=by)
    except Refusal as refusal:
        return await _two_step(request, by, refusal)
    return _signed_out("two-step")


def _signed_out(after: str) -> Response:
    """To the sign-in page, which says why."""
    auth.forget()
    response = RedirectResponse(f"/sign-in?after={after}", 303)
    auth.end(response)
    return response


# -- one's own password and sessions -------------------------------------------------------------------


async def own_password_page(request: Request) -> Response:
    """The form to change one's own password."""
    auth.unfinished(request, Owes.PASSWORD)
    return await _page(request, "office/sign_in/own_password.html", asked=bool(contexts.of(request).owes))


async def own_password(request: Request) -> Response:
    """Change one's own password; all one's sessions end."""
    by = auth.unfinished(request, Owes.PASSWORD)
    data = await forms.data(request, OwnPasswordForm)
    try:
        form = forms.read(OwnPasswordForm, data)
        with _guessing_password(by):
            await staff.change_password(current=form.current, password=form.password, by=by)
    except Refusal as refusal:
        return await _refused(
            request, "office/sign_in/own_password.html", refusal, asked=bool(contexts.of(request).owes)
        )
    return _signed_out("password")


async def sessions_page(request: Request) -> Response:
    """One's own sessions."""
    by = required(auth.actor(request))
    here = contexts.of(request).session
    rows = [
        {
            "digest": session.digest,
            "here": session.digest == here,
            "device": session.device or words.translate("其他程序"),
            "created_at": session.created_at,
            "seen_at": session.seen_at,
        }
        for session in await sessions.own(by)
    ]
    before = await sessions.before(session=here, by=by)
    last = words.say("这次登录之前，上次登录：{at}，{device}", **_shown(before)) if before else ""
    return await _page(request, "office/sign_in/sessions.html", sessions=rows, last=last)


async def end_session(request: Request) -> Response:
    """End one of one's own sessions, or all the others."""
    by = required(auth.actor(request))
    here = contexts.of(request).session
    form = forms.read(EndSessionForm, await forms.data(request, EndSessionForm))
    if form.session:
        await sessions.end_own(digest=form.session, by=by)
    else:
        await sessions.end_others(keep=here, by=by)
    auth.forget()
    return pages.see_other(request, "/sessions", flash="已在那里退出登录")


routes = [
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"], max_body_size=SMALL),
    Route("/sign-in/code", code_page, methods=["GET"]),
    Route("/sign-in/code", code, methods=["POST"], max_body_size=SMALL),
    Route("/sign-out", sign_out, methods=["POST"], max_body_size=SMALL),
    Route("/two-step", two_step_page, methods=["GET"]),
    Route("/two-step", begin_two_step, methods=["POST"], max_body_size=SMALL),
    Route("/two-step/codes", renew_codes, methods=["POST"], max_body_size=SMALL),
    Route("/two-step/end", end_two_step, methods=["POST"], max_body_size=SMALL),
    Route("/password", own_password_page, methods=["GET"]),
    Route("/password", own_password, methods=["POST"], max_body_size=SMALL),
    Route("/sessions", sessions_page, methods=["GET"]),
    Route("/sessions/end", end_session, methods=["POST"], max_body_size=SMALL),
]
