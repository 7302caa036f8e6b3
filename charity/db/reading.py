"""Reads outside a transaction: a snapshot of what is committed, never waiting for the writer."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from charity.db import engine
from charity.db.sqlite_engine import ReaderClient
from charity.db.transactions import dialect

_held: ContextVar[BaseDBAsyncClient | None] = ContextVar("snapshot", default=None)


@asynccontextmanager
async def snapshot() -> AsyncIterator[None]:
    """Let all `rows` below see one state of the database, whatever is committed meanwhile.

    For commands that compare tables with each other (`verify` beside a busy server). Held for two seconds at
    most while anybody serves: SQLite's WAL cannot be cut below it, and grows. Long readers follow the journal
    by seq instead, in chunks of their own. On SQLite it takes one of the process's readers, so a server must
    not use it; model reads do not take part.
    """
    if engine.state().postgres:
        async with in_transaction("default") as connection:
            await connection.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with _holding(connection):
                yield
        return
    reader = _held.get() or get_connections().get(next(engine.state().readers))
    await reader.execute_query("BEGIN")
    try:
        with _holding(reader):
            yield
    finally:
        await reader.execute_query("ROLLBACK")


@asynccontextmanager
async def one_reader() -> AsyncIterator[None]:
    """Let all reads below go through one of SQLite's readers: what it has cached serves the next query.

    What a query sorts stays in memory. For commands; a server's readers spill into a file, whatever anybody asks.
    """
    if engine.state().postgres:
        yield
        return
    reader = get_connections().get(next(engine.state().readers))
    await reader.execute_query("PRAGMA temp_store = MEMORY")
    with _holding(reader):
        yield


@contextmanager
def _holding(connection: BaseDBAsyncClient) -> Iterator[None]:
    token = _held.set(connection)
    try:
        yield
    finally:
        _held.reset(token)


async def rows(sql: str, *args: Any) -> list[dict[str, Any]]:
    """All rows of a query with `$1` places, as dicts."""
    connection = _held.get() or get_connections().get(next(engine.state().readers))
    return await connection.execute_query_dict(dialect(sql), list(args))


async def tuples(sql: str, *args: Any) -> Sequence[Sequence[Any]]:
    """All rows of a query by the place of their columns: for readings of a whole table, where names cost as much."""
    connection = _held.get() or get_connections().get(next(engine.state().readers))
    rows: Sequence[Sequence[Any]]
    if isinstance(connection, ReaderClient):
        rows = await connection.tuples(dialect(sql), args)
    else:
        rows = (await connection.execute_query(dialect(sql), list(args)))[1]  # type: ignore[assignment] # asyncpg's records have places
    return rows


async def row(sql: str, *args: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    all_rows = await rows(sql, *args)
    return all_rows[0] if all_rows else None


async def only(sql: str, *args: Any) -> dict[str, Any]:
    """The row of a query that always has one, such as a count."""
    (row,) = await rows(sql, *args)
    return row


async def value(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    first = await row(sql, *args)
    return next(iter(first.values())) if first else None


def places(count: int, start: int = 1) -> str:
    """`$1, $2, …` for an IN list of `count` values."""
    return ", ".join(f"${n}" for n in range(start, start + count))
