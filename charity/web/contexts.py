"""Who asks, from where and in which language: one `RequestContext` for each request, made by `outer`.

The client's address is the peer's, or the last untrusted one of X-Forwarded-For when the peer is a
proxy named in CHARITY_TRUSTED_PROXIES. Several lines of that header are one list, in their order (RFC
9110 5.3), and what is no address in it counts as the proxy itself; a proxy that says twice how it was reached
says nothing that can be believed. The address is used for limits and never logged.
"""

import ipaddress
import time
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.requests import HTTPConnection

from charity.errors import Rule
from charity.roles import Actor
from charity.settings import settings
from charity.web.policies import PLAIN, Policy

SCOPE_KEY = "charity.context"
_HEADERS = "charity.headers"
FORWARDED_MAX = 20
PROXIED = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via"})
"""Whoever sends one of these, with a value or without, passes on somebody else's request."""
PART_MAX = 64
"""Longest part of a path: codes and numbers are shorter, and columns of keys hold no more."""
PROTO_TWICE = Rule("proxy.proto_twice", "请求头 X-Forwarded-Proto 只能有一个值", 400)
ONCE = {
    name.lower().encode(): name
    for name in ("Authorization", "Content-Type", "Host", "Idempotency-Key", "Origin", "Sec-Fetch-Site")
}
"""Headers that decide and have one value: two are refused, the first does not win. (Content-Length is uvicorn's.)"""
TWICE = Rule("header.twice", "请求头 {header} 只能出现一次", 400)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(slots=True)
class RequestContext:
    """One request's circumstances. `binding` is what form tokens are bound to ("" before a page is made).

    `unfinished` is who has not finished signing in (`owes`, charity.web.auth.Owes); `actor` is None until then.
    """

    id: str
    address: str
    https: bool
    proxied: bool
    language: str
    actor: Actor | None = None
    session: str = ""
    bearer: bool = False
    binding: str = ""
    unfinished: Actor | None = None
    owes: str = ""
    route: str = ""
    refused: str = ""
    policy: Policy = PLAIN
    began: float = field(default_factory=time.perf_counter)

    def facts(self, scope: Any) -> dict[str, Any]:
        """What a line of the log says of the request: its number, route, milliseconds so far."""
        spent = (time.perf_counter() - self.began) * 1000
        return {"id": self.id, "method": scope["method"], "route": route(self, scope), "ms": round(spent, 1)}


def route(context: RequestContext, scope: Any) -> str:
    """The template of the path that was asked for; "-" when there is none."""
    return context.route or str(getattr(scope.get("route"), "path", "") or "-")


def of(connection: HTTPConnection) -> RequestContext:
    """The context of a request."""
    context: RequestContext = connection.scope[SCOPE_KEY]
    return context


def header(scope: Any, name: bytes) -> str:
    """The first value of a header, "" when absent."""
    headers: dict[bytes, bytes] | None = scope.get(_HEADERS)
    if headers is None:
        headers = scope[_HEADERS] = dict(reversed(scope["headers"]))
    return headers.get(name, b"").decode("latin-1")


def cookies(scope: Any) -> dict[str, str]:
    """The cookies of a request; an unreadable header has none."""
    text = header(scope, b"cookie")
    if not text:
        return {}
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(text)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


@lru_cache(maxsize=4)
def _trusted(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _address(text: str) -> str:
    """The address alone, without blanks, brackets and port (some proxies add it); "" when it is none.

    An IPv4 that came in by an IPv6 socket is the IPv4: all of them would be one neighbourhood otherwise.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def _is_trusted(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)


def every_value(scope: Any, name: bytes) -> list[str]:
    """All lines of a header, in the order in which they came."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def must_decide_once(scope: Any) -> None:
    """400 when a header that decides came more than once: a proxy or a filter before us may have read the other."""
    deciding = [name for name, _ in scope["headers"] if name in ONCE]
    if len(deciding) > len(set(deciding)):
        twice = next(name for name in deciding if deciding.count(name) > 1)
        raise TWICE(header=ONCE[twice])


def place(scope: Any) -> tuple[str, bool, bool]:
    """(client's address, asked by https, came through some proxy); 400 when a proxy contradicts itself."""
    peer = scope["client"][0] if scope.get("client") else ""
    if ":" in peer:
        peer = _address(peer) or peer
    https = scope.get("scheme") == "https"
    if PROXIED.isdisjoint(name for name, _ in scope["headers"]):
        return peer, https, False
    networks = _trusted(settings().trusted_proxies)
    if not networks or not _is_trusted(peer, networks):
        return peer, https, True
    forwarded = ",".join(every_value(scope, b"x-forwarded-for"))
    proto = ",".join(every_value(scope, b"x-forwarded-proto"))
    if "," in proto:
        raise PROTO_TWICE()
    if proto:
        https = proto.strip() == "https"
    for part in reversed(forwarded.split(",")[-FORWARDED_MAX:]):
        address = _address(part)
        if not _is_trusted(address, networks):
            return address or peer, https, True
    return peer, https, True


def neighbourhood(address: str) -> str:
    """What limits count: the address itself, and for IPv6 its /64, which one household holds whole."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:
        return address


def is_loopback(context: RequestContext) -> bool:
    """Whether the caller sits on this machine: what a proxy passes on is a stranger's, wherever the proxy is."""
    if context.proxied:
        return False
    try:
        ip = ipaddress.ip_address(context.address)
    except ValueError:
        return False
    return ip.is_loopback


def preferred_language(scope: Any, chosen: str) -> str:
    """The chosen language, else the browser's; Chinese unless English is clearly wanted more."""
    if chosen in {"zh", "en"}:
        return chosen
    text = header(scope, b"accept-language")[:200].lower()
    if "en" not in text:
        return "zh"
    weights: dict[str, float] = {"zh": 0.0, "en": 0.0}
    for part in text.split(","):
        tag, _, rest = part.strip().partition(";")
        name = tag.split("-")[0]
        if name in weights:
            try:
                weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
            except ValueError:
                weight = 0.0
            weights[name] = max(weights[name], weight)
    # "zh, en" and "en, zh" both weigh 1 without q: then the one named first is meant.
    if weights["en"] == weights["zh"] > 0:
        return "en" if text.find("en") < text.find("zh") else "zh"
    return "en" if weights["en"] > weights["zh"] else "zh"
