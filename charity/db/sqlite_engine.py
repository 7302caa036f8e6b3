"""Tortoise's SQLite clients with what they lack (docs/stack.md): FULL, no auto-checkpoint, readers that only read.

Transactions are not Tortoise's: it begins deferred (its issue #1675), which loses read-then-write
transactions of two processes to "database is locked"; `transactions` begins IMMEDIATE.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

from charity.db.sqlite_child import STATEMENTS_KEPT

WRITER_PRAGMAS = {
    "journal_mode": "WAL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "wal_autocheckpoint": "8000",  # pages, 33 MB; `checkpoints` cuts what readers made longer
    "journal_size_limit": str(32 * 1024 * 1024),
    "busy_timeout": "10000",
    "cache_size": "-65536",
}
CHUNK = 64
"""Rows that aiosqlite fetches at a time; nobody iterates over a cursor."""


class AtOnce(aiosqlite.Connection):
    """A connection without a thread: the loop waits while a statement runs.

    For a process in which nothing else waits for the loop. The way to aiosqlite's thread and back costs more than
    most statements do: a third of the demo load.
    """

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        """Open it."""
        return self._connect().__await__()

    async def _connect(self) -> aiosqlite.Connection:
        if self._connection is None:
            self._connection = self._connector()
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    def stop(self) -> "asyncio.Future[None] | None":
        """There is nothing to stop; `close` has closed it."""
        return None


async def _connected(path: str, *, at_once: bool, **options: Any) -> aiosqlite.Connection:
    connection = (
        await AtOnce(partial(sqlite3.connect, path, isolation_level=None, **options), CHUNK)
        if at_once
        else await aiosqlite.connect(path, iter_chunk_size=CHUNK, isolation_level=None, **options)
    )
    connection._conn.row_factory = sqlite3.Row  # noqa: SLF001 - as Tortoise's own client does
    return connection


class WriterClient(SqliteClient):
    """The one writing connection of a process; `loading`: without its thread, and without waiting for the disk."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        self._loading = bool(kwargs.pop("loading", False))
        super().__init__(file_path, **kwargs)
        self.pragmas = {**WRITER_PRAGMAS, "synchronous": "OFF" if self._loading else "FULL"}

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Open the file for writing, with room for every statement of a batch."""
        if self._connection is None:
            self._connection = await _connected(self.filename, at_once=self._loading, cached_statements=STATEMENTS_KEPT)
            for pragma, value in self.pragmas.items():
                await (await self._connection.execute(f"PRAGMA {pragma}={value}")).close()

    def opened(self) -> aiosqlite.Connection:
        """The connection below, for those who do more than a query in one round trip."""
        assert self._connection is not None, "not open"
        return self._connection


class ReaderClient(SqliteClient):
    """A connection opened `mode=ro`: it can neither write nor checkpoint, not even on close."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        self._loading = bool(kwargs.pop("loading", False))
        super().__init__(file_path, **kwargs)

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Open the file read-only."""
        if self._connection is None:
            uri = f"file:{quote(self.filename)}?mode=ro"
            self._connection = await _connected(uri, at_once=self._loading, uri=True)
            for pragma in ("busy_timeout=10000", "cache_size=-32768"):
                await (await self._connection.execute(f"PRAGMA {pragma}")).close()

    async def tuples(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of a query as plain tuples, without a `sqlite3.Row` for each."""
        async with self.acquire_connection() as connection:
            held: Any = connection
            rows: list[tuple[Any, ...]] = await held._execute(_tuples, held._conn, sql, values)  # noqa: SLF001 - the only way in
            return rows


def _tuples(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    cursor = connection.execute(sql, values)
    cursor.row_factory = None
    return cursor.fetchall()
