"""Write transactions that a hang-up cannot tear.

A task that is cancelled during BEGIN or COMMIT never gives SQLite's lock back and loses a pooled
PostgreSQL connection (docs/stack.md), so each transaction runs in a shielded task of its own: the caller
may go away, the transaction ends by itself, wholly or not at all.

Always true: an error means that nothing was written, but for `Unavailable(OUTCOME_UNKNOWN)`. A disk error, or a
database file that is no longer where it was opened, ends writing for this process (`stopped`): waiting and later
transactions raise `Unavailable(WRITING_STOPPED)`.
"""

import asyncio
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from charity.db import engine, faults, rules
from charity.db.sqlite_child import MANY, ROLLBACK, ROWS, Result, Step
from charity.db.sqlite_process import WriterConnection
from charity.errors import Unavailable

log = logging.getLogger("charity.db")
T = TypeVar("T")
TRIES = 5
_RETRY = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_PLACE = re.compile(r"\$(\d+)")
_BEGIN: Step = (ROWS, "BEGIN IMMEDIATE", ())
_COMMIT: Step = (ROWS, "COMMIT", ())
# Neither is heard inside a transaction in time: said before BEGIN, and taken back after its end.
_LOOSE: list[Step] = [(ROWS, "PRAGMA foreign_keys=OFF", ()), (ROWS, "PRAGMA legacy_alter_table=ON", ())]
_STRICT: list[Step] = [(ROWS, "PRAGMA foreign_keys=ON", ()), (ROWS, "PRAGMA legacy_alter_table=OFF", ())]
Statement = tuple[str, Sequence[Sequence[Any]]]
_running: set[asyncio.Task[Any]] = set()


@lru_cache(maxsize=2048)
def _for_sqlite(sql: str) -> str:
    return _PLACE.sub(r"?\1", sql)


def dialect(sql: str) -> str:
    """SQL with `$1` places as the open database wants it."""
    return sql if engine.state().postgres else _for_sqlite(sql)


class Tx(ABC):
    """A transaction that is under way. SQL has `$1` places; rows are dicts."""

    postgres: bool

    @abstractmethod
    async def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[dict[str, Any]]]:
        """The rows of many queries, in one round trip to the database where it can be."""

    @abstractmethod
    async def batch(self, statements: Sequence[Statement]) -> None:
        """Many statements, each for many rows of values. They are done before the next query, at the latest at the end.

        On SQLite they travel with that query or with the COMMIT, so an error of theirs is raised there.
        """

    @abstractmethod
    async def script(self, sql: str) -> None:
        """One statement of a migration, on PostgreSQL a whole file of them; no places, no values."""

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """All rows of a query, or of `… RETURNING …`."""
        return (await self.queries([(sql, args)]))[0]

    async def row(self, sql: str, *args: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        rows = await self.rows(sql, *args)
        return rows[0] if rows else None

    async def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows of values."""
        await self.batch([(sql, values)])

    async def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns."""
        if not rows:
            return
        columns = list(rows[0])
        await self.many(insert_sql(table, tuple(columns)), [[row[c] for c in columns] for row in rows])


class PostgresTx(Tx):
    """On a connection of asyncpg's pool."""

    postgres = True

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[dict[str, Any]]]:
        """One after the other."""
        return [[dict(row) for row in await self._connection.fetch(sql, *args)] for sql, args in asked]

    async def batch(self, statements: Sequence[Statement]) -> None:
        """One after the other, now."""
        for sql, values in statements:
            if values:
                await self._connection.executemany(sql, values)

    async def script(self, sql: str) -> None:
        """All statements of the text."""
        await self._connection.execute(sql)


