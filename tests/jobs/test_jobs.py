"""The worker: jobs run, fail, are tried again and given up; tasks of the timetable run and may fail."""

import asyncio
import json
import logging
import sys
from typing import Any

import pytest
from cast import Cast

from charity import background, clock
from charity.db import engine, faults, queue, reading, transactions
from charity.db.queue import Job
from charity.errors import Unavailable
from charity.jobs import children, worker
from charity.jobs.timetable import Timed
from charity.jobs.worker import HANDLERS, Handler
from charity.office.sign_in import sessions


async def put(kind: str, body: dict[str, Any] | None = None) -> None:
    await transactions.run(lambda tx: queue.enqueue(tx, kind, body or {}))


@pytest.fixture(autouse=True)
def _fresh_lines() -> None:
    for paced in (worker._resting, worker._waiting):
        paced.over()
    worker._failed.clear()


async def due_again() -> None:
    sql = "UPDATE job SET run_at = $1, lease_until = CASE WHEN state = 'running' THEN $1 ELSE NULL END RETURNING id"
    await transactions.run(lambda tx: tx.rows(sql, clock.later(-1)))


class Recorder:
    """A handler that notes what it was asked and fails as often as it is told."""

    def __init__(self, faults: int = 0) -> None:
        self.faults = faults
        self.ran: list[int] = []
        self.attempts: list[int] = []

    async def run(self, job: Job) -> None:
        self.ran.append(job.attempts)
        if len(self.ran) <= self.faults:
            raise RuntimeError("not today")

    async def given_up(self, job: Job) -> None:
        self.attempts.append(job.attempts)

    def handler(self) -> Handler:
        return Handler(self.run, self.given_up)


