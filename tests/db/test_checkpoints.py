"""SQLite's WAL stays small while writing goes on, survives a failing disk, and is gone after a clean stop."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from conftest import environment
from tortoise.exceptions import OperationalError

from charity.app import MODELS
from charity.background import supervised
from charity.db import checkpoints, engine, queue, reading, transactions
from charity.db.checkpoints import Checkpoints
from charity.db.locks import FileLock
from charity.db.sqlite_child import Result, Step
from charity.db.sqlite_engine import WRITER_PRAGMAS

SMALL = 400_000
PAGE = 4096
BODY = "x" * 50_000


@pytest.fixture
def template(sqlite_template: Path, tmp_path: Path) -> Path:
    """A migrated database in a folder of its own, in the environment."""
    path = tmp_path / "charity.db"
    shutil.copy(sqlite_template, path)
    environment(f"sqlite://{path}", tmp_path)
    return path


@pytest_asyncio.fixture(params=["thread", "process"])
async def opened(
    request: pytest.FixtureRequest, template: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Checkpoints]:
    """The checkpoints of an open database with low limits."""
    monkeypatch.setattr(checkpoints, "WAL_MAX", SMALL)
    monkeypatch.setattr(checkpoints, "AGAIN", SMALL // 2)
    async with engine.opened(MODELS, serving=request.param == "process") as state:
        assert state.checkpoints is not None
        yield state.checkpoints


async def write(times: int = 1) -> None:
    for _ in range(times):
        await transactions.run(lambda tx: queue.enqueue(tx, "t", {"body": BODY}))


async def count() -> int:
    return int(await reading.value("SELECT COUNT(*) FROM job"))


async def test_the_wal_is_cut_whenever_it_has_outgrown_its_limit(opened: Checkpoints) -> None:
    sizes = []
    for _ in range(40):
        await write()
        sizes.append(opened.size())
    assert max(sizes) < SMALL
    assert sizes.count(0) >= 3, "it was cut again and again"
    assert await count() == 40


@pytest.mark.parametrize("serving", [False, True])
async def test_sqlite_writes_the_wal_over_again_and_nothing_is_cut_while_no_reader_stands_in_the_way(
    template: Path, monkeypatch: pytest.MonkeyPatch, *, serving: bool
) -> None:
    """A file of one length is synced sooner than one that is cut and grows again (docs/stack.md)."""
    monkeypatch.setitem(WRITER_PRAGMAS, "wal_autocheckpoint", str(SMALL // 2 // PAGE))
    monkeypatch.setattr(checkpoints, "WAL_MAX", SMALL)
    async with engine.opened(MODELS, serving=serving) as state:
        assert state.checkpoints is not None
        sizes = []
        for _ in range(40):
            await write()
            sizes.append(state.checkpoints.size())
        assert sizes == sorted(sizes), "it was cut"
        assert SMALL // 2 < sizes[-1] < SMALL
        assert await count() == 40


def test_sqlites_own_checkpoint_comes_before_ours() -> None:
    assert 0 < int(WRITER_PRAGMAS["wal_autocheckpoint"]) * PAGE < checkpoints.WAL_MAX


async def test_a_reader_in_the_way_costs_no_write_and_the_wal_is_cut_when_it_is_gone(opened: Checkpoints) -> None:
    async with reading.snapshot():
        assert await count() == 0
        await write(12)
        assert opened.size() > SMALL
        # Not at every commit: each try waits for the reader.
        assert not opened.due() or opened.size() - opened._limit < SMALL
        assert await count() == 0
    assert await count() == 12
    await write(10)
    assert opened.size() < SMALL


async def test_a_checkpoint_that_fails_costs_no_write_and_is_tried_again(
    opened: Checkpoints, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What O1 met: one disk error, and no checkpoint ever after."""
    connection = engine.state().connection
    real, broken = connection.do, [True]

    async def do(steps: Sequence[Step]) -> list[Result]:
        if broken[0] and any("wal_checkpoint" in sql for _, sql, _ in steps):
            raise OperationalError(sqlite3.OperationalError("disk I/O error"))
        return await real(steps)

    monkeypatch.setattr(connection, "do", do)
    await write(12)
    assert await count() == 12
    assert "disk I/O error" in opened.error
    assert opened.size() > SMALL
    assert 1 <= sum(r.message == "checkpoint.failed" for r in caplog.records) < 12
    broken[0] = False
    await write(6)
    assert opened.error == ""
    assert opened.size() < SMALL


