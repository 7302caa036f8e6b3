"""Supervised tasks: what runs beside the requests, and what happens when one of them ends.

A background task (the writer, checkpoints, the job worker, the head file …) runs until its block ends. One that
returns or raises is logged and started again, after RESTART_S, then twice as long each time, at most
RESTART_MAX_S. After FAILURES_MAX ends in a row it is `failing` until it has run for STEADY_S; `/readyz` asks.
Its end is said when it begins, then once in LOG_S for as long as it ends by the same error.
A task that must not be started again raises `EndedForGood` with the reason in words: failing, until the process ends.
`Turns` lets so many in at once, where a process must not do more beside each other.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from charity.pacing import Paced

log = logging.getLogger("charity.background")
RESTART_S = 1.0
RESTART_MAX_S = 60.0
STEADY_S = 60.0
FAILURES_MAX = 3
LOG_S = 600.0


class EndedForGood(Exception):
    """Raised by a task that only a fresh process can run again; the words say why."""


@dataclass(slots=True)
class Task:
    """One supervised task: how often it ended in a row, why the last time, and whether it is running."""

    name: str
    failures: int = 0
    error: str = ""
    began: float = 0.0
    running: bool = False
    over: bool = False
    ended: Paced = field(default_factory=lambda: Paced(log, "background.ended", every_s=LOG_S, level=logging.ERROR))

    @property
    def failing(self) -> bool:
        """Whether it cannot be kept running."""
        steady = self.running and time.monotonic() - self.began >= STEADY_S
        return self.over or (self.failures >= FAILURES_MAX and not steady)


_tasks: list[Task] = []


def tasks() -> list[Task]:
    """All supervised tasks of this process."""
    return list(_tasks)


@asynccontextmanager
async def supervised(name: str, run: Callable[[], Awaitable[object]]) -> AsyncIterator[Task]:
    """Keep `run` running beside the block, and cancel it when the block ends."""
    watched = Task(name)
    _tasks.append(watched)
    task = asyncio.create_task(_keep(watched, run), name=name)
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        _tasks.remove(watched)


async def _keep(watched: Task, run: Callable[[], Awaitable[object]]) -> None:
    while True:
        if not await _once(watched, run):
            return
        await asyncio.sleep(min(RESTART_MAX_S, RESTART_S * 2 ** (watched.failures - 1)))


async def _once(watched: Task, run: Callable[[], Awaitable[object]]) -> bool:
    """Run it until it ends; whether it may be started again."""
    watched.began, watched.running = time.monotonic(), True
    facts = {"task": watched.name}
    ours = asyncio.current_task()
    assert ours is not None
    try:
        await run()
        error: BaseException | None = None
    except EndedForGood as end:
        watched.over, watched.error = True, str(end)
        log.critical("background.over", extra=facts | {"why": watched.error})
        return False
    except asyncio.CancelledError as cancelled:
        if ours.cancelling():  # our block ends
            raise
        error = cancelled  # something it waited for was cancelled, not we
    except Exception as fault:  # noqa: BLE001 - whatever ended it: it is said and started again
        error = fault
    finally:
        watched.running = False
    if time.monotonic() - watched.began >= STEADY_S:
        watched.failures = 0
    why = type(error).__name__ if error else "returned"
    if watched.failures == 0 or why != watched.error:
        watched.ended.over()
    watched.failures += 1
    watched.error = why
    watched.ended.happened(error, **facts, ended=why, times=str(watched.failures))
    return True


class Turns:
    """So many at once in a process, the next waits: `async with turns():`.

    A semaphore belongs to the event loop in which somebody first waited for it; each loop has its own here.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._of: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    def __call__(self) -> asyncio.Semaphore:
        """The turns of the loop that runs."""
        return self._of.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._at_once))
