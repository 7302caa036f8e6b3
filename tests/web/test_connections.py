"""Raw sockets: idle and half requests, answers that nobody reads, more connections than there is room for."""

import asyncio
import json
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from charity.pacing import Paced
from charity.web import connections
from charity.web.connections import Guarded

ROOT = Path(__file__).resolve().parents[2]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[..., Awaitable[Opened]]


class App:
    """Answers at once; a request to /held when it is let go; one to /large with more than any buffer holds."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.held = asyncio.Queue[str]()
        self.done: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["path"] == "/held":
            self.held.put_nowait("one more")
            await self.go.wait()
        body = b"x" * 20_000_000 if scope["path"] == "/large" else b"ok"
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self.done.append(scope["path"])


class Server(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@pytest.fixture(autouse=True)
def fresh_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("evicted", "refused", "late", "unread"):
        monkeypatch.setattr(Guarded, name, Paced(connections.log, f"connections.{name}", every_s=connections.LOG_S))


@pytest.fixture
async def app() -> App:
    return App()


@pytest.fixture
async def opened(app: App) -> AsyncIterator[Open]:
    """Opens connections to a server of our own, and sends on each what it is given."""
    config = uvicorn.Config(
        app, port=0, http=Guarded, lifespan="off", log_config=None, timeout_keep_alive=connections.KEEP_ALIVE_S
    )
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    writers: list[asyncio.StreamWriter] = []

    async def opening(sent: bytes = b"") -> Opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    yield opening
    app.go.set()
    for writer in writers:
        writer.transport.abort()
    server.should_exit = True
    await task
    assert Guarded.waiting == {}


def _events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "charity.connections"]


async def _ok(reader: asyncio.StreamReader) -> bool:
    return (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server closes; a server that never does is a failure, not a test without end."""
    async with asyncio.timeout(60):
        return await reader.read()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    monkeypatch.setattr(connections, "SEND_S", 0.2)


