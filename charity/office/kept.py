"""What a process knew a few seconds ago: for paths that may cost no statement more."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from charity.db import engine

T = TypeVar("T")
KEPT_S: Final = 5.0


class Kept(Generic[T]):
    """What `read` answered at most KEPT_S ago, of the database that is open; read anew after `forget`."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._kept: tuple[object, float, T] | None = None

    async def get(self) -> T:
        """What was kept, or what is read now."""
        now = time.monotonic()
        if self._kept is None or self._kept[0] is not engine.state() or self._kept[1] < now:
            self._kept = (engine.state(), now + KEPT_S, await self._read())
        return self._kept[2]

    def forget(self) -> None:
        """Read anew at the next call: this process changed something."""
        self._kept = None
