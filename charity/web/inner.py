"""The middleware of pages, inside Starlette: who is signed in, how large a body may be, how fast strangers come."""

from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charity import texts
from charity.errors import NOT_FOUND, Refusal
from charity.web import auth, contexts, csrf, limits, problems, queries
from charity.web.contexts import SCOPE_KEY, RequestContext

BODY_MAX = 262_144
SIGN_IN = "/sign-in"
UNLIMITED = ("/static/", "/healthz", "/readyz", "/metrics")


class People:
    """Finds the signed-in actor of a page, by session cookie or bearer token, and limits strangers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look, then pass on."""
        if scope["type"] != "http" or scope["path"].startswith(UNLIMITED):
            await self.app(scope, receive, send)
            return
        context: RequestContext = scope[SCOPE_KEY]
        try:
            await self._look(context, scope)
        except Exception as error:  # noqa: BLE001 - worded and logged by problems
            response = await problems.answer(Request(scope, receive), error)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _look(self, context: RequestContext, scope: Scope) -> None:
        if any(len(part) > contexts.PART_MAX or texts.refused(part) for part in scope["path"].split("/")):
            raise NOT_FOUND()
        if scope["query_string"]:
            queries.read(scope["query_string"])  # here for all pages; each takes what it asks for
        authorization = contexts.header(scope, b"authorization")
        if authorization:
            try:
                await auth.bearer(context, authorization)
            except Refusal:
                limits.hit(limits.READ, contexts.neighbourhood(context.address))
                raise
            return
        sent = contexts.cookies(scope)
        secret = sent.get(auth.cookie_name("session"), "")
        if secret:
            await auth.session(context, secret)
        if context.actor is not None:
            return
        if not context.session:
            binding = sent.get(auth.cookie_name("visit"), "")
            context.binding = binding if csrf.BINDING.match(binding) else ""
        limits.hit(_pace(scope), contexts.neighbourhood(context.address))


def _pace(scope: Scope) -> limits.Pace:
    """Signing in has a pace of its own: whatever else an address reads and sends, its people get in."""
    if scope["path"].startswith(SIGN_IN):
        return limits.SIGN_IN
    return limits.READ if scope["method"] in {"GET", "HEAD"} else limits.WRITE


class NamedLimit:
    """Says in our words, and with the limit, what Starlette's body limit says in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace a plain 413 by the page of `body.too_large`."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        replaced = False

        async def sending(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413 and _plain(message):  # noqa: PLR2004
                replaced = True
                response = await problems.answer(Request(scope, receive), problems.too_large(_limit(scope)))
                await response(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, sending)


def _plain(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/plain") for name, value in message["headers"])


def _limit(scope: Scope) -> int:
    """The limit of the route that was asked for."""
    app: Any = getattr(scope.get("route"), "app", None)
    return int(getattr(app, "max_body_size", BODY_MAX))


MIDDLEWARE = [
    Middleware(People),
    Middleware(NamedLimit),
    Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_MAX),
]
