"""From a session cookie or a bearer token to an Actor.

The rooms below the app do not know where accounts live: `app` hands in a `Finder`. What it finds is
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
from charity.errors import NOT_YOURS, Rule
from charity.roles import PERMISSIONS, Actor, required
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
class Found:
    """A live session: its digest, whom it belongs to, and what it still owes."""

    session: str
    actor: Actor
    owes: Owes | None = None


class Finder(Protocol):
    """Where sessions and tokens are looked up (charity/office/sign_in/sessions.py)."""

    async def session(self, digest: str) -> Found | None:
        """The live session with this digest; notes that it was seen."""

    async def token(self, digest: str) -> Actor | None:
        """Whom a bearer token with this digest acts as."""


_finder: Finder | None = None
_bearers: OrderedDict[str, tuple[float, Actor]] = OrderedDict()
_sessions: OrderedDict[str, tuple[float, Found]] = OrderedDict()


def use(finder: Finder) -> None:
    """Take the finder of sessions and tokens; forgets what another one found."""
    global _finder  # noqa: PLW0603 - handed in once by app
    _finder = finder
    forget()


def forget() -> None:
    """Forget what was found: after a sign-out, a revocation or a change of roles."""
    _bearers.clear()
    _sessions.clear()


def _required_finder() -> Finder:
    if _finder is None:
        msg = "app has not handed in the finder of sessions"
        raise RuntimeError(msg)
    return _finder


async def bearer(context: RequestContext, authorization: str) -> Actor:
    """The actor of an Authorization header; raises 401 when it names nobody."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > SECRET_MAX:
        raise BAD_TOKEN()
    now = time.monotonic()
    kept = _bearers.get(secret)
    if kept is not None and kept[0] > now:
        actor = kept[1]
    else:
        if kept is not None:  # one looks it up again, the others do not wait for that
            _keep(_bearers, secret, (now + LOOKED_UP_S, kept[1]))
        found = await _required_finder().token(tokens.digest(secret))
        if found is None:
            _bearers.pop(secret, None)
            raise BAD_TOKEN()
        actor = found
        _keep(_bearers, secret, (now + KEPT_S, actor))
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
        found: Found | None = kept[1]
    else:
        found = await _required_finder().session(digest)
        # What is still owed is not kept: the step may be done in another process.
        if found is not None and found.owes is None:
            _keep(_sessions, digest, (now + KEPT_S, found))
    if found is None:
        return
    context.session, context.binding = found.session, found.session
    if found.owes is None:
        context.actor = found.actor
    else:
        context.unfinished, context.owes = found.actor, found.owes


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


def to_step(request: Request, back: str) -> Response:
    """Send who has not finished signing in to what is left, a stranger to the sign-in page; then on to `back`."""
    place = STEPS.get(Owes(owed)) if (owed := contexts.of(request).owes) else None
    return RedirectResponse(f"{place or '/sign-in'}?next={quote(back, safe='/')}", 303)


def allowed(request: Request, permission: str) -> Actor:
    """Who asks, when the permission is theirs; raises 401 (pages go to sign-in) or 403."""
    found = required(contexts.of(request).actor)
    if not found.may(permission):
        raise NOT_YOURS(permission=PERMISSIONS[permission][0])
    return found


def cookie_name(plain: str) -> str:
    """The cookie's name: with https it carries __Host-, which ties it to this host and to https."""
    return f"__Host-{plain}" if settings().secure else plain


def begin(request: Request, response: Response, secret: str) -> None:
    """Give the browser its session cookie. Without https only on this machine (403 otherwise)."""
    if not settings().secure and not contexts.is_loopback(contexts.of(request)):
        raise INSECURE()
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
