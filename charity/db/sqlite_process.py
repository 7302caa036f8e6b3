"""SQLite's writing connection as the process's tasks reach it: in aiosqlite, or in a process of its own.

Both do the same steps (`sqlite_child.perform`) and get them as the same bytes (`sqlite_child.packed`), so that
no value passes in one and fails in the other. A server uses the process (decision 14); a command and the tests use
aiosqlite's thread, and the demo load aiosqlite without one. When the process is gone nobody knows what was committed
last: nothing more is acknowledged, and the server ends (`on_gone`). Callers retry with their idempotency keys.
"""

import asyncio
import logging
import marshal
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
from tortoise.exceptions import IntegrityError, OperationalError

from charity.db import sqlite_child
from charity.db.sqlite_child import HEAD, Result, Step

log = logging.getLogger("charity.sqlite")
EX_IOERR = 74
CLOSE_S = 30
ROOT = Path(__file__).resolve().parents[2]


class WriterConnection(Protocol):
    """What does steps on the writing connection."""

    async def do(self, steps: Sequence[Step]) -> list[Result]:
        """Do the steps in order; raises Tortoise's IntegrityError or OperationalError, or a sqlite3.Error."""


class WriterGone(Exception):
    """The process with the writing connection ended by itself."""


def translated(error: sqlite3.Error) -> Exception:
    """The same error as Tortoise would have raised it."""
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    if isinstance(error, sqlite3.OperationalError):
        return OperationalError(error)
    return error


def _error(kind: str, text: str, code: int, name: str) -> sqlite3.Error:
    """The error of the process, with SQLite's own code."""
    error: sqlite3.Error = getattr(sqlite3, kind)(text)
    if name:
        error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


class OwnConnection:
    """The connection of Tortoise's alias `default`, as aiosqlite works on it."""

    def __init__(self, connection: Callable[[], aiosqlite.Connection]) -> None:
        self._connection = connection

    async def do(self, steps: Sequence[Step]) -> list[Result]:
        """Do the steps in one round trip."""
        held: Any = self._connection()
        try:
            body = sqlite_child.packed(steps)
            results: list[Result] = await held._execute(sqlite_child.perform_packed, held._conn, body)  # noqa: SLF001 - the only way in
        except sqlite3.Error as error:
            raise translated(error) from error
        return results


class ProcessConnection:
    """The connection in a process of its own; `begin` starts it, `end` closes it in order."""

    def __init__(self) -> None:
        self.on_gone: Callable[[], None] = lambda: os._exit(EX_IOERR)
        self._process: subprocess.Popen[bytes] | None = None

    async def begin(self, path: str, pragmas: dict[str, str], locks: Sequence[int]) -> None:
        """Start the process with the files of our locks; the caller holds `charity.write`."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "charity.db.sqlite_child", str(theirs.fileno()), path]
        kept = (theirs.fileno(), *locks)
        self._process = subprocess.Popen(command, pass_fds=kept, cwd=ROOT, stdin=subprocess.DEVNULL)  # noqa: S603, ASYNC220 - our own program; exec takes a millisecond
        theirs.close()
        self._from, self._to = await asyncio.open_connection(sock=ours, limit=1 << 20)
        await self._ask(marshal.dumps(pragmas))

    async def do(self, steps: Sequence[Step]) -> list[Result]:
        """Do the steps in one round trip to the process."""
        results: list[Result] = await self._ask(sqlite_child.packed(steps))
        return results

    async def _ask(self, body: bytes) -> Any:
        try:
            self._to.write(HEAD.pack(len(body)) + body)
            (length,) = HEAD.unpack(await self._from.readexactly(HEAD.size))
            good, answer = marshal.loads(await self._from.readexactly(length))  # noqa: S302 - both ends are this program
        except (asyncio.IncompleteReadError, OSError):
            log.critical("sqlite.process_gone")
            self.on_gone()
            raise WriterGone from None
        if not good:
            raise translated(_error(*answer))
        return answer

    async def end(self) -> None:
        """Let it close its connection and end; the caller holds `charity.write`."""
        if self._process is None:
            return
        await self._ask(marshal.dumps(None))
        self._to.close()
        await asyncio.to_thread(self._process.wait, CLOSE_S)
        self._process = None
