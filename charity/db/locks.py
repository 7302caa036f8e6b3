"""Kernel locks on files: gone after kill -9, held by the open file and not by a thread.

SQLite before 3.51.3 can corrupt a WAL file when two connections write or checkpoint at once, so
every write transaction and checkpoint of every process holds `charity.write` exclusively.
`charity.open` is shared by whoever has the database open and exclusive for `restore` and
`demo --reset`. `charity.serve` admits one server. They lie beside the database file and are named after it
(Settings.lock_path), so that two programs with different data folders meet at them.
"""

import asyncio
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

POLL_S = 0.002
WAIT_S = 30.0


class LockBusy(Exception):
    """Somebody else holds the file lock; the words name the file."""


class FileLock:
    """One flock on one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def take(self, *, shared: bool = False) -> bool:
        """Try to take it now; whether it is held."""
        if self._fd is not None:
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def fileno(self) -> int:
        """The open file, for a child that shall hold the lock with us."""
        assert self._fd is not None, "not held"
        return self._fd

    async def wait(self, *, seconds: float = WAIT_S, shared: bool = False) -> None:
        """Take it, polling; LockBusy after `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.take(shared=shared):
            if asyncio.get_running_loop().time() > deadline:
                raise LockBusy(str(self.path))
            await asyncio.sleep(POLL_S)

    def release(self) -> None:
        """Give it back."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    async def __aenter__(self) -> Self:
        await self.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class WriteLock:
    """`charity.write` for many short holds: the file stays open, only the lock comes and goes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._tasks = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._tasks.acquire()
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    self._tasks.release()
                    raise LockBusy(str(self.path)) from None
                try:
                    await asyncio.sleep(POLL_S)
                except asyncio.CancelledError:
                    self._tasks.release()
                    raise
            else:
                return

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        self._tasks.release()

    def fileno(self) -> int:
        """The open file, for a child: what we hold when we die stays held until it has ended too."""
        return self._fd

    def close(self) -> None:
        """Forget the file."""
        os.close(self._fd)
