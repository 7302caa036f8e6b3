"""What a caller is told when the database fails under a command: nothing was done, writing has stopped, or nobody knows."""

import asyncio
import html
import re
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import asyncpg
import pytest
import pytest_asyncio
from cast import seed
from conftest import Cluster, Web, _databases, _sql, environment
from tortoise.exceptions import OperationalError, TransactionManagementError

from charity import app, clock, tokens
from charity.app import MODELS
from charity.db import engine, faults, reading, transactions
from charity.db.sqlite_child import ROWS
from charity.db.sqlite_process import ProcessConnection
from charity.errors import Refusal, Rule, Unavailable
from charity.ledger import accounts as acc
from charity.ledger import verify, writer
from charity.ledger.loading import Loader
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants

GENERAL = {"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}


def given(n: int, load: Callable[[Loader], Awaitable[None]] | None = None) -> Command:
    def decide(state: State, facts: None = None) -> Answer:
        lines = [(acc.money("1002", "F-GEN", "B"), acc.CNY, 5), (acc.money("4101", "F-GEN"), acc.CNY, -5)]
        entry = state.post(
            "gift.cash", lines, effective_on="2026-11-20", actor="x", flows=Flows(receive=[("F-GEN", 5)])
        )
        return Answer(201, {"n": n, "seq": entry.seq})

    wants, idem = Wants(funds=["F-GEN"]), Idem("test", f"k{n}", "f")
    return Command(decide, wants, idem) if load is None else Command(decide, wants, idem, load=load)


async def answered(command: Command) -> Rule:
    """What the caller is told instead of an answer."""
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable) as raised:
            await writer.submit(command)
    return raised.value.rule


async def books_are(entries: int) -> None:
    assert await reading.value("SELECT seq FROM head") == entries
    assert await reading.value("SELECT COUNT(*) FROM idem") == entries
    assert await verify.run() == []


# -- SQLite: the disk ---------------------------------------------------------------------------------


@asynccontextmanager
async def serving(kind: str) -> AsyncIterator[None]:
    """The database of the environment as a fresh process opens it."""
    async with engine.opened(MODELS, serving=kind == "process"), writer.running():
        yield


