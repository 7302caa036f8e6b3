"""One house a test: a migrated database with a fixed cast, or empty, on SQLite and on PostgreSQL.

The PostgreSQL cluster is started here, as the user postgres when we are root (initdb refuses root),
on a free port in a temporary folder; a migrated template database is copied for each test.
"""

import asyncio
import base64
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import argon2
import asyncpg
import httpx2
import pytest
import pytest_asyncio
import uvloop
from cast import Cast, seed
from hypothesis import settings as hypothesis_settings
from tortoise.apps import Apps

from charity import settings
from charity.db import engine, health, migrations, sealed
from charity.ledger import writer
from charity.office.sign_in import two_step
from charity.office.staff import passwords
from charity.printing import renderer

SECRET = "test-secret-key-that-is-long-enough-0123456789"
SHM_LEAST = 4 << 30
T = TypeVar("T")
KEYS = "k1:" + base64.b64encode(b"1" * 32).decode()


def _in_memory() -> str | None:
    """A folder in memory with room for the databases of a run: nothing waits for a disk there."""
    shm = Path("/dev/shm")  # noqa: S108 - Linux's memory file system, where it is mounted
    return str(shm) if shm.is_dir() and shutil.disk_usage(shm).free > SHM_LEAST else None


# tmp_path too: SQLite waits for its disk at each COMMIT. The folder of a test that passed is removed (pyproject.toml).
if (_memory := _in_memory()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _memory)

# The loop of the server, and of the commands that work on the database.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

# No test is red because its machine is slow.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")

# The tests hash at a thousandth of passwords.COST, or they would do little else.
passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
passwords._NOBODY = passwords._hasher.hash("nobody")

# Tortoise derives these of each of 64 models at each open. They follow from the models and the kind of database; the
# product opens one once or twice a process, a test worker opens thousands.
DERIVED_FILLED = {"filters": dict, "db_native_fields": list, "db_default_fields": list, "db_complex_fields": list}
DERIVED = (*DERIVED_FILLED, "basetable", "basequery", "basequery_all_fields")
_derived: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
_derive = Apps._build_initial_querysets


def _derived_once(apps: Apps) -> None:
    """Put back what was derived when the same models were opened before, in a database of the same kind."""
    metas = [model._meta for model in apps.get_models_iterable()]
    key = (metas[0].db.executor_class, *metas)
    if key not in _derived:
        for meta in metas:
            for name, empty in DERIVED_FILLED.items():  # Tortoise fills what is there, which another kind remembers
                setattr(meta, name, empty())
        _derive(apps)
        _derived[key] = [{name: getattr(meta, name) for name in DERIVED} for meta in metas]
    for meta, values in zip(metas, _derived[key], strict=True):
        for name, value in values.items():
            setattr(meta, name, value)


Apps._build_initial_querysets = _derived_once


LONGEST = frozenset({"test_growth.py", "test_recount.py", "test_texts.py", "test_verify.py"})
"""Files with tests of minutes that no group holds."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, or one worker waits for the other at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None and item.path.name not in LONGEST)


def environment(url: str, folder: Path) -> None:
    os.environ["CHARITY_DATABASE_URL"] = url
    os.environ["CHARITY_DATA_DIR"] = str(folder)
    os.environ["CHARITY_SECRET_KEY"] = SECRET
    os.environ["CHARITY_DATA_KEYS"] = KEYS
    os.environ["CHARITY_PUBLIC_URL"] = "http://127.0.0.1:8000"
    settings.reset()
    sealed.forget_keys()
    health._damage.clear()  # of another file


@pytest.fixture(scope="session", autouse=True)
def printing_ends() -> Iterator[None]:
    """The children that print are started once a worker: each reads WeasyPrint and its fonts for a second."""
    yield
    asyncio.run(renderer.close())


class Administrator:
    """One connection in a thread of its own, which makes and drops the databases of all tests."""

    def __init__(self, url: str) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[Any] = self._run(asyncpg.connect(url)).result()

    def _run(self, work: Any) -> Future[Any]:
        return self._pool.submit(lambda: self._runner.run(_awaited(work)))

    def does(self, statement: str) -> Future[Any]:
        return self._run(self._connection.execute(statement))

    def end(self) -> None:
        self._run(self._connection.close()).result()
        self._pool.submit(self._runner.close).result()
        self._pool.shutdown()


async def _awaited(work: Any) -> Any:
    return await work


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL of our own."""

    port: int
    administrator: Administrator | None = None

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"


def _binaries() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not places:
        pytest.fail("PostgreSQL is not installed: run `make test`, which installs it")
    return places[-1].parent


