"""Every page, list, register and search, and every list of the API, with 10,000 gifts and with a million.

Both servers run at once and take turns at each address, so that a busy minute meets both alike. Addresses come from
walking the routes (bench/walking.py) as each role; a bearer token signs in, so that no pace and no cookie matters.

PAGES='/stores|search' measures only what it matches (role, route and address) and writes no results.
"""

import asyncio
import contextlib
import http.client
import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from bench import million, servers, walking
from charity.roles import Role

SMALL, LARGE = 10_000, 1_000_000
WARM, TIMES = 5, 30
NEXTS = 1_000
FLOOR_MS = 5.0
"""A page under this is not said to grow: its time is the interpreter's."""
STAFF = tuple(Role)
ROLES = (walking.PUBLIC, *STAFF)
SHOWN = 1.3
"""Pages that grow more are printed."""
LIMIT = 1.5
AGAIN = 2
"""So often a page above the limit is measured again; the middle ratio counts: a busy second may meet one of the two."""
ONLY = re.compile(os.environ.get("PAGES", ""))
OUT = Path(__file__).parent / "out"
STORE = {Role.CLERK, Role.MANAGER}
Figures = dict[str, tuple[float, str]]
Row = tuple[str, str, str, float, float]
"""(role, template, the large one's address, ms with few gifts, ms with many)."""
Ask = tuple[str, str, str, Callable[[], float], Callable[[], float]]
"""(role, template, the large one's address, what asks the small one and the large one for its ms)."""


class Browser:
    """One connection to a server for each role."""

    def __init__(self, base: str, tokens: dict[str, str]) -> None:
        self._host = base.removeprefix("http://")
        self._tokens = tokens
        self._connection = http.client.HTTPConnection(self._host, timeout=120)

    def ask(self, role: str, path: str, body: str | None = None) -> tuple[int, str]:
        """Status and text of a page; a redirect is answered, not followed."""
        status, answer = self.fetch(role, path, body)
        return status, answer.decode(errors="replace")

    def fetch(self, role: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """The same as it came."""
        headers = {"Accept-Language": "zh"}
        if role in self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens[role]}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = "GET" if body is None else "POST"
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # idle while the other server was asked
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        return answer.status, answer.read()

    def took(self, role: str, path: str, body: str | None = None) -> float:
        """Milliseconds of one answer."""
        began = time.perf_counter()
        self.ask(role, path, body)
        return (time.perf_counter() - began) * 1_000


@contextlib.contextmanager
def opened(at: servers.House) -> Iterator[Browser]:
    """A server on this database, and a browser with a token of each role."""
    made = {}
    for role in STAFF:
        words = ["token", "create", "--role", role, *(["--store", "LX01"] if role in STORE else [])]
        made[role] = at.run(*words).split()[-1]
    with servers.serving(at) as (base, _):
        yield Browser(base, made)


def _walked(browser: Browser) -> walking.Walk:
    from charity.app import ENDPOINTS, PREFIX, ROUTES  # noqa: PLC0415 - the routes of today

    async def get(role: str, path: str) -> tuple[int, str]:
        return browser.ask(role, path)

    calls = [(PREFIX + endpoint.path, endpoint) for endpoint in ENDPOINTS]
    return asyncio.run(walking.walk(get, ROLES, ROUTES, calls))


def _pairs(small: walking.Walk, large: walking.Walk) -> list[tuple[str, str, str, str]]:
    """(role, template, small's address, large's address); a public page once, not once a role."""
    pairs = []
    for (role, template), addresses in sorted(large.reached.items()):
        if role != walking.PUBLIC and (walking.PUBLIC, template) in large.reached:
            continue
        other = small.reached.get((role, template), [])
        pairs += [(role, template, a, b) for a, b in zip(other, addresses, strict=False)]
    return pairs


def in_turns(*asks: Callable[[], float]) -> list[float]:
    """The median of each, asked in turns."""
    took: list[list[float]] = [[] for _ in asks]
    for n in range(WARM + TIMES):
        for at, ask in enumerate(asks):
            ms = ask()
            if n >= WARM:
                took[at].append(ms)
    return [statistics.median(values) for values in took]


def _grows(before: float, after: float) -> float:
    """How many times as long a page takes; 1.0 under the floor."""
    return after / before if after > FLOOR_MS else 1.0