@pytest.fixture(params=["thread", "process"])
def place(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """Where the writing connection is; the environment names a fresh database."""
    path = tmp_path / "charity.db"
    shutil.copy(sqlite_template, path)
    environment(f"sqlite://{path}", tmp_path)
    return str(request.param)


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of the process that writes can grow beyond `size` bytes: write() fails with EFBIG, SQLite says I/O error."""
    held = engine.state().connection
    pid = held._process.pid if isinstance(held, ProcessConnection) and held._process else 0
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def wal_bytes() -> int:
    return Path(f"{engine.state().settings.sqlite_path}-wal").stat().st_size


@pytest.mark.parametrize(
    ("pragma", "name"), [("max_page_count = 1", "SQLITE_FULL"), ("query_only = ON", "SQLITE_READONLY")]
)
async def test_a_disk_error_ends_writing_for_good_and_reading_goes_on(place: str, pragma: str, name: str) -> None:
    async with serving(place):
        await transactions.run(lambda tx: tx.insert("fund", [GENERAL]))
        await writer.submit(given(0))
        assert writer.stopped() is None
        await engine.state().connection.do([(ROWS, f"PRAGMA {pragma}", ())])
        several = await asyncio.gather(*(answered(_large(n)) for n in range(1, 4)))
        assert several == [faults.WRITING_STOPPED] * 3
        assert writer.stopped() == name
        await engine.state().connection.do(
            [(ROWS, "PRAGMA query_only = OFF", ()), (ROWS, "PRAGMA max_page_count = 99999", ())]
        )
        assert await answered(given(4)) == faults.WRITING_STOPPED, "the disk may lie when it works again"
        with pytest.raises(Unavailable, match=r"writing\.stopped"):
            await transactions.run(lambda tx: tx.insert("programme", [{"code": "P", "name": "x", "created_at": "x"}]))
        await books_are(1)
    async with serving(place):
        assert writer.stopped() is None
        assert (await writer.submit(given(4))).body == {"n": 4, "seq": 2}
        await books_are(2)


def _large(n: int) -> Command:
    """A command whose answer fills pages of its own."""
    command = given(n)
    decide = command.decide
    command.decide = lambda state: Answer(201, decide(state).body | {"much": "x" * 20_000})
    return command


async def test_a_commit_that_the_disk_tore_is_an_unknown_outcome_that_the_same_key_settles(place: str) -> None:
    async with serving(place):
        await transactions.run(lambda tx: tx.insert("fund", [GENERAL]))
        await writer.submit(given(0))
        with files_end_at(wal_bytes() + 1_000):
            assert await answered(given(1)) == faults.OUTCOME_UNKNOWN
        assert await answered(given(1)) == faults.WRITING_STOPPED
        assert str(writer.stopped()).startswith("SQLITE_IOERR")
        assert await reading.value("SELECT COUNT(*) FROM entry") == 1
    async with serving(place):
        assert (await writer.submit(given(1))).body == {"n": 1, "seq": 2}
        await books_are(2)


async def test_a_database_held_by_another_program_is_a_wait_and_no_end(place: str) -> None:
    async with serving(place):
        await transactions.run(lambda tx: tx.insert("fund", [GENERAL]))
        await engine.state().connection.do([(ROWS, "PRAGMA busy_timeout = 50", ())])
        other = sqlite3.connect(engine.state().settings.sqlite_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert await answered(given(1)) == faults.UNAVAILABLE
        other.close()
        assert writer.stopped() is None
        await writer.submit(given(1))
        await books_are(1)


# -- PostgreSQL: the connection ------------------------------------------------------------------------


class Cable:
    """A connection to PostgreSQL that can be cut when a COMMIT goes through it."""

    def __init__(self, port: int) -> None:
        self.far, self.port = port, 0
        self.cut = ""
        self.torn = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.unplug()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def unplug(self) -> None:
        """Nobody gets through any more."""
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        reader, far = await asyncio.open_connection("127.0.0.1", self.far)
        ways = [asyncio.create_task(self._pump(near, far, back)), asyncio.create_task(self._pump(reader, back, far))]
        self._tasks.update(ways)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await source.read(1 << 16):
                if self.cut and b"COMMIT" in data:
                    if self.cut == "after":
                        sink.write(data)
                        await sink.drain()
                        await asyncio.sleep(0.5)  # PostgreSQL commits; its answer stays in the cable
                    break
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            self.torn += 1
        finally:
            for end in (sink, other):
                end.transport.abort()


@pytest_asyncio.fixture
async def cable(cluster: Cluster, postgres_template: str, tmp_path: Path) -> AsyncIterator[Cable]:
    """A house on PostgreSQL behind a cable."""
    name = f"t{next(_databases)}"
    await _sql(cluster, f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY FILE_COPY")
    async with Cable(cluster.port) as made:
        environment(Cluster(made.port).url(name), tmp_path)
        async with engine.opened(MODELS), writer.running():
            await seed(engine.state().settings.database_url)
            yield made
    await _sql(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(("cut", "done"), [("before", False), ("after", True)])
async def test_a_connection_lost_at_commit_is_an_unknown_outcome_that_the_same_key_settles(
    cable: Cable,
    cut: str,
    done: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    await writer.submit(given(0))
    cable.cut = cut
    assert await answered(given(1)) == faults.OUTCOME_UNKNOWN
    cable.cut = ""
    again = await writer.submit(given(1))
    assert again.replayed is done
    assert again.body == {"n": 1, "seq": 2}
    await books_are(2)


async def test_a_connection_lost_before_commit_did_nothing_and_says_so(cable: Cable) -> None:
    async def ended(loader: Loader) -> None:
        await loader.rows("SELECT pg_terminate_backend(pg_backend_pid())")

    for n in range(engine.POOL_MAX + 1):  # no connection of the pool may be lost with it
        assert await answered(given(n, load=ended)) == faults.UNAVAILABLE
    assert not (await writer.submit(given(1))).replayed
    await books_are(1)


async def test_a_server_that_is_away_and_comes_back(cable: Cable, cluster: Cluster) -> None:
    await writer.submit(given(0))
    cable.unplug()
    assert await answered(given(1)) in (faults.UNAVAILABLE, faults.OUTCOME_UNKNOWN)
    assert await answered(given(1)) == faults.UNAVAILABLE
    cable._server = await asyncio.start_server(cable._carry, "127.0.0.1", cable.port)
    assert (await writer.submit(given(1))).body["seq"] == 2
    await books_are(2)


async def test_a_locked_head_is_told_as_busy_and_not_waited_for(cable: Cable) -> None:
    url = engine.state().settings.database_url
    other = await asyncpg.connect(url)
    async with other.transaction():
        await other.execute("SELECT seq FROM head FOR UPDATE")
        several = await asyncio.gather(*(answered(given(n)) for n in range(3)))
    await other.close()
    assert several == [faults.UNAVAILABLE] * 3
    await writer.submit(given(0))
    await books_are(1)


async def test_a_statement_that_takes_too_long_is_told_as_busy(cable: Cable) -> None:
    async def slow(loader: Loader) -> None:
        await loader.rows("SET LOCAL statement_timeout = 50")
        await loader.rows("SELECT pg_sleep(20)")

    assert await answered(given(1, load=slow)) == faults.UNAVAILABLE
    await books_are(0)


# -- what the errors mean ------------------------------------------------------------------------------


def coded(code: int, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("words that nobody reads")
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


@pytest.mark.parametrize(
    "name", ["SQLITE_IOERR_FSYNC", "SQLITE_FULL", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY"]
)
@pytest.mark.parametrize("wrap", [lambda e: e, OperationalError, TransactionManagementError])
def test_a_disk_error_is_known_by_its_code(name: str, wrap: Any) -> None:
    error = wrap(coded(getattr(sqlite3, name), name))
    assert faults.disk(error) == name
    assert faults.torn(error) is name.startswith("SQLITE_IOERR")
    assert not faults.unavailable(error)


@pytest.mark.parametrize("name", ["SQLITE_CONSTRAINT_CHECK", "SQLITE_BUSY", "SQLITE_ERROR"])
def test_another_error_is_no_disk_error(name: str) -> None:
    assert faults.disk(OperationalError(coded(getattr(sqlite3, name), name))) is None
    assert faults.disk(sqlite3.OperationalError("disk I/O error")) is None, "words are no code"


@pytest.mark.parametrize(
    ("error", "lost", "unavailable"),
    [
        (asyncpg.ConnectionDoesNotExistError(), True, True),
        (asyncpg.InterfaceError("connection is closed"), True, True),
        (asyncpg.AdminShutdownError(), True, True),
        (asyncpg.CrashShutdownError(), True, True),
        (TransactionManagementError(asyncpg.IdleInTransactionSessionTimeoutError()), True, True),
        (ConnectionRefusedError(), True, True),
        (asyncpg.CannotConnectNowError(), False, True),
        (asyncpg.LockNotAvailableError(), False, True),
        (asyncpg.QueryCanceledError(), False, True),
        (asyncpg.TooManyConnectionsError(), False, True),
        (asyncpg.UniqueViolationError(), False, False),
        (OperationalError(asyncpg.UndefinedTableError()), False, False),
        (Refusal("x", "x"), False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_error_of_postgresql_is_known_by_its_class(
    error: Exception,
    lost: bool,  # noqa: FBT001 - a parameter of the test
    unavailable: bool,  # noqa: FBT001
) -> None:
    assert (faults.lost(error), faults.unavailable(error)) == (lost, unavailable)


# -- what people and programs are told -----------------------------------------------------------------

PLEDGE = {
    "amount_yuan": "12.30",
    "seen_fen": "1230",
    "kind": "person",
    "name": "林小溪",
    "channel": "bank",
    "notice": "1",
}


def hidden(page: str) -> dict[str, str]:
    form = page.partition('<form action="/campaigns/everyday/give"')[2].partition("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {html.unescape(name): html.unescape(value) for name, value in fields}


async def test_an_unknown_outcome_is_a_page_that_sends_the_same_form_again(cable: Cable) -> None:
    client = Web(app.build())
    visitor = client.as_()
    form = (await visitor.get("/campaigns/everyday/give")).text
    keys = {name: re.findall(f'name="{name}" value="([^"]*)"', form)[-1] for name in ("csrf", "idem")}
    cable.cut = "after"
    page = await visitor.post("/campaigns/everyday/give", data=PLEDGE | keys)
    cable.cut = ""
    assert page.status_code == 503
    assert "还不知道这一次是否已经办成" in page.text
    again = hidden(page.text)
    assert again.pop("csrf")
    assert again == PLEDGE | {"idem": keys["idem"]}
    done = await visitor.post("/campaigns/everyday/give", data=hidden(page.text))
    assert done.status_code == 303, done.text
    assert done.headers["location"].startswith("/p/")
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 1
    body = {"campaign": "everyday", "amount_fen": 5, "channel": "bank", "donor": {"kind": "anonymous"}}
    body |= {"public_name": False, "public_amount": False}
    cable.cut = "before"
    answer = await visitor.post(
        "/api/v1/pledges", json=body, headers={"Idempotency-Key": "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f"}
    )
    cable.cut = ""
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:charity:problem:outcome.unknown"
    assert int(answer.headers["retry-after"]) > 0
    assert (
        await visitor.post(
            "/api/v1/pledges", json=body, headers={"Idempotency-Key": "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f"}
        )
    ).status_code == 201
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 2
    await client.close()


async def test_when_writing_has_stopped_people_are_told_and_public_pages_go_on(place: str) -> None:
    async with serving(place):
        house = await seed(engine.state().settings.database_url)
        client = Web(app.build())
        visitor = client.as_()
        form = (await visitor.get("/campaigns/everyday/give")).text
        keys = {name: re.findall(f'name="{name}" value="([^"]*)"', form)[-1] for name in ("csrf", "idem")}
        earlier = clock.stamp(clock.now() - timedelta(minutes=10))
        session = {
            "digest": tokens.digest("secret"),
            "staff": house.cashier.key,
            "created_at": earlier,
            "seen_at": earlier,
        }
        await transactions.run(lambda tx: tx.insert("session", [session]))
        await engine.state().connection.do([(ROWS, "PRAGMA query_only = ON", ())])
        for _ in range(2):
            page = await visitor.post("/campaigns/everyday/give", data=PLEDGE | keys)
            assert page.status_code == 503
            assert "系统已停止写入" in page.text
            assert int(page.headers["retry-after"]) > 0
        for path in ("/", "/campaigns/everyday", "/campaigns/everyday/give", "/check", "/healthz"):
            assert (await visitor.get(path)).status_code == 200, path
        ready = await visitor.get("/readyz")
        assert (ready.status_code, ready.json()["problems"]) == (503, ["writer"])
        assert (await client.as_("cashier").get("/desk")).status_code == 200
        desk = await client.as_().get("/desk", headers={"Cookie": "session=secret"})
        assert desk.status_code == 200, "a session that cannot be noted as seen"
        ready = await visitor.get("/readyz")
        assert ready.status_code == 503
        assert "SQLITE_READONLY" in ready.text
        english = await visitor.post("/campaigns/everyday/give", data=PLEDGE | keys, headers={"Accept-Language": "en"})
        assert "has stopped writing" in english.text
        await client.close()


def test_an_error_that_is_its_own_cause_is_looked_at_once() -> None:
    """`raise e from e`: the search for what is below once went round for ever, and the event loop with it."""
    error = KeyError("unknown to us")
    error.__cause__ = error
    assert not faults.unavailable(error)
    lost = asyncpg.InternalClientError("not connected")
    lost.__cause__ = lost
    assert faults.unavailable(lost)
