"""From a session cookie or a bearer token to an Actor.

The rooms below the app do not know where accounts live: `app` gives an `Authenticator`. What it answers is
kept for a few seconds a process, so a revoked token or session may live that long in another process.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charity import tokens
from charity.errors import Rule
from charity.roles import Actor, not_yours, required
from charity.settings import settings
from charity.web import contexts
from charity.web.contexts import RequestContext

T = TypeVar("T")
KEPT_S = 3.0
LOOKED_UP_S = 0.5
KEPT_MAX = 4_096
SECRET_MAX = 128
BAD_TOKEN = Rule("token.unknown", "令牌无效或已停用", 401)
INSECURE = Rule("session.insecure", "没有 https 时只能在本机登录；请设置 CHARITY_PUBLIC_URL 为 https 网址", 403)


class Owes(StrEnum):
    """What stands between a session and its owner's rights: nothing else is open to it."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - the name of a step
    TWO_STEP = "two_step"


STEPS = {Owes.CODE: "/sign-in/code", Owes.PASSWORD: "/password", Owes.TWO_STEP: "/two-step"}
"""Where each is done."""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A live session: its digest, whom it belongs to, and what it still owes."""

    session: str
    actor: Actor
    owes: Owes | None = None


class Authenticator(Protocol):
    """Where sessions and tokens are looked up (charity/office/sign_in/sessions.py)."""

    async def session(self, digest: str) -> LiveSession | None:
        """The live session with this digest; notes that it was seen."""

    async def token(self, digest: str) -> Actor | None:
        """Whom a bearer token with this digest acts as."""


_authenticator: Authenticator | None = None
_access_tokens: OrderedDict[str, tuple[float, Actor]] = OrderedDict()
_sessions: OrderedDict[str, tuple[float, LiveSession]] = OrderedDict()


def use(authenticator: Authenticator) -> None:
    """Take the authenticator; forgets what another one answered."""
    global _authenticator  # noqa: PLW0603 - set once by app
    _authenticator = authenticator
    forget()


def forget() -> None:
    """Forget what was answered: after a sign-out, a revocation or a change of roles."""
    _access_tokens.clear()
    _sessions.clear()


def _required_authenticator() -> Authenticator:
    if _authenticator is None:
        msg = "app has not set the authenticator"
        raise RuntimeError(msg)
    return _authenticator


async def bearer(context: RequestContext, authorization: str) -> Actor:
    """The actor of an Authorization header; raises 401 when it names nobody."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > SECRET_MAX:
        raise BAD_TOKEN()
    now = time.monotonic()
    kept = _access_tokens.get(secret)
    if kept is not None and kept[0] > now:
        actor = kept[1]
    else:
        if kept is not None:  # one looks it up again, the others do not wait for that
            _keep(_access_tokens, secret, (now + LOOKED_UP_S, kept[1]))
        holder = await _required_authenticator().token(tokens.digest(secret))
        if holder is None:
            _access_tokens.pop(secret, None)
            raise BAD_TOKEN()
        actor = holder
        _keep(_access_tokens, secret, (now + KEPT_S, actor))
    context.actor, context.bearer = actor, True
    return actor


async def session(context: RequestContext, secret: str) -> None:
    """Let the context name a live session and its owner; nothing happens when it is not live."""
    if not secret or len(secret) > SECRET_MAX:
        return
    if not settings().secure and not contexts.is_loopback(context):
        return
    digest, now = tokens.digest(secret), time.monotonic()
    kept = _sessions.get(digest)
    if kept is not None and kept[0] > now:
        live: LiveSession | None = kept[1]
    else:
        live = await _required_authenticator().session(digest)
        # What is still owed is not kept: the step may be done in another process.
        if live is not None and live.owes is None:
            _keep(_sessions, digest, (now + KEPT_S, live))
    if live is None:
        return
    context.session, context.binding = live.session, live.session
    if live.owes is None:
        context.actor = live.actor
    else:
        context.unfinished, context.owes = live.actor, live.owes


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > KEPT_MAX:
        kept.popitem(last=False)


def actor(request: Request) -> Actor | None:
    """Who asks; None for the public."""
    return contexts.of(request).actor


def unfinished(request: Request, step: Owes) -> Actor:
    """Who is to do this step of signing in, or does it later by choice; raises 401 when it is nobody's turn."""
    context = contexts.of(request)
    return required(context.unfinished if context.owes == step else context.actor)


def to_step(request: Request, back: str, after: str = "") -> Response:
    """Send who has not finished signing in to what is left, a stranger to the sign-in page; then on to `back`.

    `after`: why the sign-in page is shown, where it has words for it.
    """
    place = STEPS.get(Owes(owed)) if (owed := contexts.of(request).owes) else None
    why = f"after={after}&" if after else ""
    return RedirectResponse(f"{place or '/sign-in'}?{why}next={quote(back, safe='/')}", 303)


def allowed(request: Request, permission: str) -> Actor:
    """Who asks, when the permission is theirs; raises 401 (pages go to sign-in) or 403."""
    by = required(contexts.of(request).actor)
    if not by.may(permission):
        raise not_yours(permission)
    return by


def cookie_name(plain: str) -> str:
    """The cookie's name: with https it carries __Host-, which ties it to this host and to https."""
    return f"__Host-{plain}" if settings().secure else plain


def must_be_safe(request: Request) -> None:
    """Refuse to begin a session where its cookie could be read on the way: without https only on this machine."""
    if not settings().secure and not contexts.is_loopback(contexts.of(request)):
        raise INSECURE()


def begin(request: Request, response: Response, secret: str) -> None:
    """Give the browser its session cookie. Without https only on this machine (403 otherwise)."""
    must_be_safe(request)
    set_cookie(response, "session", secret)


def end(response: Response) -> None:
    """Take the session cookie back."""
    response.delete_cookie(cookie_name("session"), path="/", secure=settings().secure, httponly=True, samesite="lax")


def set_cookie(response: Response, plain: str, value: str, max_age_s: int | None = None) -> None:
    """Set a cookie that only we read: HttpOnly, SameSite=Lax, and __Host- with https."""
    secure = settings().secure
    response.set_cookie(
        cookie_name(plain), value, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite="lax"
    )
