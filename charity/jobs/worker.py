"""The worker: claims jobs, keeps their leases, runs the timetable.

`serve` runs one inside itself on SQLite; `charity work` runs one anywhere. Two may run at once: a job is
claimed by one conditional UPDATE, and every task of the timetable may run twice.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from charity.background import supervised
from charity.db import engine, queue, transactions
from charity.db.queue import Job
from charity.jobs.timetable import Timed
from charity.pacing import Paced

log = logging.getLogger("charity.jobs")
POLL_S = 0.5
RENEW_S = queue.LEASE_S / 3
AWAY_S = 2.0
LOG_S = 600.0
_resting = Paced(log, "jobs.resting", every_s=LOG_S)
_waiting = Paced(log, "jobs.waiting", every_s=LOG_S)
_failed: dict[str, Paced] = {}
"""The tasks of the timetable that failed the last time."""


@dataclass(frozen=True, slots=True)
class Handler:
    """`run` may be repeated (its worker may have died); `given_up` runs after the last attempt."""

    run: Callable[[Job], Awaitable[None]]
    given_up: Callable[[Job], Awaitable[None]]


HANDLERS: dict[str, Handler] = {}
TIMETABLE: list[Timed] = []


def use(handlers: Mapping[str, Handler], timetable: Iterable[Timed]) -> None:
    """Take what each kind of job does and what happens by the clock, from all rooms."""
    HANDLERS.clear()
    HANDLERS.update(handlers)
    TIMETABLE[:] = timetable


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Work beside the caller until the block ends; a job under way is given up and runs again later."""
    async with supervised("jobs", work), supervised("timetable", keep_time):
        yield


async def forever() -> None:
    """Work until cancelled: `charity work`."""
    async with running():
        await asyncio.Event().wait()


async def work() -> None:
    """Take one job after another; sleep when there is none, and while this process cannot write."""
    while True:
        if not _writes() or not await _once():
            await asyncio.sleep(POLL_S)


def _writes() -> bool:
    """Whether this process writes: where it has stopped nothing is begun, and one line says so."""
    if transactions.stopped() is None:
        _resting.over()
        return True
    _resting.happened(why=transactions.stopped())
    return False


async def _once() -> bool:
    """`run_once`; a database that is away is waited for, and one line says so."""
    try:
        done = await run_once()
    except Exception as error:
        if not engine.unavailable(error):
            raise
        _waiting.happened(error=type(error).__name__)
        await asyncio.sleep(AWAY_S)
        return False
    _waiting.over()
    return done


async def run_once() -> bool:
    """Do one job that is due; False when there is none. Tests call it in place of `running`."""
    if not await queue.due():
        return False
    job = await queue.claim()
    if job is None:
        return False
    await _do(job)
    return True


async def drain(jobs_max: int = 1000) -> int:
    """Do all that is due; how many jobs were done."""
    done = 0
    while done < jobs_max and await run_once():
        done += 1
    return done


async def _do(job: Job) -> None:
    """Run the handler under a lease that is renewed; the outcome goes into the row."""
    started = time.monotonic()
    renewal = asyncio.create_task(_renew(job), name=f"lease-{job.id}")
    handler = HANDLERS.get(job.kind)
    error = ""
    try:
        if handler is None:
            error = f"no handler for {job.kind}"
        elif job.attempts > queue.ATTEMPTS_MAX:
            error = "its workers died"
        else:
            await handler.run(job)
    except asyncio.CancelledError:
        await queue.finish(job, error="the worker stopped")  # queued again at once, not after the lease
        raise
    except Exception as fault:  # the job's own fault: kept in its row, tried again
        log.exception("job.failed", extra={"job": job.id, "kind": job.kind, "attempt": job.attempts})
        error = f"{type(fault).__name__}: {fault}"
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)
    if error and handler is not None and job.attempts >= queue.ATTEMPTS_MAX:
        await handler.given_up(job)
    await queue.finish(job, error=error)
    spent_ms = int((time.monotonic() - started) * 1000)
    log.info("job.ended", extra={"job": job.id, "kind": job.kind, "ok": not error, "ms": spent_ms})


async def _renew(job: Job) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        await queue.renew(job)


async def keep_time() -> None:
    """Run each task of the timetable when it is due, for the first time soon after the start."""
    due = {task.name: time.monotonic() + task.first_s for task in TIMETABLE}
    while True:
        if not _writes():
            await asyncio.sleep(POLL_S)
            continue
        now = time.monotonic()
        for task in TIMETABLE:
            if due[task.name] <= now:
                due[task.name] = now + task.every_s
                await _tick(task)
        await asyncio.sleep(max(0.1, min(due.values()) - time.monotonic()))


async def _tick(task: Timed) -> None:
    """One run of a task; its fault or slowness must not stop the others."""
    try:
        async with asyncio.timeout(task.limit_s):
            count = await task.run()
    except TimeoutError:
        log.warning("task.slow", extra={"task": task.name, "limit_s": task.limit_s})
    except Exception as error:  # noqa: BLE001 - named in the log, tried again at the next turn
        failed = _failed.setdefault(task.name, Paced(log, "task.failed", every_s=LOG_S, level=logging.ERROR))
        failed.happened(error, task=task.name)
    else:
        _failed.pop(task.name, None)
        if count:
            log.info("task.done", extra={"task": task.name, "count": count})
