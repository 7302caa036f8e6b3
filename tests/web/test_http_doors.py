"""Requests at their edges: proxies that contradict themselves, bodies that do not come, callers who go away."""

import ast
import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from starlette.requests import ClientDisconnect

from charity import settings
from charity.web import contexts, large_bodies, limits, logs, outer, pages

ROOT = Path(__file__).resolve().parents[2]
Message = dict[str, Any]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What stands in the log, as it is written."""
    return [json.loads(logs.Lines().format(record)) for record in caplog.records]


# -- proxies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["6.6.6.6", "203.0.113.9"], "203.0.113.9"),  # the first line is what the client made up
        (["6.6.6.6, 7.7.7.7", "203.0.113.9, 10.0.0.3"], "203.0.113.9"),
        (["203.0.113.9", "10.0.0.3"], "203.0.113.9"),
        (["10.0.0.4", "10.0.0.3"], "10.0.0.2"),
        (["", "203.0.113.9"], "203.0.113.9"),  # the first line, empty, is the client's: it was read as no proxy at all
        ([""], "10.0.0.2"),
        (["203.0.113.9:4711"], "203.0.113.9"),  # a new port would be a new caller for every limit
        (["[2001:db8::1]:443"], "2001:db8::1"),
        (["[::ffff:203.0.113.9]"], "203.0.113.9"),
        (["203.0.113.9, x" + "x" * 4_000], "10.0.0.2"),
        (["6.6.6.6, [2001:db8::1"], "2001:db8::1"),
    ],
)
def test_all_lines_of_forwarded_for_are_one_list(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], address: str
) -> None:
    monkeypatch.setattr(settings.settings(), "trusted_proxies", "10.0.0.0/8")
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"client": ("10.0.0.2", 1), "scheme": "http", "headers": headers}
    assert contexts.place(scope) == (address, False, True)


@pytest.mark.parametrize("name", sorted(contexts.PROXIED))
@pytest.mark.parametrize("value", [b"", b"127.0.0.1"])
@pytest.mark.parametrize("trusted", ["", "127.0.0.1"])
def test_what_was_passed_on_is_not_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, name: bytes, value: bytes, trusted: str
) -> None:
    """An empty X-Forwarded-For before the proxy's own opened /metrics to strangers."""
    monkeypatch.setattr(settings.settings(), "trusted_proxies", trusted)
    scope = {"client": ("127.0.0.1", 1), "scheme": "http", "headers": [(name, value)]}
    assert contexts.place(scope) == ("127.0.0.1", False, True)
    assert contexts.place(scope | {"headers": [(b"host", b"a")]}) == ("127.0.0.1", False, False)