def _as_postgres(command: list[str]) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="charity-pg-", dir=_in_memory()))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, binaries = folder / "data", _binaries()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _as_postgres(
        [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    )
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off "
        "-c synchronous_commit=off -c max_connections=100 -c shared_buffers=64MB"
    )
    _as_postgres([str(binaries / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start"])
    administrator = Administrator(Cluster(port).url("postgres"))
    try:
        yield Cluster(port, administrator)
    finally:
        administrator.end()
        _as_postgres([str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


async def _sql(cluster: Cluster, statement: str) -> None:
    assert cluster.administrator is not None
    await asyncio.wrap_future(cluster.administrator.does(statement))


async def _migrated(url: str, folder: Path) -> None:
    environment(url, folder)
    async with engine.opened(migrating=True):
        await migrations.migrate()


def _apart(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: a session fixture may be asked for while a test's loop is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "charity.db"
    _apart(_migrated(f"sqlite://{path}", folder))
    return path


DEMO_DAY = date(2026, 11, 25)


async def _demo(url: str, folder: Path) -> None:
    from charity.app import CHAPTERS, MODELS  # noqa: PLC0415 - see `opened`
    from charity.demo import story  # noqa: PLC0415

    environment(url, folder)
    async with engine.opened(MODELS, loading=True), writer.running():
        await story.load(CHAPTERS, as_of=DEMO_DAY)


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo city of DEMO_DAY on SQLite and its `head.json`: to be read, or copied and written.

    Loading takes the better part of a minute, so tests that need a whole demo share it (xdist group "demo").
    """
    folder = tmp_path_factory.mktemp("demo-template")
    shutil.copy(sqlite_template, folder / "charity.db")
    _apart(_demo(f"sqlite://{folder / 'charity.db'}", folder))
    return folder


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    _apart(_sql(cluster, "CREATE DATABASE charity_template"))
    _apart(_migrated(cluster.url("charity_template"), tmp_path_factory.mktemp("postgres-template")))
    return "charity_template"


async def _with_cast(url: str, folder: Path) -> Cast:
    from charity.app import MODELS  # noqa: PLC0415 - see `opened`

    environment(url, folder)
    async with engine.opened(MODELS):
        return await seed(url)


@pytest.fixture(scope="session")
def sqlite_house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """A database with the cast in it, to be copied: a row at a time, it is a third of a short test's work."""
    folder = tmp_path_factory.mktemp("sqlite-house")
    path = folder / "charity.db"
    shutil.copy(sqlite_template, path)
    return path, _apart(_with_cast(f"sqlite://{path}", folder))


@pytest.fixture(scope="session")
def postgres_house(cluster: Cluster, postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """The same in a template of PostgreSQL, `charity_house`."""
    _apart(_sql(cluster, f"CREATE DATABASE charity_house TEMPLATE {postgres_template} STRATEGY FILE_COPY"))
    return _apart(_with_cast(cluster.url("charity_house"), tmp_path_factory.mktemp("postgres-house")))


_databases = iter(range(1_000_000))


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh migrated database, in the environment; with the cast, for who asks for `house`."""
    peopled = "house" in request.fixturenames
    if request.param == "sqlite":
        template: Path = (
            request.getfixturevalue("sqlite_house")[0] if peopled else request.getfixturevalue("sqlite_template")
        )
        path = tmp_path / "charity.db"
        shutil.copy(template, path)
        url = f"sqlite://{path}"
        environment(url, tmp_path)
        yield url
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    template_name: str = request.getfixturevalue("postgres_template")
    if peopled:
        request.getfixturevalue("postgres_house")
        template_name = "charity_house"
    name = f"t{next(_databases)}"
    await _sql(cluster, f"CREATE DATABASE {name} TEMPLATE {template_name} STRATEGY FILE_COPY")
    environment(cluster.url(name), tmp_path)
    yield cluster.url(name)
    await _sql(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def database_empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database without any table, in the environment."""
    if request.param == "sqlite":
        url = f"sqlite://{tmp_path / 'charity.db'}"
        environment(url, tmp_path)
        yield url
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"t{next(_databases)}"
    await _sql(cluster, f"CREATE DATABASE {name}")
    environment(cluster.url(name), tmp_path)
    yield cluster.url(name)
    await _sql(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def opened(database: str) -> AsyncIterator[str]:
    """An open database with a running writer, without a cast."""
    from charity.app import MODELS  # noqa: PLC0415 - the app imports every room; a database test may not need it

    async with engine.opened(MODELS), writer.running():
        yield database


@pytest_asyncio.fixture
async def house(opened: str, request: pytest.FixtureRequest) -> Cast:
    """The open database with the cast in it."""
    assert "house" in request.fixturenames, "asked for by name: `database` has to know"
    if engine.state().postgres:
        return replace(request.getfixturevalue("postgres_house"), url=opened)
    return replace(request.getfixturevalue("sqlite_house")[1], url=opened)


@pytest.fixture
def one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask nobody for a second factor: for tests of something else, which sign in as an administrator."""
    monkeypatch.setattr(two_step, "ASKED_OF", frozenset())


class Web:
    """A client of the whole application over ASGI, on the house's database."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._clients: list[httpx2.AsyncClient] = []

    def as_(self, attribute: str | None = None) -> httpx2.AsyncClient:
        """A client with the bearer token of one of the cast, or of nobody."""
        headers = {"Authorization": f"Bearer token-{attribute}"} if attribute else {}
        transport = httpx2.ASGITransport(app=self.app, client=("127.0.0.1", 5555))
        client = httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


@pytest_asyncio.fixture
async def web(house: Cast) -> AsyncIterator[Web]:
    """The application without its lifespan: the database and the writer are the house's."""
    from charity import app  # noqa: PLC0415 - see `opened`

    client = Web(app.build())
    yield client
    await client.close()
