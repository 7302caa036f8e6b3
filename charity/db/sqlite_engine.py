"""Tortoise's SQLite client with what it lacks (stack.md): BEGIN IMMEDIATE, FULL, no auto-checkpoint.

Tortoise begins deferred (its issue #1675), which loses read-then-write transactions of two
processes to "database is locked".
"""

import sqlite3
from typing import Any
from urllib.parse import quote

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

STATEMENTS_KEPT = 512
WRITER_PRAGMAS = {
    "journal_mode": "WAL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "wal_autocheckpoint": "0",
    "busy_timeout": "10000",
    "cache_size": "-65536",
}


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock at BEGIN."""

    async def begin(self) -> None:
        """Begin IMMEDIATE."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    async def commit(self) -> None:
        """Commit, or give everything back: a COMMIT that fails leaves SQLite's transaction open."""
        try:
            await super().commit()
        except BaseException:
            await self._connection.rollback()
            self._finalized = True
            raise


class ImmediateContext(SqliteTransactionContext):
    """Tortoise's context, which keeps its lock for ever when BEGIN fails."""

    async def __aenter__(self) -> TransactionalDBClient:
        """Begin, or leave nothing behind."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client


class WriterClient(SqliteClient):
    """The one writing connection of a process."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        synchronous = kwargs.pop("synchronous", "FULL")
        super().__init__(file_path, **kwargs)
        self.pragmas = {**WRITER_PRAGMAS, "synchronous": synchronous}

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Open the file for writing, with room for every size of every statement of a batch."""
        if self._connection is None:
            self._connection = await aiosqlite.connect(
                self.filename, isolation_level=None, cached_statements=STATEMENTS_KEPT
            )
            self._connection._conn.row_factory = sqlite3.Row  # noqa: SLF001 - as Tortoise's own client does
            for pragma, value in self.pragmas.items():
                await (await self._connection.execute(f"PRAGMA {pragma}={value}")).close()

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)


class ReaderClient(SqliteClient):
    """A connection opened `mode=ro`: it can neither write nor checkpoint, not even on close."""

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Open the file read-only."""
        if self._connection is None:
            uri = f"file:{quote(self.filename)}?mode=ro"
            self._connection = await aiosqlite.connect(uri, isolation_level=None, uri=True)
            self._connection._conn.row_factory = sqlite3.Row  # noqa: SLF001 - as Tortoise's own client does
            for pragma in ("busy_timeout=10000", "cache_size=-32768"):
                await (await self._connection.execute(f"PRAGMA {pragma}")).close()
