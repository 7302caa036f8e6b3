"""The one middleware around everything: request id, request context, language, security headers, log line, figures.

Plain ASGI. It sits outside of Starlette, so whatever happens inside, the answer carries the headers and
one line is logged: event, id, method, route template, status, milliseconds, account. Never a path (codes
in it open documents), a query, an address or a name.
"""

import asyncio
import logging
import time

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charity import tokens, words
from charity.errors import Refusal, Rule
from charity.settings import settings
from charity.web import contexts, metrics, policies, problems
from charity.web.contexts import SCOPE_KEY, RequestContext
from charity.web.large_bodies import Body
from charity.web.policies import Policy

log = logging.getLogger("charity.request")
SLOW_S = 1.0
BODY_S = 20.0
"""Seconds in which a body has to arrive, and one more for each BODY_BYTES_S bytes of it that did."""
BODY_BYTES_S = 8_192
BODY_SLOW = Rule("body.slow", "请求体在 {seconds} 秒内没有传完，连接已关闭", 408)

Headers = list[tuple[bytes, bytes]]
HSTS = (b"strict-transport-security", b"max-age=31536000")
VARY = (b"vary", b"accept-language, cookie")


def _policy(kind: bytes, context: RequestContext) -> Policy:
    if kind.startswith(b"text/html"):
        return context.policy
    return policies.PDF if kind.startswith(b"application/pdf") else policies.DATA


class _Exchange:
    """One request and its answer: bounds the body and the wait for it, dresses the answer, knows its status."""

    __slots__ = ("_receive", "_send", "_slow", "_until", "_whole", "body", "context", "status")

    def __init__(self, context: RequestContext, receive: Receive, send: Send) -> None:
        self.context = context
        self.status = 0
        self.body = Body()
        self._receive = receive
        self._send = send
        self._until = 0.0
        self._whole = False
        self._slow = False

    async def receive(self) -> Message:
        """The next part of the body; raises BODY_SLOW when it does not come in time, 429 or 503 for a large one."""
        if self._whole:  # what comes after the body is the end of the connection, and may take as long as it likes
            return await self._receive()
        message = await self._part()
        try:
            self._until += await self.body.grew(len(message.get("body", b"")), self._caller())
        except Refusal:
            self.body.end()
            while not self._whole:  # a browser reads no answer while it is still sending
                await self._part()
            raise
        return message

    async def _part(self) -> Message:
        if not self._until:
            self._until = asyncio.get_running_loop().time() + BODY_S
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self._slow = True
            raise BODY_SLOW(seconds=int(BODY_S)) from None
        self._until += len(message.get("body", b"")) / BODY_BYTES_S
        self._whole = not message.get("more_body", False)
        return message

    def _caller(self) -> str:
        actor = self.context.actor
        return actor.key if actor else contexts.neighbourhood(self.context.address)

    async def send(self, message: Message) -> None:
        """Pass the answer on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = _dressed(list(message["headers"]), self.context)
            if self._slow:  # the rest of the body would be read as the next request
                message["headers"].append((b"connection", b"close"))
        await self._send(message)


class Outer:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        app = self.app
        try:
            contexts.must_decide_once(scope)
            address, https, proxied = contexts.place(scope)
        except Refusal as refusal:
            address, https, proxied = "", False, True
            app = _refusing(refusal)
        chosen = "" if scope["path"].startswith("/api/") else contexts.cookies(scope).get("lang", "")
        context = RequestContext(
            tokens.request_id(), address, https, proxied, contexts.preferred_language(scope, chosen)
        )
        scope[SCOPE_KEY] = context
        words.speak(context.language)
        exchange = _Exchange(context, receive, send)
        metrics.IN_FLIGHT.add(1)
        try:
            await app(scope, exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - logged, and the caller has an answer
            if problems.hung_up(error):
                context.refused = problems.HUNG_UP.code
                exchange.status = exchange.status or problems.HUNG_UP.status
            elif not problems.answered(error, scope):
                problems.fault("fault.raised", error, scope)
            if exchange.status == 0:
                await _last_words(exchange.send)
        finally:
            exchange.body.end()
            metrics.IN_FLIGHT.add(-1)
            _log(scope, context, exchange.status)


def _refusing(refusal: Refusal) -> ASGIApp:
    """An application that answers every request with this refusal."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await problems.answer(Request(scope, receive), refusal)
        await response(scope, receive, send)

    return app


def _dressed(headers: Headers, context: RequestContext) -> Headers:
    kind = b""
    cached = False
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"cache-control":
            cached = True
    headers += _policy(kind, context)
    headers.append((b"x-request-id", context.id.encode()))
    if settings().secure:
        headers.append(HSTS)
    if kind.startswith(b"text/html"):
        headers.append((b"content-language", b"en" if context.language == "en" else b"zh-CN"))
        headers.append(VARY)
    if not cached:
        headers.append((b"cache-control", b"no-store" if context.actor else b"private, no-cache"))
    return headers


async def _last_words(send: Send) -> None:
    """An answer when nothing else could be made."""
    body = "系统出错，请稍后再试。\n".encode()
    start = {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _log(scope: Scope, context: RequestContext, status: int) -> None:
    seconds = time.perf_counter() - context.began
    route = contexts.route(context, scope)
    metrics.answered(scope["method"], route, status, seconds)
    if route == "/static" and status < 400:  # noqa: PLR2004 - the files of a page are no events
        return
    level = logging.ERROR if status >= 500 else logging.INFO  # noqa: PLR2004 - server faults
    if status < 400 and route.startswith("/api/") and seconds < SLOW_S:  # noqa: PLR2004 - answered well
        # Thousands a second: the books tell what was posted, the figures tell how fast.
        level = logging.DEBUG
    if log.isEnabledFor(level):
        facts = context.facts(scope) | {"status": status}
        if context.actor is not None:
            facts["account"] = context.actor.key
        if context.refused:
            facts["refused"] = context.refused
        log.log(level, "request", extra=facts)
