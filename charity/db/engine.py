"""Opening and closing the database of a process.

`async with engine.opened():` gives every task below it Tortoise with the aliases `default` (writes)
and `reader0…` (reads; the same pool on PostgreSQL), the file locks on SQLite, and waits at the end
for transactions that are still under way.
"""

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tortoise.context import TortoiseContext
from tortoise.models import Model

from charity.db import advisory, faults
from charity.db.checkpoints import Checkpoints
from charity.db.locks import FileLock, LockBusy, WriteLock
from charity.db.sqlite_engine import WriterClient
from charity.db.sqlite_process import OwnConnection, ProcessConnection, WriterConnection
from charity.errors import Unavailable
from charity.settings import Settings, settings

READERS = 3
OPEN_WAIT_S = 5
POOL_MAX = 12
MODELS = ["charity.db.models"]  # what the database itself has; charity.app lists every room's


class DatabaseInUse(Exception):
    """Somebody holds the database exclusively (restore, demo --reset)."""


def unavailable(error: BaseException) -> bool:
    """Whether the database could not be asked or written now, and may be later."""
    return isinstance(error, Unavailable | DatabaseInUse | LockBusy) or faults.unavailable(error)


@dataclass(slots=True)
class State:
    """What an open database is made of."""

    settings: Settings
    postgres: bool
    write_lock: WriteLock | None
    readers: Iterator[str]
    context: TortoiseContext
    opened_connection: WriterConnection | None = None
    checkpoints: Checkpoints | None = None
    file: tuple[int, int] | None = None
    """SQLite's database file as it was opened: device and inode."""
    stopped: str | None = None
    """Why nothing more is written by this process (`SQLITE_IOERR_FSYNC`): its disk failed."""

    @property
    def connection(self) -> WriterConnection:
        """What does the steps of SQLite's writing connection."""
        assert self.opened_connection is not None, "only SQLite has one, and only while it is open"
        return self.opened_connection

    def file_is_gone(self) -> bool:
        """Whether somebody took SQLite's file or its WAL away, or put another in its place, while we have it open.

        What is written then goes into a file without a name, and is lost when this process ends.
        """
        if self.file is None or self.checkpoints is None:
            return False
        try:
            return self.file != identity(self.settings.sqlite_path) or not self.checkpoints.wal.exists()
        except FileNotFoundError:
            return True


def identity(path: Path) -> tuple[int, int]:
    """What a file is, whatever its name: device and inode. FileNotFoundError."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino


_state: State | None = None


def state() -> State:
    """The open database of this process."""
    if _state is None:
        msg = "the database is not open"
        raise RuntimeError(msg)
    return _state


class ReadRouter:
    """Model reads go to the readers in turn, model writes to `default`."""

    def db_for_read(self, model: type[Model]) -> str:  # noqa: ARG002 - Tortoise's signature
        """The next reader."""
        return next(state().readers)

    def db_for_write(self, model: type[Model]) -> str:  # noqa: ARG002 - Tortoise's signature
        """The writing connection."""
        return "default"


def _postgres_connection(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": unquote(parts.hostname or "") or None,
            "port": parts.port or 5432,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": POOL_MAX,
            "server_settings": {
                "jit": "off",  # our statements take milliseconds, compiling one takes hundreds
                "lock_timeout": "2000",
                "idle_in_transaction_session_timeout": "10000",
                "application_name": "charity",
                "timezone": "UTC",
            },
        },
    }


def connections(chosen: Settings, *, migrating: bool = False, loading: bool = False) -> dict[str, Any]:
    """Tortoise's connection table for these settings."""
    if chosen.postgres:
        url = (chosen.migrate_url or chosen.database_url) if migrating else chosen.database_url
        return {"default": _postgres_connection(url)}
    path = str(chosen.sqlite_path)
    credentials: dict[str, Any] = {"file_path": path, "loading": loading}
    table = {"default": {"engine": "charity.db.sqlite_writer", "credentials": credentials}}
    for n in range(READERS):
        table[f"reader{n}"] = {"engine": "charity.db.sqlite_reader", "credentials": credentials}
    return table


