"""The one middleware around everything: request id, visit, language, security headers, log line, figures.

Plain ASGI. It sits outside of Starlette, so whatever happens inside, the answer carries the headers and
one line is logged: event, id, method, route template, status, milliseconds, account. Never a path (codes
in it open documents), a query, an address or a name.
"""

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charity import tokens, words
from charity.settings import settings
from charity.web import metrics, visits
from charity.web.visits import SCOPE_KEY, Visit

log = logging.getLogger("charity.request")
SLOW_S = 1.0

_CSP = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
Headers = list[tuple[bytes, bytes]]


def _headers(csp: str, camera: str) -> Headers:
    pairs = {
        "content-security-policy": csp,
        "permissions-policy": f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return [(name.encode(), value.encode()) for name, value in pairs.items()]


# Scanning with the camera runs a wasm reader; only the pages of a store may do that.
PAGE = _headers(_CSP.format(wasm=""), "()")
TILL = _headers(_CSP.format(wasm=" 'wasm-unsafe-eval'"), "(self)")
# What is not a document needs no more than this: every header of an answer costs microseconds.
DATA = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# A browser shows a PDF in a viewer of its own, which a default-src would switch off.
PAPER = _headers("frame-ancestors 'none'; form-action 'none'", "()")
HSTS = (b"strict-transport-security", b"max-age=31536000")
VARY = (b"vary", b"accept-language, cookie")


def _chosen(kind: bytes, path: str) -> Headers:
    if kind.startswith(b"text/html"):
        return TILL if path.startswith(("/stores/", "/_parts")) else PAGE
    return PAPER if kind.startswith(b"application/pdf") else DATA


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
        began = time.perf_counter()
        path: str = scope["path"]
        address, https, proxied = visits.place(scope)
        api = path.startswith("/api/")
        chosen = "" if api else visits.cookies(scope).get("lang", "")
        visit = Visit(tokens.request_id(), address, https, proxied, visits.preferred_language(scope, chosen))
        scope[SCOPE_KEY] = visit
        words.speak(visit.language)
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._dressed(list(message["headers"]), path, visit)
            await send(message)

        metrics.FIGURES.in_flight += 1
        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - logged, and the caller has an answer
            # Starlette sends its 500 and raises again; the answer is out and the fault is logged below.
            if status == 0:
                status = 500
                await _last_words(sending)
            log.error("fault.raised", extra={"id": visit.id, "error": type(error).__name__})  # noqa: TRY400
        finally:
            metrics.FIGURES.in_flight -= 1
            _tell(scope, visit, status, time.perf_counter() - began)

    def _dressed(self, headers: Headers, path: str, visit: Visit) -> Headers:
        kind = b""
        cached = False
        for name, value in headers:
            if name == b"content-type":
                kind = value
            elif name == b"cache-control":
                cached = True
        headers += _chosen(kind, path)
        headers.append((b"x-request-id", visit.id.encode()))
        if settings().secure:
            headers.append(HSTS)
        if kind.startswith(b"text/html"):
            headers.append((b"content-language", b"en" if visit.language == "en" else b"zh-CN"))
            headers.append(VARY)
        if not cached:
            headers.append((b"cache-control", b"no-store" if visit.actor else b"private, no-cache"))
        return headers


async def _last_words(send: Send) -> None:
    """An answer when nothing else could be made."""
    body = "系统出错，请稍后再试。\n".encode()
    start = {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _route(scope: Scope, visit: Visit) -> str:
    """The template of the path that was asked for."""
    if visit.route:
        return visit.route
    route: Any = scope.get("route")
    return str(getattr(route, "path", "") or "-")


def _tell(scope: Scope, visit: Visit, status: int, seconds: float) -> None:
    route = _route(scope, visit)
    metrics.FIGURES.answered(scope["method"], route, status, seconds)
    if route == "/static" and status < 400:  # noqa: PLR2004 - the files of a page are no events
        return
    level = logging.ERROR if status >= 500 else logging.INFO  # noqa: PLR2004 - server faults
    if status < 400 and route.startswith("/api/") and seconds < SLOW_S:  # noqa: PLR2004 - answered well
        # Thousands a second: the books tell what was posted, the figures tell how fast.
        level = logging.DEBUG
    if log.isEnabledFor(level):
        facts: dict[str, Any] = {"id": visit.id, "method": scope["method"], "route": route, "status": status}
        facts["ms"] = round(seconds * 1000, 1)
        if visit.actor is not None:
            facts["account"] = visit.actor.key
        if visit.refused:
            facts["refused"] = visit.refused
        log.log(level, "request", extra=facts)