def _compared(asks: list[Ask]) -> list[Row]:
    """Milliseconds of each page with few gifts and with many; what grew is asked again after all others."""
    took = [[in_turns(few, many)] for *_, few, many in asks]
    grown = [n for n, turns in enumerate(took) if _grows(*turns[0]) > LIMIT]
    for n in grown * AGAIN:
        took[n].append(in_turns(*asks[n][3:]))
    rows: list[Row] = []
    for (role, template, address, *_), turns in zip(asks, took, strict=True):
        before, after = sorted(turns, key=lambda pair: _grows(*pair))[len(turns) // 2]
        rows.append((role, template, address, before, after))
    return rows


def _measured(kind: str, suffix: str) -> Figures:
    with (
        million.cities(kind, SMALL, LARGE) as (small_city, large_city),
        opened(small_city) as few,
        opened(large_city) as many,
    ):
        small, large = _walked(few), _walked(many)
        asks: list[Ask] = [
            (role, template, b, partial(few.took, role, a), partial(many.took, role, b))
            for role, template, a, b in _pairs(small, large)
        ]
        asks += _searches(few, many, small, large)
        rows = _compared([ask for ask in asks if ONLY.search(f"{ask[0]} {ask[1]} {ask[2]}")])
        lists = [] if ONLY.pattern else _nexts(many, large)
    _keep(kind, rows, lists)
    growth = [(_grows(before, after), f"{r} {t}") for r, t, _, before, after in rows]
    ratio, grown = max(growth)
    worst, slowest = max((after, f"{r} {t}") for r, t, _, _, after in rows)
    nexts = max((last / first for _, first, last in lists if last > FLOOR_MS), default=1.0)
    return {
        f"pages_1m_growth_ratio{suffix}": (round(ratio, 3), f"ratio, {grown}"),
        f"pages_1m_worst_ms{suffix}": (round(worst, 1), f"ms, {slowest}"),
        f"pages_1m_next_1000_ratio{suffix}": (round(nexts, 3), "ratio"),
    }


def _keep(kind: str, rows: list[Row], lists: list[tuple[str, float, float]]) -> None:
    """Print the pages that grow most, and keep them all in bench/out."""
    OUT.mkdir(exist_ok=True)
    names = ("role", "page", "address", "ms_10k", "ms_1m")
    measured = {"pages": [dict(zip(names, row, strict=True)) for row in rows], "lists": lists}
    (OUT / f"pages-{kind}.json").write_text(json.dumps(measured, indent=1), encoding="utf-8")
    print(f"  {len(rows)} pages on {kind}; those that grow more than {SHOWN} times:")
    for role, template, address, before, after in sorted(rows, key=lambda r: r[3] / r[4]):
        if _grows(before, after) <= SHOWN:
            continue
        print(f"    {after / before:6.2f} {before:8.1f} -> {after:8.1f} ms  {role} {template}  {address[:60]}")
    for name, first, last in lists:
        print(f"    {last / first:6.2f} {first:8.1f} -> {last:8.1f} ms  next of {name}")


def _searches(few: Browser, many: Browser, small: walking.Walk, large: walking.Walk) -> list[Ask]:
    """The search box of each role, with a number of every kind that pages show, and with one nobody has."""
    asks: list[Ask] = []
    for role in STAFF:
        if (role, "/desk") not in large.reached:
            continue
        asked = {
            name: (small.values[name][0], seen[0]) for name, seen in large.values.items() if small.values.get(name)
        }
        asked["nothing"] = ("CS-2099-9999999", "CS-2099-9999999")
        for name, (a, b) in asked.items():
            asks.append((role, f"search by {name}", b, partial(_search, few, role, a), partial(_search, many, role, b)))
    return asks


def _search(browser: Browser, role: str, text: str) -> float:
    return browser.took(role, "/desk/search", urlencode({"q": text}))


def _nexts(browser: Browser, walked: walking.Walk) -> list[tuple[str, float, float]]:
    """Each list's first `next` and its thousandth, or its last before that: (name, ms, ms)."""
    lists: dict[str, tuple[str, str]] = {}
    for (role, address), following in sorted(walked.next_of.items(), key=lambda item: len(item[0][1])):  # unfiltered
        lists.setdefault(address.partition("?")[0], (role, following))
    times = []
    for name, (role, first) in sorted(lists.items()):
        last, n = first, 0
        while n < NEXTS and (following := walking.next_address(last, browser.ask(role, last)[1])):
            last, n = following, n + 1
        began, ended = in_turns(partial(browser.took, role, first), partial(browser.took, role, last))
        times.append((f"{name} ({n})", began, ended))
    return times


def on_sqlite() -> Figures:
    """SQLite."""
    return _measured("sqlite", "")


def on_postgres() -> Figures:
    """PostgreSQL."""
    return _measured("postgres", "_postgres")