async def test_a_connection_that_says_nothing_is_closed(
    opened: Open, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    reader, _ = await opened()
    assert await _rest(reader) == b""
    assert _events(caplog) == []  # browsers open connections in advance


@pytest.mark.parametrize("half", [b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "])
async def test_half_a_head_is_408_and_closed(
    opened: Open, impatient: None, caplog: pytest.LogCaptureFixture, half: bytes
) -> None:
    reader, _ = await opened(half)
    assert (await _rest(reader)).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert _events(caplog) == ["connections.late"]


async def test_a_head_that_drips_gets_no_more_time(opened: Open, impatient: None) -> None:
    reader, writer = await opened(b"GET / HTTP/1.1\r\nX-Long: ")

    async def drip() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    dripping.cancel()


async def test_half_a_head_after_an_answer_is_closed_too(opened: Open, impatient: None) -> None:
    reader, writer = await opened(GET)
    assert await _ok(reader)
    writer.write(b"GET / HT")
    assert (await _rest(reader)).startswith(b"HTTP/1.1 408")


async def test_a_body_nobody_waits_for_holds_no_connection(opened: Open, impatient: None) -> None:
    """The answer is out before the body is: what still comes is no head either."""
    reader, _ = await opened(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab")
    assert await _ok(reader)
    _, writer = await opened(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
    writer.write(b"ab")
    reader, writer = await opened(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert await _ok(reader)
    writer.write(b"abc")
    assert (await _rest(reader)).startswith(b"HTTP/1.1 408")


async def test_a_request_that_takes_long_and_an_idle_connection_are_left_alone(
    opened: Open, app: App, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await opened(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
    await app.held.get()
    late, _ = await opened(b"G")
    await _rest(late)  # HEAD_S is over
    app.go.set()
    assert await _ok(reader)
    late, _ = await opened(b"G")
    await _rest(late)  # and over again: between two requests uvicorn waits for KEEP_ALIVE_S
    writer.write(GET)
    assert await _ok(reader)
    assert app.done == ["/held", "/"]


async def test_pipelined_requests_are_all_answered(opened: Open, app: App) -> None:
    reader, _ = await opened(GET * 3)
    for _ in range(3):
        assert await _ok(reader)


async def test_an_answer_that_nobody_reads_is_given_up(
    opened: Open, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = asyncio.Event()
    monkeypatch.setattr(Guarded.unread, "happened", lambda **_: given_up.set())
    reader, writer = await opened()
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport can
    writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    await given_up.wait()
    writer.transport.resume_reading()  # type: ignore[attr-defined]
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(20_000_000)


async def test_a_large_answer_that_is_read_is_whole(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    reader, _ = await opened(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    assert len(await reader.readexactly(20_000_000)) == 20_000_000
    assert _events(caplog) == []


# -- too many -------------------------------------------------------------------------------------------


async def test_a_new_caller_takes_the_place_of_who_has_waited_longest(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "limit", lambda: 3)
    first, _ = await opened()
    second, writer = await opened(GET)
    assert await _ok(second)  # waits again, and from now
    third, _ = await opened(b"GET / HT")
    fourth, _ = await opened(GET)
    assert await _ok(fourth)
    assert await _rest(first) == b""
    writer.write(GET)
    assert await _ok(second)
    fifth, _ = await opened(GET)
    assert await _ok(fifth)
    assert await _rest(third) == b""
    assert _events(caplog) == ["connections.evicted"]  # once in LOG_S, however many


async def test_who_finds_all_busy_is_told_so(
    opened: Open, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "limit", lambda: 2)
    held = [await opened(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(2)]
    for _ in held:
        await app.held.get()
    for _ in range(3):
        reader, _ = await opened()
        answer = await _rest(reader)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"retry-after" in answer
    assert _events(caplog) == ["connections.refused"]
    app.go.set()
    for reader, _ in held:
        assert await _ok(reader)
    late, _ = await opened(GET)
    assert await _ok(late)


@pytest.mark.parametrize(
    ("files", "limit"),
    [(64, 24), (20, connections.CONNECTIONS_MIN), (1024, 984), (1_000_000, connections.CONNECTIONS_MAX)],
)
def test_the_bound_stays_below_the_files_that_may_be_open(
    monkeypatch: pytest.MonkeyPatch, files: int, limit: int
) -> None:
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (files, files))
    connections.limit.cache_clear()
    assert connections.limit() == limit
    monkeypatch.undo()
    connections.limit.cache_clear()


@pytest.mark.parametrize(
    ("soft", "hard", "asked", "events"),
    [(1024, 1 << 20, 1552, []), (64, 64, None, ["connections.few"]), (2048, 4096, None, [])],
)
def test_a_server_asks_for_the_files_it_needs_and_says_when_it_gets_fewer(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    soft: int,
    hard: int,
    asked: int | None,
    events: list[str],
) -> None:
    files = [(soft, hard)]
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: files[-1])
    monkeypatch.setattr(connections.resource, "setrlimit", lambda _, pair: files.append(pair))
    connections.open_files()
    assert files[1:] == ([(asked, hard)] if asked else [])
    assert _events(caplog) == events
    monkeypatch.undo()
    connections.limit.cache_clear()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_server_with_64_open_files_serves_beside_80_idle_connections(database: str, tmp_path: Path) -> None:
    """O10, with the real server: they are told of in the log, and nobody is shut out."""
    port, lines = _free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "charity", "serve", "--port", str(port)]
    with lines.open("wb") as log:
        server = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        )  # fmt: skip
    idle: list[asyncio.StreamWriter] = []
    try:
        for _ in range(600):
            assert server.returncode is None, lines.read_text()
            try:
                idle.append((await asyncio.open_connection("127.0.0.1", port))[1])
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)
        idle += [(await asyncio.open_connection("127.0.0.1", port))[1] for _ in range(79)]
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await _rest(reader)).startswith(b"HTTP/1.1 200")
            writer.close()
    finally:
        for writer in idle:
            writer.transport.abort()
        server.terminate()
        await server.wait()
    events = {json.loads(line)["event"] for line in lines.read_text().splitlines() if line.startswith("{")}
    assert {"connections.few", "connections.evicted"} <= events
