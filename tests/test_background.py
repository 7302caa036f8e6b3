"""Supervised tasks: one that ends is said and started again; one that cannot be is failing."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import pytest

from charity import background
from charity.background import EndedForGood, Turns, supervised


class Mortal:
    """A task that dies as often as it is told, in the way it is told, and then lives."""

    def __init__(self, deaths: int, way: Callable[[], None]) -> None:
        self.deaths = deaths
        self.way = way
        self.began = 0
        self.alive = asyncio.Event()
        self.cancelled = False

    async def run(self) -> None:
        self.began += 1
        if self.began <= self.deaths:
            return self.way()
        self.alive.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def fall() -> None:
    raise OSError(5, "Input/output error")


def leave() -> None:
    """Simply return."""


def be_cancelled() -> None:
    raise asyncio.CancelledError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "RESTART_S", 0.0)


@pytest.mark.parametrize("way", [fall, leave, be_cancelled])
async def test_a_task_that_ends_is_logged_and_started_again(
    way: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    mortal = Mortal(2, way)
    async with supervised("checkpoints", mortal.run) as watched:
        await mortal.alive.wait()
        assert (mortal.began, watched.failures, watched.running, watched.failing) == (3, 2, True, False)
        assert background.tasks() == [watched]
    records = [r for r in caplog.records if r.message == "background.ended"]
    assert [(vars(r)["task"], vars(r)["times"]) for r in records] == [("checkpoints", "1")], "the second is the same"
    assert all(r.levelno == logging.ERROR for r in records)
    assert mortal.cancelled
    assert background.tasks() == []


async def test_a_task_that_dies_again_and_again_is_failing_until_it_was_steady(monkeypatch: pytest.MonkeyPatch) -> None:
    mortal = Mortal(background.FAILURES_MAX, fall)
    async with supervised("jobs", mortal.run) as watched:
        await mortal.alive.wait()
        assert watched.failing
        assert watched.error == "OSError"
        monkeypatch.setattr(background, "STEADY_S", 0.0)
        assert not watched.failing


async def test_a_task_that_ended_for_good_is_not_started_again() -> None:
    finished = asyncio.Event()

    def finish() -> None:
        finished.set()
        raise EndedForGood("the disk failed")

    mortal = Mortal(9, finish)
    async with supervised("writer", mortal.run) as watched:
        await finished.wait()
        await asyncio.sleep(0)
        assert (mortal.began, watched.failing, watched.error) == (1, True, "the disk failed")


async def test_each_start_waits_longer_than_the_last_and_never_longer_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    mortal = Mortal(9, fall)
    monkeypatch.setattr(background, "RESTART_S", 1.0)
    monkeypatch.setattr(background.asyncio, "sleep", noted)
    async with supervised("jobs", mortal.run):
        await mortal.alive.wait()
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_task_that_was_steady_begins_to_count_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "STEADY_S", 0.0)
    mortal = Mortal(20, fall)
    began = time.monotonic()
    async with supervised("jobs", mortal.run) as watched:
        await mortal.alive.wait()
        assert watched.failures == 1
        assert watched.began >= began


@pytest.mark.parametrize(
    ("failures", "running", "ran_s", "over", "failing"),
    [
        (0, True, 0.0, False, False),
        (2, False, 0.0, False, False),
        (3, False, 0.0, False, True),
        (3, True, 59.9, False, True),
        (3, True, 60.0, False, False),
        (3, False, 60.0, False, True),
        (0, False, 60.0, True, True),
        (9, True, 60.0, True, True),
    ],
)
def test_a_task_is_failing_after_three_ends_in_a_row_until_it_ran_for_a_minute(
    failures: int,
    running: bool,  # noqa: FBT001 - a parameter of the test
    ran_s: float,
    over: bool,  # noqa: FBT001
    failing: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background.time, "monotonic", lambda: 1_000.0 + ran_s)
    task = background.Task("jobs", failures=failures, began=1_000.0, running=running, over=over)
    assert task.failing is failing


async def test_the_ends_of_a_task_are_counted_in_a_row_and_said_when_they_change(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each run: how long it ran, how it ended; how many ends in a row that makes, and whether it is a new line."""
    now = [0.0]
    monkeypatch.setattr(background.time, "monotonic", lambda: now[0])
    task = background.Task("jobs")
    assert (task.failures, task.error, task.running, task.over) == (0, "", False, False)

    def ran(seconds: float, way: Callable[[], None]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            assert task.running
            now[0] += seconds
            way()

        return run

    for seconds, way, failures, why, lines in (
        (1, fall, 1, "OSError", 1),
        (1, fall, 2, "OSError", 1),
        (59.9, leave, 3, "returned", 2),
        (1, leave, 4, "returned", 2),
        (60, leave, 1, "returned", 3),
        (1, leave, 2, "returned", 3),
        (1, be_cancelled, 3, "CancelledError", 4),
    ):
        assert await background._once(task, ran(seconds, way))
        records = [r for r in caplog.records if r.message == "background.ended"]
        assert (task.failures, task.error, task.running, len(records)) == (failures, why, False, lines), (seconds, way)
    assert [(vars(r)["ended"], vars(r)["times"]) for r in records] == [
        ("OSError", "1"),
        ("returned", "3"),
        ("returned", "1"),
        ("CancelledError", "3"),
    ]

    def end() -> None:
        raise EndedForGood("the disk failed")

    assert not await background._once(task, ran(1, end))
    assert (task.over, task.error, task.running) == (True, "the disk failed", False)


def test_turns_are_taken_one_after_the_other_in_every_loop() -> None:
    turns, most = Turns(1), []

    async def crowd() -> None:
        inside = 0

        async def one() -> None:
            nonlocal inside
            async with turns():
                inside += 1
                most.append(inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(one() for _ in range(3)))

    for _ in range(2):  # a plain semaphore belongs to the first loop in which somebody waited
        asyncio.run(crowd())
    assert most == [1] * 6