async def test_a_job_runs_once_and_is_done(opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    assert not await worker.run_once()
    await put("t")
    assert await worker.drain() == 1
    assert recorder.ran == [1]
    assert recorder.attempts == []
    assert await reading.value("SELECT state FROM job") == "done"
    assert not await worker.run_once()


async def test_a_fault_is_tried_again_later_and_then_given_up_in_words(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(faults=99)
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    await put("t")
    for attempt in range(1, queue.ATTEMPTS_MAX + 1):
        assert await worker.run_once()
        assert recorder.ran[-1] == attempt
        assert not await worker.run_once(), "not at once"
        await due_again()
    assert not await worker.run_once()
    assert recorder.attempts == [queue.ATTEMPTS_MAX]
    row = await reading.row("SELECT state, error FROM job")
    assert row == {"state": "failed", "error": "RuntimeError: not today"}


async def test_one_fault_is_forgiven(opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(faults=1)
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    await put("t")
    assert await worker.run_once()
    await due_again()
    assert await worker.run_once()
    assert recorder.ran == [1, 2]
    assert await reading.value("SELECT state FROM job") == "done"


async def test_a_job_whose_workers_die_again_and_again_is_not_run_for_ever(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    await put("t")
    for _ in range(queue.ATTEMPTS_MAX):
        assert await queue.claim() is not None  # and the worker dies
        await due_again()
    assert await worker.run_once()
    assert recorder.ran == []
    assert recorder.attempts == [queue.ATTEMPTS_MAX + 1]
    assert await reading.value("SELECT state FROM job") == "failed"


async def test_a_kind_that_nobody_handles_fails_and_blocks_nothing(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    await put("unknown")
    await put("t")
    assert await worker.drain() == 2
    assert recorder.ran == [1]


async def test_two_workers_share_the_jobs_and_do_none_twice(opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    async def run(job: Job) -> None:
        await asyncio.sleep(0.005)
        done.append(job.body["n"])

    async def given_up(job: Job) -> None:
        raise AssertionError(job)

    monkeypatch.setitem(HANDLERS, "t", Handler(run, given_up))
    for n in range(12):
        await put("t", {"n": n})
    counts = await asyncio.gather(worker.drain(), worker.drain())
    assert sorted(done) == list(range(12))
    assert sum(counts) == 12


async def test_a_worker_that_is_stopped_gives_its_job_back_at_once(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()

    async def run(job: Job) -> None:
        began.set()
        await asyncio.Event().wait()

    monkeypatch.setitem(HANDLERS, "t", Handler(run, Recorder().given_up))
    monkeypatch.setattr(worker, "TIMETABLE", [Timed("idle", 3600.0, sessions.sweep, first_s=3600.0)])
    await put("t")
    async with worker.running():
        await asyncio.wait_for(began.wait(), 5)
    row = await reading.row("SELECT state, lease_until FROM job")
    assert row == {"state": "queued", "lease_until": None}


async def test_a_long_job_keeps_its_lease(opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEW_S", 0.02)
    seen: list[str] = []

    async def run(job: Job) -> None:
        for _ in range(2):
            seen.append(await reading.value("SELECT lease_until FROM job WHERE id = $1", job.id))
            await asyncio.sleep(0.2)

    monkeypatch.setitem(HANDLERS, "t", Handler(run, Recorder().given_up))
    await put("t")
    assert await worker.run_once()
    assert seen[1] > seen[0]


async def test_tasks_run_by_the_clock_and_a_fault_of_one_stops_no_other(
    opened: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []
    caplog.set_level("INFO", "charity.jobs")

    async def bad() -> int:
        ran.append("bad")
        raise RuntimeError("never works")

    async def slow() -> int:
        ran.append("slow")
        await asyncio.sleep(60)
        return 0

    async def good() -> int:
        ran.append("good")
        return 1

    tasks = (Timed("bad", 0.01, bad, 0.0), Timed("slow", 60.0, slow, 0.0, limit_s=0.01), Timed("good", 0.01, good, 0.0))
    monkeypatch.setattr(worker, "TIMETABLE", tasks)
    async with worker.running():
        for _ in range(200):
            await asyncio.sleep(0.01)
            if ran.count("good") > 1:
                break
    assert ran.count("good") > 1
    assert ran.count("bad") > 1
    assert ran.count("slow") == 1
    assert {"task.failed", "task.slow", "task.done"} <= {record.message for record in caplog.records}


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings of a log, which may also say that the job ended before its worker did."""
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


async def test_while_writing_has_stopped_nothing_is_begun_and_one_line_says_so(
    opened: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    ticked: list[int] = []

    async def tick() -> int:
        ticked.append(1)
        return 0

    monkeypatch.setattr(worker, "TIMETABLE", [Timed("tick", 0.01, tick, first_s=0.0)])
    await put("t")
    engine.state().stopped = "SQLITE_FULL"
    async with worker.running():
        await asyncio.sleep(0.3)
        assert (recorder.ran, ticked) == ([], [])
        assert all(not task.failures for task in background.tasks())
        engine.state().stopped = None
        async with asyncio.timeout(5):
            while not (recorder.ran and ticked):  # noqa: ASYNC110 - the worker has no event for it
                await asyncio.sleep(0.01)
    assert warned(caplog) == ["jobs.resting"]


async def test_a_database_that_is_away_is_waited_for_and_one_line_says_so(
    opened: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    monkeypatch.setitem(HANDLERS, "t", recorder.handler())
    monkeypatch.setattr(worker, "AWAY_S", 0.01)
    monkeypatch.setattr(worker, "TIMETABLE", [Timed("idle", 3600.0, sessions.sweep, first_s=3600.0)])
    real, away = queue.due, [ConnectionRefusedError(), Unavailable(faults.UNAVAILABLE)] * 3

    async def due() -> bool:
        if away:
            raise away.pop()
        return await real()

    monkeypatch.setattr(queue, "due", due)
    await put("t")
    async with worker.running():
        async with asyncio.timeout(5):
            while not recorder.ran:  # noqa: ASYNC110 - the worker has no event for it
                await asyncio.sleep(0.01)
        assert all(not task.failures for task in background.tasks())
    assert warned(caplog) == ["jobs.waiting"]


async def test_every_task_of_the_timetable_can_run_on_an_empty_house_and_answers_how_much_it_did(house: Cast) -> None:
    assert worker.TIMETABLE
    for task in worker.TIMETABLE:
        answer: object = await task.run()
        assert type(answer) is int, (
            f"{task.name}: its function answered {answer!r}: let it return how many things it did, 0 for nothing "
            "(`timetable` of a room.py or jobs.py names it); the log says that number"
        )
        assert answer == 0, f"{task.name}: did {answer} things where there was nothing to do"


CHILD = """
import json, os, subprocess, sys, time
print(json.dumps({"pid": os.getpid(), "grandchild": subprocess.Popen(["sleep", "60"]).pid}), flush=True)
if sys.argv[1] == "sleep":
    time.sleep(60)
if sys.argv[1] == "fail":
    sys.exit("last words")
"""


async def child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, way: str, *, seconds: float = 20, wanted: bool = True
) -> list[dict[str, Any]]:
    """Run CHILD as `python -m <a module of ours>` would be, by a module on its path."""
    (tmp_path / "made_up_child.py").write_text(CHILD, encoding="utf-8")
    monkeypatch.setattr(children, "ROOT", tmp_path)
    monkeypatch.setattr(children, "LOOK_S", 0.3)
    lines: list[dict[str, Any]] = []

    async def on_line(line: dict[str, Any]) -> None:
        lines.append(line)

    async def still() -> bool:
        return wanted or not lines

    try:
        await children.run("made_up_child", way, seconds=seconds, on_line=on_line, wanted=still)
    finally:
        assert lines, "the child spoke"
        await asyncio.sleep(0.05)
        assert not _alive(lines[0]["grandchild"])
        assert not _alive(lines[0]["pid"])
    return lines


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - a line of /proc
            return stat.read().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_child_that_fails_is_told_with_its_last_words(opened: str, monkeypatch: Any, tmp_path: Any) -> None:
    with pytest.raises(children.ChildFailed, match="last words"):
        await child(monkeypatch, tmp_path, "fail")


async def test_a_child_over_its_time_dies_with_all_it_started(opened: str, monkeypatch: Any, tmp_path: Any) -> None:
    with pytest.raises(children.ChildTooSlow):
        await child(monkeypatch, tmp_path, "sleep", seconds=1.5)


async def test_a_child_that_is_not_wanted_any_more_dies_with_all_it_started(
    opened: str, monkeypatch: Any, tmp_path: Any
) -> None:
    with pytest.raises(children.ChildCancelled):
        await child(monkeypatch, tmp_path, "sleep", wanted=False)


async def test_a_child_that_ends_well_leaves_nothing_running(opened: str, monkeypatch: Any, tmp_path: Any) -> None:
    lines = await child(monkeypatch, tmp_path, "end")
    assert len(lines) == 1
    assert json.dumps(lines[0])
    assert sys.executable
