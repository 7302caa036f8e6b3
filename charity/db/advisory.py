"""Who has a PostgreSQL database open: an advisory lock, the counterpart of SQLite's `charity.open`.

Every process, server or command, holds it shared on a connection of its own; `demo --reset` takes it exclusively
and changes nothing while it cannot. When PostgreSQL was restarted the lock is taken again by a supervised task.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from charity.background import supervised
from charity.db import faults
from charity.db.locks import LockBusy

KEY = 7_215_002
AGAIN_S = 1.0
_SETTINGS = {"application_name": "charity open", "timezone": "UTC"}


class Shared:
    """The lock, held shared while its connection lives."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection[Any] | None = None
        self._lost = asyncio.Event()

    async def take(self) -> None:
        """Take it; LockBusy while somebody holds it exclusively."""
        connection = await asyncpg.connect(self._url, server_settings=_SETTINGS)
        if not await connection.fetchval("SELECT pg_try_advisory_lock_shared($1)", KEY):
            await connection.close()
            raise LockBusy("PostgreSQL")
        self._lost.clear()
        connection.add_termination_listener(lambda _: self._lost.set())
        self._connection = connection

    async def keep(self) -> None:
        """Take it again whenever the connection was lost: a supervised task."""
        while True:
            await self._lost.wait()
            try:
                await self.take()
            except Exception as error:
                if not (isinstance(error, OSError) or faults.unavailable(error)):
                    raise
                await asyncio.sleep(AGAIN_S)  # PostgreSQL is away, which others say: `database` of /readyz

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep what was taken, and give it back with its connection."""
        try:
            async with supervised("open lock", self.keep):
                yield
        finally:
            if self._connection is not None:
                await self._connection.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A connection apart from the pool's."""
    connection = await asyncpg.connect(url, server_settings=_SETTINGS)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def exclusive(url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """The same with the database to ourselves; LockBusy while anybody has it open."""
    async with connected(url) as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", KEY):
            raise LockBusy("PostgreSQL")
        yield connection