@asynccontextmanager
async def opened(
    models: list[str] | None = None, *, migrating: bool = False, loading: bool = False, serving: bool = False
) -> AsyncIterator[State]:
    """Open the database for this process; DatabaseInUse when somebody holds it exclusively.

    `serving`: SQLite's transactions happen in a process of their own (decision 14). `loading`: for a process that
    writes a demo and does nothing beside: SQLite waits for no disk, and has no thread to hand a statement to.
    """
    global _state  # noqa: PLW0603 - one database a process
    from charity.db import transactions  # noqa: PLC0415 - it imports this module

    chosen = settings()
    async with _open_lock(chosen, migrating=migrating) as open_lock:
        write_lock = WriteLock(chosen.lock_path("write")) if open_lock else None
        context = TortoiseContext()
        names = ["default"] if chosen.postgres else [f"reader{n}" for n in range(READERS)]
        before = _state
        _state = State(chosen, chosen.postgres, write_lock, itertools.cycle(names), context)
        try:
            async with context:
                await context.init(
                    config={
                        "connections": connections(chosen, migrating=migrating, loading=loading),
                        "apps": {"models": {"models": models or MODELS, "default_connection": "default"}},
                        "routers": [ReadRouter],
                        "use_tz": True,
                        "timezone": "UTC",
                    },
                    _enable_global_fallback=True,
                )
                try:
                    await _touch(context, write_lock)
                    if write_lock is not None and open_lock is not None:
                        _state.opened_connection = await _connection(context, write_lock, open_lock, serving=serving)
                        _state.checkpoints = Checkpoints(chosen.sqlite_path)
                        _state.file = identity(chosen.sqlite_path)
                    yield _state
                finally:
                    await transactions.settle()
                    await _close(_state, write_lock)
        finally:
            _state = before
            if write_lock is not None:
                write_lock.close()


@asynccontextmanager
async def _open_lock(chosen: Settings, *, migrating: bool) -> AsyncIterator[FileLock | None]:
    """Hold the database open, shared with everybody who does; the file lock on SQLite. DatabaseInUse."""
    if chosen.postgres:
        shared = advisory.Shared((chosen.migrate_url if migrating else "") or chosen.database_url)
        await _unless_in_use(shared.take())
        async with shared.held():
            yield None
        return
    _private(chosen.sqlite_path)
    lock = FileLock(chosen.lock_path("open"))
    await _unless_in_use(lock.wait(seconds=OPEN_WAIT_S, shared=True))
    try:
        yield lock
    finally:
        lock.release()


async def _unless_in_use(taking: Awaitable[None]) -> None:
    try:
        await taking
    except LockBusy as error:
        raise DatabaseInUse(str(error)) from error


def _private(path: Path) -> None:
    """Make a missing database file for its owner only, whichever command comes first: it holds names.

    SQLite gives the files beside it the same rights.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


async def _touch(context: TortoiseContext, write_lock: WriteLock | None) -> None:
    """Let the writing connection open first, under the lock: it recovers a WAL that kill -9 left."""
    connection = context.connections.get("default")
    if write_lock is None:
        await connection.execute_query("SELECT 1")
        return
    async with write_lock:
        await connection.execute_query("SELECT count(*) FROM sqlite_master")


async def _connection(
    context: TortoiseContext, write_lock: WriteLock, open_lock: FileLock, *, serving: bool
) -> WriterConnection:
    writer = context.connections.get("default")
    assert isinstance(writer, WriterClient)
    if not serving:
        return OwnConnection(writer.opened)
    connection = ProcessConnection()
    async with write_lock:
        await connection.begin(writer.filename, writer.pragmas, [write_lock.fileno(), open_lock.fileno()])
    return connection


async def _close(opened: State, write_lock: WriteLock | None) -> None:
    """Close all connections, under the lock; a clean end leaves all that was committed in the database file.

    The readers close first: the last connection of all must be one that can write, or the WAL stays.
    """
    connections = opened.context.connections
    if write_lock is None:
        await connections.close_all(discard=True)
        return
    async with write_lock:
        for n in range(READERS):
            await connections.get(f"reader{n}").close()
        if opened.checkpoints is not None and opened.stopped is None:
            await opened.checkpoints.run(opened.connection)
        if isinstance(opened.opened_connection, ProcessConnection):
            await connections.get("default").close()
            await opened.opened_connection.end()
        await connections.close_all(discard=True)