async def test_the_patience_of_the_writing_connection_is_given_back(opened: Checkpoints) -> None:
    await write(12)
    (_, rows), *_ = await engine.state().connection.do([("rows", "PRAGMA busy_timeout", ())])
    assert rows == [(10_000,)]


async def test_what_is_little_is_moved_when_it_is_old(opened: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    await write()
    assert 0 < opened.size() < SMALL
    monkeypatch.setattr(checkpoints, "LOOK_S", 0.0)
    async with supervised("checkpoints", partial(opened.keep, engine.state())):
        for _ in range(5):
            await asyncio.sleep(0.01)
        assert opened.size() > 0, "young as it is"
        engine.state().stopped = "SQLITE_IOERR"
        monkeypatch.setattr(checkpoints, "AGE_S", 0.0)
        for _ in range(5):
            await asyncio.sleep(0.01)
        assert opened.size() > 0, "the disk is not to be trusted"
        engine.state().stopped = None
        async with asyncio.timeout(10):
            while opened.size():  # noqa: ASYNC110 - the file has no event
                await asyncio.sleep(0.01)
    assert opened.age_s() < 10


async def test_the_age_is_that_of_what_waits_in_the_wal(opened: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    await write(12)
    opened._whole_at -= 100
    assert opened.size() > 0
    assert opened.age_s() >= 100
    state = engine.state()
    assert state.write_lock is not None
    async with state.write_lock:
        assert await opened.run(state.connection)
    assert opened.age_s() < 50


@pytest.mark.parametrize("serving", [False, True])
async def test_a_clean_stop_leaves_the_database_file_alone(template: Path, *, serving: bool) -> None:
    for turn in range(1, 9):
        async with engine.opened(MODELS, serving=serving):
            await write()
            await asyncio.gather(*(count() for _ in range(6)))
        assert [p.name for p in sorted(template.parent.glob("charity.db*"))] == ["charity.db"], turn
    alone: Any = sqlite3.connect(f"file:{template}?immutable=1", uri=True)
    try:
        assert alone.execute("SELECT COUNT(*) FROM job").fetchone() == (8,)
    finally:
        alone.close()


async def test_a_stop_beside_another_process_leaves_the_rest_to_it(template: Path) -> None:
    """What was committed is in the file itself even so."""
    other = sqlite3.connect(template)
    try:
        other.execute("SELECT COUNT(*) FROM job").fetchone()
        async with engine.opened(MODELS):
            await write()
        assert other.execute("SELECT COUNT(*) FROM job").fetchone() == (1,)
        wal = template.with_name("charity.db-wal")
        assert not wal.exists() or wal.stat().st_size == 0
    finally:
        other.close()


async def test_a_checkpoint_under_way_ends_in_order_when_its_task_is_cancelled(
    opened: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, asked, held = engine.state(), asyncio.Event(), list[bool]()
    assert state.write_lock is not None
    do, lock = state.connection.do, FileLock(state.write_lock.path)

    async def watched(steps: Sequence[Step]) -> list[Result]:
        asked.set()
        results = await do(steps)
        held.append(not lock.take())
        lock.release()
        return results

    await write()
    monkeypatch.setattr(checkpoints, "LOOK_S", 0)
    monkeypatch.setattr(checkpoints, "AGE_S", -1)
    monkeypatch.setattr(state.connection, "do", watched)
    async with supervised("checkpoints", partial(opened.keep, state)):
        await asked.wait()
    await write()
    assert all(held), "what the connection does, it does under the lock"
    assert await count() == 2
    async with state.write_lock:
        assert await opened.run(state.connection)
    assert opened.error == ""