def translated(error: Exception) -> Exception:
    """The same error of PostgreSQL as Tortoise would have raised it: one kind for both databases."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return IntegrityError(error)
    if isinstance(error, asyncpg.SyntaxOrAccessError | asyncpg.DataError):
        return OperationalError(error)
    return error


class SqliteTx(Tx):
    """On the writing connection: BEGIN goes with the first query, what is written with the next one or the COMMIT."""

    postgres = False

    def __init__(self, connection: WriterConnection) -> None:
        self._connection = connection
        self._waiting: list[Step] = [_BEGIN]
        self._begun = False
        self.committing = False

    async def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[dict[str, Any]]]:
        """All in one round trip."""
        results = await self._do([(ROWS, _for_sqlite(sql), args) for sql, args in asked])
        return [[dict(zip(names, row, strict=True)) for row in rows] for names, rows in results]

    async def batch(self, statements: Sequence[Statement]) -> None:
        """Kept for the next round trip."""
        self._waiting += [(MANY, _for_sqlite(sql), values) for sql, values in statements if values]

    async def script(self, sql: str) -> None:
        """One statement as it stands."""
        await self._do([(ROWS, sql, ())])

    async def _do(self, steps: list[Step]) -> list[Result]:
        waiting, self._waiting = self._waiting, []
        self._begun = True
        return (await self._connection.do([*waiting, *steps]))[len(waiting) :]

    async def commit(self) -> None:
        """Write what waits, and commit."""
        if self._begun or len(self._waiting) > 1:
            self.committing = True
            await self._do([_COMMIT])

    async def rollback(self) -> None:
        """Give everything back, whether or not SQLite has done so already (a full disk); also after a failed COMMIT."""
        if self._begun:
            self._waiting = []
            await self._do([(ROLLBACK, "", ())])


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
    if lock is None:
        return await under_lock(work)
    async with lock:
        return await under_lock(work)


async def under_lock(work: Callable[[Tx], Awaitable[T]], *, foreign_keys: bool = True) -> T:
    """One transaction for a caller who holds the write lock himself, over many of them, in a `shielded` task.

    `foreign_keys=False`: SQLite lets a table be made anew that others refer to; the caller checks the keys.
    """
    if engine.state().write_lock is None:
        return await _on_postgres(work)
    if foreign_keys:
        return await _on_sqlite(work)
    connection = engine.state().connection
    try:
        await connection.do(_LOOSE)
        return await _on_sqlite(work)
    finally:
        await connection.do(_STRICT)


async def _on_postgres(work: Callable[[Tx], Awaitable[T]]) -> T:
    for attempt in range(TRIES):
        try:
            return await _once_on_postgres(work)
        except _RETRY:
            if attempt == TRIES - 1:
                raise
            await asyncio.sleep(0.01 * 2**attempt)
    raise AssertionError


async def _once_on_postgres(work: Callable[[Tx], Awaitable[T]]) -> T:
    """One try. Tortoise's own transaction would lose a connection that is gone at BEGIN from its pool."""
    pool: Any = get_connections().get("default")
    committing = False
    try:
        async with pool.acquire_connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                result = await work(PostgresTx(connection))
            except BaseException:
                if not connection.is_closed():
                    await transaction.rollback()
                raise
            committing = True
            await transaction.commit()
    except Exception as error:
        if committing and faults.lost(error):
            raise Unavailable(faults.OUTCOME_UNKNOWN) from error
        if faults.unavailable(error):
            raise Unavailable(faults.UNAVAILABLE) from error
        wrapped = translated(error)
        if wrapped is error:
            raise
        raise wrapped from error
    return result


async def _on_sqlite(work: Callable[[Tx], Awaitable[T]]) -> T:
    opened = engine.state()
    if opened.stopped is not None:
        raise Unavailable(faults.WRITING_STOPPED)
    tx = SqliteTx(opened.connection)
    try:
        result = await work(tx)
        _must_have_its_file(opened)
        await tx.commit()
    except Exception as error:
        await _rolled_back(tx)
        if (name := faults.disk(error)) is not None:
            stop_writing(name)
            unknown = tx.committing and faults.torn(error)
            raise Unavailable(faults.OUTCOME_UNKNOWN if unknown else faults.WRITING_STOPPED) from error
        if faults.unavailable(error):
            raise Unavailable(faults.UNAVAILABLE) from error
        raise
    except BaseException:
        await _rolled_back(tx)
        raise
    if opened.checkpoints is not None and opened.checkpoints.due():
        await opened.checkpoints.run(opened.connection)
    return result


def _must_have_its_file(opened: engine.State) -> None:
    """Commit nothing into a file that has no name any more: it would be acknowledged, and gone with this process."""
    if opened.file_is_gone():
        stop_writing(rules.FILE_GONE.code)
        raise Unavailable(faults.WRITING_STOPPED)


async def _rolled_back(tx: SqliteTx) -> None:
    """Roll back; where that fails too, the error that led here is the one that counts."""
    try:
        await tx.rollback()
    except Exception as error:  # noqa: BLE001 - see above
        log.error("rollback.failed", extra={"error": str(error)})  # noqa: TRY400


def stop_writing(reason: str) -> None:
    """Write nothing more in this process: its disk cannot be trusted. Reads go on; a fresh process writes again."""
    if engine.state().stopped is None:
        engine.state().stopped = reason
        log.critical("writing.stopped", extra={"reason": reason})


def stopped() -> str | None:
    """Why this process writes nothing more, in SQLite's words; None while it writes."""
    return engine.state().stopped
