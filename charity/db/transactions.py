"""Write transactions that a hang-up cannot tear.

A task that is cancelled during BEGIN or COMMIT never gives SQLite's lock back and loses a pooled
PostgreSQL connection (stack.md), so each transaction runs in a shielded task of its own: the caller
may go away, the transaction ends by itself, wholly or not at all.
"""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from charity.db import engine

T = TypeVar("T")
TRIES = 5
ROWS_A_STATEMENT = 64
_RETRY = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
_PLACE = re.compile(r"\$(\d+)")
_running: set[asyncio.Task[Any]] = set()


@lru_cache(maxsize=2048)
def _for_sqlite(sql: str) -> str:
    return _PLACE.sub(r"?\1", sql)


def dialect(sql: str) -> str:
    """SQL with `$1` places as the open database wants it."""
    return sql if engine.state().postgres else _for_sqlite(sql)


class Tx:
    """A transaction that is under way. SQL has `$1` places; rows are dicts."""

    def __init__(self, conn: BaseDBAsyncClient, *, postgres: bool) -> None:
        self.conn = conn
        self.postgres = postgres

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """All rows of a query, or of `… RETURNING …`."""
        return await self.conn.execute_query_dict(sql if self.postgres else _for_sqlite(sql), list(args))

    async def row(self, sql: str, *args: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        found = await self.rows(sql, *args)
        return found[0] if found else None

    async def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows of values."""
        if values:
            await self.conn.execute_many(sql if self.postgres else _for_sqlite(sql), list(map(list, values)))

    async def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[dict[str, Any]]]:
        """The rows of many queries, in one journey to the database where it can be."""
        if self.postgres:
            return [await self.conn.execute_query_dict(sql, list(args)) for sql, args in asked]

        def run_all(connection: sqlite3.Connection) -> list[list[dict[str, Any]]]:
            return [[dict(row) for row in connection.execute(_for_sqlite(sql), args)] for sql, args in asked]

        return await self._journey(run_all)

    async def batch(self, statements: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Many statements, each for many rows of values, in one journey to the database where it can be."""
        todo = [(sql, list(values)) for sql, values in statements if values]
        if self.postgres:
            for sql, values in todo:
                await self.conn.execute_many(sql, values)  # type: ignore[arg-type]
            return

        def run_all(connection: sqlite3.Connection) -> None:
            for sql, values in todo:
                if len(values) == 1 or not sql.startswith("INSERT"):
                    connection.executemany(_for_sqlite(sql), values)
                else:
                    _insert_all(connection, sql, values)

        await self._journey(run_all)

    async def _journey(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run in aiosqlite's thread: each journey there and back costs two thread switches."""
        held: Any = self.conn
        try:
            done: T = await held._connection._execute(work, held._connection._conn)  # noqa: SLF001 - the only way in
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return done

    async def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns."""
        if not rows:
            return
        columns = list(rows[0])
        await self.many(insert_sql(table, tuple(columns)), [[row[c] for c in columns] for row in rows])


def _insert_all(connection: sqlite3.Connection, sql: str, values: list[Sequence[Any]]) -> None:
    """Insert many rows with few statements of 64, 32, 16 … rows each.

    sqlite3 gives Python's lock away and takes it back at every step of a statement; row by row that is
    hundreds of waits a batch while the event loop is busy. Sizes are powers of two, so that the
    connection keeps the prepared statements.
    """
    start, left, size = 0, len(values), ROWS_A_STATEMENT
    while left:
        while size > left:
            size //= 2
        rows = values[start : start + size]
        connection.execute(_many_rows(sql, size), [value for row in rows for value in row])
        start, left = start + size, left - size


@lru_cache(maxsize=1024)
def _many_rows(sql: str, rows: int) -> str:
    head, _, rest = sql.partition(" VALUES (")
    places, _, tail = rest.partition(")")
    one = "(" + _PLACE.sub("?", places) + ")"  # a literal beside the places stays: ($1, $2, $3, 0)
    return f"{head} VALUES {', '.join([one] * rows)}{tail}"


@lru_cache(maxsize=512)
def insert_sql(table: str, columns: tuple[str, ...]) -> str:
    """The INSERT of these columns. Names come from code, never from input."""
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names from code


async def run(work: Callable[[Tx], Awaitable[T]]) -> T:
    """Run `work` in one write transaction; it commits when `work` returns and rolls back when it raises."""
    return await shielded(_run(work))


async def shielded(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run in a task of its own that outlives a cancelled caller."""
    task = asyncio.create_task(coroutine)
    _running.add(task)
    task.add_done_callback(_ended)
    return await asyncio.shield(task)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()  # read, so that a caller who went away leaves no warning behind


async def settle() -> None:
    """Wait for all transactions that are under way."""
    while _running:
        await asyncio.wait(set(_running))


async def _run(work: Callable[[Tx], Awaitable[T]]) -> T:
    lock = engine.state().write_lock
    if lock is not None:
        async with lock, in_transaction("default") as conn:
            return await work(Tx(conn, postgres=False))
    for attempt in range(TRIES):
        try:
            async with in_transaction("default") as conn:
                return await work(Tx(conn, postgres=True))
        except _RETRY:
            if attempt == TRIES - 1:
                raise
            await asyncio.sleep(0.01 * 2**attempt)
    raise AssertionError
