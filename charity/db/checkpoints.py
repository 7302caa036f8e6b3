"""SQLite's WAL: bounded while serving, empty after a clean stop (docs/stack.md, "SQLite").

SQLite itself moves the WAL into the database file at the COMMIT that fills 33 MB (`wal_autocheckpoint`, PASSIVE) and
then writes it from its beginning again: a file of one length is synced sooner than one that is cut and grows. Only
PASSIVE never waits for a reader, and while anyone reads the file would grow without end (956 MB seen). So
after a COMMIT that left WAL_MAX bytes in it, the writing connection moves and cuts it (`wal_checkpoint(TRUNCATE)`),
still under `charity.write`. A reader's snapshot can stand in the way: then it waits BUSY_MS, lets it be, and tries
again after AGAIN bytes more. A checkpoint that fails never makes a committed transaction fail: it is logged, kept for
`/readyz`, and tried again.
"""

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from charity.db.sqlite_child import ROWS, Step
from charity.db.sqlite_engine import WRITER_PRAGMAS
from charity.db.sqlite_process import WriterConnection

if TYPE_CHECKING:
    from charity.db.engine import State

log = logging.getLogger("charity.checkpoints")
WAL_MAX = 40 * 1024 * 1024
AGAIN = 4 * 1024 * 1024
BUSY_MS = 20
LOOK_S = 5.0
AGE_S = 60.0
"""A server does not leave what is committed in the WAL for longer than this, however little it is."""
_TRY: tuple[Step, ...] = (
    (ROWS, f"PRAGMA busy_timeout={BUSY_MS}", ()),
    (ROWS, "PRAGMA wal_checkpoint(TRUNCATE)", ()),
)
_DONE: tuple[Step, ...] = ((ROWS, f"PRAGMA busy_timeout={WRITER_PRAGMAS['busy_timeout']}", ()),)


class Checkpoints:
    """The checkpoints of one database file."""

    def __init__(self, database: Path) -> None:
        self.wal = database.with_name(database.name + "-wal")
        self.error = ""
        self._whole_at = time.monotonic()
        self._limit = WAL_MAX

    def size(self) -> int:
        """Bytes in the WAL file."""
        try:
            return self.wal.stat().st_size
        except FileNotFoundError:
            return 0

    def age_s(self) -> float:
        """Seconds since all that was committed stood in the database file; 0 while nothing waits in the WAL."""
        if self.size() == 0:
            self._whole_at = time.monotonic()
        return time.monotonic() - self._whole_at

    def due(self) -> bool:
        """Whether the WAL has outgrown its limit."""
        return self.size() >= self._limit

    async def run(self, connection: WriterConnection) -> bool:
        """Move and cut the WAL; whether all of it went. The caller holds `charity.write`, outside a transaction."""
        busy, error = 1, ""
        try:
            busy, frames, moved = await _cut(connection)
            if not busy or frames == moved:
                self._whole_at = time.monotonic()
        except Exception as fault:  # noqa: BLE001 - the commit before it stands: said here, and by /readyz
            error = f"{type(fault).__name__}: {fault}"
            log.error("checkpoint.failed", extra={"error": error, "wal_bytes": self.size()})  # noqa: TRY400
        self.error = error
        self._limit = self.size() + AGAIN if busy else WAL_MAX
        return not busy

    async def keep(self, opened: "State") -> None:
        """Move also what is little, when it is old: the supervised task of a server. Not on a disk that failed."""
        from charity.db import transactions  # noqa: PLC0415 - it imports the engine, which imports this module

        while True:
            await asyncio.sleep(LOOK_S)
            if self.age_s() > AGE_S and opened.stopped is None:
                # A server that ends cancels us: the answer must still be read, and the lock held until it came.
                await transactions.shielded(self._locked(opened))

    async def _locked(self, opened: "State") -> None:
        assert opened.write_lock is not None
        async with opened.write_lock:
            await self.run(opened.connection)


async def _cut(connection: WriterConnection) -> tuple[int, int, int]:
    """What the pragma answers: whether somebody stood in the way, frames in the WAL, frames that were moved."""
    try:
        _, (_, rows) = await connection.do(_TRY)
    finally:
        await connection.do(_DONE)
    busy, frames, moved = rows[0]
    return busy, frames, moved
