"""Which addresses there are: every GET route of the pages and of the API, as each role can reach it.

Nothing is named here. A route without places is its own address; a route with places takes the first addresses that
other pages link to, and the API takes the same values by the place's name. So a new page is measured, and tested,
without being listed. `get(role, path)` answers (status, text): over HTTP for the figures, in process for the test.
"""

import html
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.routing import BaseRoute, Route

from charity.web.api import Endpoint

Get = Callable[[str, str], Awaitable[tuple[int, str]]]
OK = 200
STEPS_MAX = 400
ROUNDS_MAX = 5
PATHS_MAX, QUERIES_MAX = 4, 4
"""Addresses taken of one route and role: lists link to things of different states, and filters are links."""
PUBLIC = "public"
_LINK = re.compile(r'href="(/[^"#]*)')
_NEXT = re.compile(r'<a[^>]*href="([^"]+)"[^>]*rel="next"')
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
LEFT_OUT = re.compile(r"^/(static|metrics|healthz)|\.pdf$|/file$")
"""No pages: what is served from memory, a printed document, a made file."""


@dataclass(slots=True)
class Walk:
    """What was reached: (role, address) by the route's template."""

    reached: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    next_of: dict[tuple[str, str], str] = field(default_factory=dict)

    def addresses(self) -> list[tuple[str, str, str]]:
        """(role, template, address), each once; what is public is the public's."""
        return [
            (role, template, address)
            for (role, template), addresses in sorted(self.reached.items())
            if role == PUBLIC or (PUBLIC, template) not in self.reached
            for address in addresses
        ]

    def templates(self) -> set[str]:
        """Every route that somebody reached."""
        return {template for _, template in self.reached}


def next_address(path: str, text: str) -> str:
    """The address of the page that follows in a list; "" at its end."""
    if text.startswith("{"):
        after = json.loads(text).get("next")
        if not after:
            return ""
        plain = path.partition("?")[0]
        return f"{plain}?after={quote(str(after))}&limit=100"
    match = _NEXT.search(text)
    return html.unescape(match[1]) if match and match[1].startswith("/") else ""


async def walk(
    get: Get, roles: Iterable[str], routes: Iterable[BaseRoute], calls: Iterable[tuple[str, Endpoint]]
) -> Walk:
    """Reach everything. `calls` are (path with prefix, endpoint)."""
    done = Walk()
    pages = [r for r in routes if isinstance(r, Route) and "GET" in (r.methods or ()) and not LEFT_OUT.search(r.path)]
    for role in roles:
        await _pages(get, role, pages, done)
    read = [path for path, endpoint in calls if endpoint.method == "GET" and not LEFT_OUT.search(path)]
    for role in roles:
        for path in read:
            await _call(get, role, path, done)
    return done


async def _pages(get: Get, role: str, routes: list[Route], done: Walk) -> None:
    todo = [r.path for r in routes if not _PLACE.search(r.path)]
    seen: set[str] = set()
    for _ in range(ROUNDS_MAX):
        links: list[str] = []
        for address in todo:
            route = _route_of(routes, address)
            left_out = LEFT_OUT.search(address.partition("?")[0])
            if route is None or left_out or address in seen or len(seen) >= STEPS_MAX:
                continue
            reached = [a for a in done.reached.get((role, route.path), []) if ("?" in a) == ("?" in address)]
            if len(reached) >= (QUERIES_MAX if "?" in address else PATHS_MAX):
                continue
            seen.add(address)
            status, text = await get(role, address)
            if status != OK:
                continue
            done.reached.setdefault((role, route.path), []).append(address)
            _remember(done, route, address)
            if following := next_address(address, text):
                done.next_of[role, address] = following
            links += [html.unescape(link) for link in _LINK.findall(text)]
        todo = [link for link in dict.fromkeys(links) if link not in seen and "after=" not in link]
        if not todo:
            return


def _route_of(routes: list[Route], address: str) -> Route | None:
    path = address.partition("?")[0]
    return next((route for route in routes if route.path_regex.match(path)), None)


def _remember(done: Walk, route: Route, address: str) -> None:
    match = route.path_regex.match(address.partition("?")[0])
    assert match is not None
    for name, value in match.groupdict().items():
        values = done.values.setdefault(name, [])
        if value not in values:
            values.append(value)
        # /p/{code} and /receipts/{code} both say "code": the first word tells them apart for the API.
        done.values.setdefault(f"{route.path.split('/')[1]} {name}", []).append(value)


async def _call(get: Get, role: str, template: str, done: Walk) -> None:
    place = _PLACE.search(template)
    if place is None:
        choices = [template]
    else:
        rooms = [part for part in template.split("/") if part and not part.startswith("{")]
        near = [v for room in rooms for v in done.values.get(f"{room} {place[1]}", [])]
        choices = [template.replace(place[0], v) for v in dict.fromkeys([*near, *done.values.get(place[1], [])])]
    for address in choices[:20]:
        status, text = await get(role, address)
        if status == OK:
            done.reached.setdefault((role, template), []).append(address)
            if text.startswith("{") and (following := next_address(address, text)):
                done.next_of[role, address] = following
            return