def test_callers_by_an_ipv6_socket_are_themselves() -> None:
    """All IPv4 addresses would share one /64, and with it their limits."""
    scope = {"client": ("::ffff:203.0.113.9", 1), "scheme": "http", "headers": []}
    assert contexts.place(scope)[0] == "203.0.113.9"


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/check/", "/check"),
        ("/desk/?a=%2F", "/desk?a=%2F"),
        ("/no-such/", "/no-such"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
    ],
)
async def test_a_slash_too_many_sends_on_to_our_own_address(web: Web, asked: str, sent: str) -> None:
    """Starlette sent on to the Host that was asked for, which anybody makes up."""
    answer = await web.as_().get(asked, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (307, sent)


@pytest.mark.parametrize("path", ["//evil.example/", "/static/none/", "/api/v1/campaigns/"])
async def test_other_paths_with_a_slash_are_404(web: Web, path: str) -> None:
    assert (await web.as_().get(f"{web.as_().base_url}{path}")).status_code == 404


@pytest.mark.parametrize("name", contexts.ONCE.values())
@pytest.mark.parametrize("path", ["/", "/api/v1/campaigns"])
async def test_a_header_that_decides_and_came_twice_is_400(web: Web, name: str, path: str) -> None:
    """The first one won: two keys made one gift, and which of them counted was chance."""
    value = {"Host": "127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}.get(name, "http://127.0.0.1:8000")
    plain = [("Accept", "*/*"), ("Accept", "text/html"), ("Cookie", "a=1"), ("Cookie", "b=2")]  # these may be repeated
    once = [] if name in {"Host", "Authorization"} else [(name, value)]
    assert (await web.as_().get(path, headers=[*plain, *once])).status_code == 200
    refused = await web.as_().get(path, headers=[*plain, (name, value), (name.lower(), value)])
    assert refused.status_code == 400
    assert name in refused.text


async def test_two_keys_make_no_gift(house: Cast, web: Web) -> None:
    body = {"campaign": "everyday", "amount_fen": 100, "channel": "bank", "donor": {"kind": "anonymous"}}
    keys = [("Idempotency-Key", "a" * 32), ("Idempotency-Key", "b" * 32)]
    refused = await web.as_("cashier").post("/api/v1/donations", json=body, headers=keys)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:charity:problem:header.twice")
    assert (await web.as_().get("/api/v1/campaigns/everyday")).json()["gifts"] == 0


@pytest.mark.parametrize("protos", [["https", "http"], ["https", "https"], ["http, https"]])
@pytest.mark.parametrize("path", ["/", "/api/v1/campaigns"])
async def test_a_proxy_that_says_twice_how_it_was_reached_is_400(
    web: Web, monkeypatch: pytest.MonkeyPatch, protos: list[str], path: str
) -> None:
    headers = [("X-Forwarded-Proto", proto) for proto in protos]
    assert (await web.as_().get(path, headers=headers)).status_code == 200  # a stranger's header means nothing
    monkeypatch.setattr(settings.settings(), "trusted_proxies", "127.0.0.1")
    refused = await web.as_().get(path, headers=headers)
    assert refused.status_code == 400
    assert "X-Forwarded-Proto" in refused.text
    assert (await web.as_().get(path, headers=headers[:1])).status_code == (200 if "," not in protos[0] else 400)


# -- bodies ---------------------------------------------------------------------------------------------


async def _posted(web: Web, path: str, receive: Callable[[], Awaitable[Message]], kind: str, who: str) -> list[Message]:
    """The messages of the answer to a POST whose body comes as `receive` says."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [
        (b"content-type", kind.encode()), (b"authorization", f"Bearer token-{who}".encode()), (b"idempotency-key", b"k")
    ]  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 5555), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    await web.app(scope, receive, send)
    return sent


POSTS = [
    ("/api/v1/donations", "application/json", "cashier"),
    ("/donations/new", "application/x-www-form-urlencoded", "cashier"),
    ("/donations/new", "multipart/form-data; boundary=b", "cashier"),
]


@pytest.mark.parametrize(("path", "kind", "who"), POSTS)
async def test_a_body_that_does_not_come_is_408_and_ends_the_connection(
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    kind: str,
    who: str,
) -> None:
    caplog.set_level("INFO", logger="charity")
    monkeypatch.setattr(outer, "BODY_S", 0.05)
    parts = iter([b"--b\r\n", b"a"])

    async def receive() -> Message:
        for part in parts:
            return {"type": "http.request", "body": part, "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError

    start = (await _posted(web, path, receive, kind, who))[0]
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    lines = [line for line in _lines(caplog) if line["event"] == "request"]
    assert [(line["status"], line["refused"], line["level"]) for line in lines] == [(408, "body.slow", "info")]


async def test_a_body_that_keeps_coming_may_take_longer(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each BODY_BYTES_S bytes that arrived are good for one second more."""
    monkeypatch.setattr(outer, "BODY_S", 0.05)
    monkeypatch.setattr(outer, "BODY_BYTES_S", 1)
    parts = [b'{"campaign":', b'"nothing"}']

    async def receive() -> Message:
        if len(parts) == 1:
            await asyncio.sleep(0.1)
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    start = (await _posted(web, "/api/v1/donations", receive, "application/json", "cashier"))[0]
    assert start["status"] == 422
    assert (b"connection", b"close") not in start["headers"]


@pytest.mark.parametrize(("path", "kind", "who"), POSTS)
async def test_who_hangs_up_is_no_fault(
    web: Web, caplog: pytest.LogCaptureFixture, path: str, kind: str, who: str
) -> None:
    caplog.set_level("INFO", logger="charity")
    messages = iter([{"type": "http.request", "body": b"--b\r\n", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    await _posted(web, path, receive, kind, who)
    lines = _lines(caplog)
    assert [(line["event"], line["level"]) for line in lines] == [("request", "info")]
    assert (lines[0]["status"], lines[0]["refused"]) == (400, "body.cut_off")


async def test_who_hangs_up_under_an_answer_is_no_fault(
    house: Cast, web: Web, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", logger="charity")

    async def gone(*_: Any, **__: Any) -> Any:
        raise ClientDisconnect

    monkeypatch.setattr(pages, "page", gone)
    await web.as_("auditor").get("/receipts")
    assert [(line["event"], line["level"]) for line in _lines(caplog)] == [("request", "info")]


FILES = [
    ("/bank/statements/new", "multipart/form-data; boundary=b"),
    ("/api/v1/bank/statements", "application/json"),
]
LARGE = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'.ljust(600_000)


class Trickling:
    """A large body that stops half way until it is told to go on, or to hang up."""

    def __init__(self) -> None:
        self.arrived, self.go_on = asyncio.Event(), asyncio.Event()

    async def receive(self) -> Message:
        if not self.arrived.is_set():
            self.arrived.set()
            return {"type": "http.request", "body": LARGE, "more_body": True}
        await self.go_on.wait()
        return {"type": "http.disconnect"}


@pytest_asyncio.fixture
async def trickling(web: Web, request: pytest.FixtureRequest) -> AsyncIterator[list[Trickling]]:
    """As many large bodies of the accountant as one caller has under way."""
    path, kind = request.node.callspec.params["path"], request.node.callspec.params["kind"]
    bodies = [Trickling() for _ in range(large_bodies.OF_ONE_MAX)]
    first = [asyncio.create_task(_posted(web, path, body.receive, kind, "accountant")) for body in bodies]
    while large_bodies.held()[0] < len(bodies):  # noqa: ASYNC110 - what others count has no event
        await asyncio.sleep(0.001)
    assert large_bodies.held() == (len(bodies), len(bodies) * len(LARGE))
    yield bodies
    for body in bodies:
        body.go_on.set()
    assert {messages[0]["status"] for messages in await asyncio.gather(*first)} == {400}
    assert large_bodies.held() == (0, 0)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Starlette leaves half a file to the collector
@pytest.mark.parametrize(("path", "kind"), FILES)
async def test_a_caller_has_only_so_many_large_bodies_under_way(
    web: Web, trickling: list[Trickling], monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """Each is held in memory: whoever opened hundreds, and let them trickle, held gigabytes."""
    monkeypatch.setattr(large_bodies, "WAIT_S", 0.05)
    one_more = _parts()
    start, body = (await _posted(web, path, lambda: _next(one_more), kind, "accountant"))[:2]
    assert (start["status"], (b"retry-after", b"60") in start["headers"]) == (429, True)
    assert "您已有 3 份文件或长表单正在办理" in body["body"].decode()
    assert one_more == [], "a browser reads no answer while it is still sending"
    assert (b"connection", b"close") not in start["headers"]
    others = _parts()
    other = (await _posted(web, path, lambda: _next(others), kind, "accountant2"))[0]
    assert other["status"] in {400, 422}  # read whole, and refused for what it is


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(("path", "kind"), FILES)
async def test_one_large_body_more_waits_for_its_place(
    web: Web, trickling: list[Trickling], path: str, kind: str
) -> None:
    one_more = _parts()
    waiting = asyncio.create_task(_posted(web, path, lambda: _next(one_more), kind, "accountant"))
    done, _ = await asyncio.wait([waiting], timeout=2 * large_bodies.LOOK_S)
    assert not done
    assert len(one_more) == 1, "it reads on before it has its place"
    trickling[0].go_on.set()
    assert (await waiting)[0]["status"] in {400, 422}


@pytest.mark.parametrize(("path", "kind"), FILES)
async def test_the_large_bodies_of_all_are_bounded(
    web: Web, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr(large_bodies, "HELD_MAX", len(LARGE) - 1)
    parts = _parts()
    start, body = (await _posted(web, path, lambda: _next(parts), kind, "accountant"))[:2]
    assert start["status"] == 503
    assert "正在上传的文件太多" in body["body"].decode()
    assert large_bodies.held() == (0, 0)


def _parts() -> list[Message]:
    """A large body in two parts."""
    return [{"type": "http.request", "body": part, "more_body": bool(part)} for part in (LARGE, b"")]


async def _next(parts: list[Message]) -> Message:
    return parts.pop(0)


# -- the lines of a fault -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/receipts", "/api/v1/stores"])
async def test_the_line_of_a_fault_has_its_time_route_and_milliseconds(
    house: Cast, web: Web, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("charity.giving.receipts.screens.receipt_rows", broken)
    monkeypatch.setattr("charity.office.stores.every", broken)
    answer = await web.as_("auditor").get(path)
    assert answer.status_code == 500
    faults = [line for line in _lines(caplog) if line["level"] == "error" and line["event"] != "request"]
    assert [line["event"] for line in faults] == ["fault"]  # once, not again where it passes by
    fault = faults[0]
    assert fault["at"].endswith("Z")
    assert fault["route"] == path
    assert fault["ms"] > 0
    assert fault["error"] == "ZeroDivisionError"
    assert fault["frames"][-1].endswith(":broken")
    assert fault["id"] == answer.headers["x-request-id"]


def test_no_fact_of_a_line_takes_the_place_of_its_time() -> None:
    record = logging.getLogger("charity").makeRecord(
        "charity", logging.ERROR, "f", 1, "said", (), None, extra={"at": ["somewhere"], "event": "other"}
    )
    line = json.loads(logs.Lines().format(record))
    assert line["event"] == "said"
    assert line["at"].endswith("Z")
    assert (line["at_"], line["event_"]) == (["somewhere"], "other")


def test_no_line_of_the_code_names_a_fact_like_the_frame_of_a_line() -> None:
    taken = []
    for path in sorted((ROOT / "charity").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
                names = {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
                taken += [f"{path.name}:{node.value.lineno} {name}" for name in names & {"at", "event", "level"}]
    assert taken == []
