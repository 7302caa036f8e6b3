"""SQLite's writing connection in a process of its own, and the writer that decides while it commits."""

import asyncio
import enum
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from conftest import environment
from tortoise.exceptions import IntegrityError, OperationalError

from charity import clock
from charity.app import MODELS
from charity.db import engine, locks, reading, transactions
from charity.db.locks import FileLock, WriteLock
from charity.db.sqlite_process import OwnConnection, ProcessConnection, WriterGone
from charity.db.transactions import Tx
from charity.giving.models import RECEIPT_LINE, ReceiptLineRow
from charity.ledger import accounts as acc
from charity.ledger import verify, writer
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants

TOGETHER = 32

ROOT = Path(__file__).parents[2]
WAYS: dict[str, dict[str, bool]] = {"thread": {}, "process": {"serving": True}, "loading": {"loading": True}}


@pytest_asyncio.fixture(params=["thread", "process", "loading"])
async def place(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[str]:
    """An open database with a fund, its writing connection in a thread, in a process, or, while loading, in neither."""
    path = tmp_path / "charity.db"
    shutil.copy(sqlite_template, path)
    environment(f"sqlite://{path}", tmp_path)
    async with engine.opened(MODELS, **WAYS[request.param]), writer.running():
        await transactions.run(
            lambda tx: tx.insert(
                "fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}]
            )
        )
        yield request.param


def child() -> int:
    connection = engine.state().connection
    assert isinstance(connection, ProcessConnection)
    assert connection._process is not None
    return connection._process.pid


async def test_only_a_server_has_the_process_and_a_load_has_no_thread(place: str) -> None:
    assert isinstance(engine.state().connection, ProcessConnection if place == "process" else OwnConnection)
    assert await reading.value("SELECT COUNT(*) FROM fund") == 1
    waiting = [one for one in threading.enumerate() if "_connection_worker_thread" in one.name]
    assert bool(waiting) == (place != "loading"), waiting


async def test_what_is_written_is_seen_by_the_next_query_of_the_transaction_and_by_readers_after_it(place: str) -> None:
    async def work(tx: Tx) -> list[dict[str, Any]]:
        await tx.insert("programme", [{"code": "P1", "name": "助学", "created_at": "x"}])
        assert await reading.rows("SELECT code FROM programme") == []
        return await tx.rows("SELECT code, name FROM programme WHERE code = $1", "P1")

    assert await transactions.run(work) == [{"code": "P1", "name": "助学"}]
    assert await reading.value("SELECT COUNT(*) FROM programme") == 1


@pytest.mark.parametrize(
    ("sql", "kind"),
    [("INSERT INTO fund SELECT * FROM fund", IntegrityError), ("SELECT nothing FROM nowhere", OperationalError)],
)
async def test_an_error_is_raised_as_itself_and_gives_everything_back(
    place: str, sql: str, kind: type[Exception]
) -> None:
    async def work(tx: Tx) -> None:
        await tx.insert("programme", [{"code": "P1", "name": "助学", "created_at": "x"}])
        await tx.rows(sql)

    with pytest.raises(kind):
        await transactions.run(work)
    assert await reading.value("SELECT COUNT(*) FROM programme") == 0


async def test_a_commit_that_the_database_refuses_leaves_no_transaction_open(place: str) -> None:
    line = {"number": "nobody", "donation": "nothing"}
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await transactions.run(lambda tx: tx.insert("receipt_line", [line]))
    row = {"code": "P1", "name": "助学", "created_at": "x"}
    await transactions.run(lambda tx: tx.insert("programme", [row]))
    assert await reading.value("SELECT COUNT(*) FROM receipt_line") == 0
    assert await reading.value("SELECT COUNT(*) FROM programme") == 1


class Word(enum.StrEnum):
    CODE = "P1"


class Named(str, enum.Enum):  # noqa: UP042 - a library may have one
    """Not a StrEnum: its `str()` is its name."""

    CODE = "P2"


async def test_a_text_of_a_class_of_its_own_is_written_and_asked_as_its_text(place: str) -> None:
    async def work(tx: Tx) -> list[dict[str, Any]]:
        rows = [{"code": code, "name": "助学", "created_at": "x"} for code in (Word.CODE, Named.CODE)]
        await tx.insert("programme", rows)
        return await tx.rows("SELECT code FROM programme WHERE code IN ($1, $2) ORDER BY code", Word.CODE, Named.CODE)

    assert await transactions.run(work) == [{"code": "P1"}, {"code": "P2"}]


async def test_a_value_that_sqlite_has_no_type_for_is_refused_and_nothing_is_written(place: str) -> None:
    row = {"code": "P1", "name": "助学", "created_at": "x"}

    async def work(tx: Tx) -> None:
        await tx.insert("programme", [row])
        await tx.rows("SELECT $1", date(2026, 11, 26))

    with pytest.raises(TypeError, match="date is no value"):
        await transactions.run(work)
    assert await reading.value("SELECT COUNT(*) FROM programme") == 0
    await transactions.run(lambda tx: tx.insert("programme", [row]))
    assert await reading.value("SELECT COUNT(*) FROM programme") == 1


async def test_a_relative_path_is_where_the_server_was_started(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, tmp_path / "charity.db")
    monkeypatch.chdir(tmp_path)
    environment("sqlite://charity.db", Path("data"))
    async with engine.opened(MODELS, serving=True):
        row = {"code": "P1", "name": "助学", "created_at": "x"}
        await transactions.run(lambda tx: tx.insert("programme", [row]))
        assert await reading.value("SELECT COUNT(*) FROM programme") == 1


# -- the writer --------------------------------------------------------------------------------------


def given(n: int, *, broken: bool = False) -> Command:
    def decide(state: State) -> Answer:
        lines = [(acc.money("1002", "F-GEN", "B"), acc.CNY, 5), (acc.money("4101", "F-GEN"), acc.CNY, -5)]
        entry = state.post(
            "gift.cash", lines, effective_on="2026-11-20", actor="x", flows=Flows(receive=[("F-GEN", 5)])
        )
        state.number("receipt", 2026)
        if broken:  # a deferred foreign key: the database says no at COMMIT and not before
            state.add(RECEIPT_LINE, ReceiptLineRow(number="nobody", donation="nothing"))
        return Answer(201, {"n": n, "seq": entry.seq})

    wants = Wants(funds=["F-GEN"], series=[("receipt", 2026)])
    return Command(decide, wants, idem=Idem("test", f"k{n}", "f"))


async def at_once(commands: list[Command]) -> list[Any]:
    return await asyncio.gather(*(writer.submit(c) for c in commands), return_exceptions=True)


async def books_are(count: int) -> None:
    assert await reading.value("SELECT seq FROM head") == count
    assert await reading.value("SELECT COUNT(*) FROM idem") == count
    assert await reading.value("SELECT next FROM series WHERE name = 'receipt'") == count + 1
    assert await reading.value("SELECT inflow FROM stream WHERE fund = 'F-GEN'") == 5 * count
    assert await verify.run() == []


async def test_commands_that_wait_together_are_written_in_one_batch(place: str) -> None:
    answers = await at_once([given(n) for n in range(TOGETHER)])
    assert [a.body["seq"] for a in answers] == list(range(1, TOGETHER + 1))
    await books_are(TOGETHER)


@pytest.mark.parametrize("where", [0, TOGETHER // 2, TOGETHER - 1])
async def test_one_command_that_cannot_be_written_costs_no_other_one(place: str, where: int) -> None:
    answers = await at_once([given(n, broken=n == where) for n in range(TOGETHER)])
    assert isinstance(answers[where], IntegrityError)
    good = [a for a in answers if not isinstance(a, BaseException)]
    assert len(good) == TOGETHER - 1
    assert not any(a.replayed for a in good)
    assert sorted(a.body["seq"] for a in good) == list(range(1, TOGETHER))
    await books_are(TOGETHER - 1)


async def test_a_lock_that_stays_busy_is_waited_for_once_a_batch(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.1)
    other = FileLock(tmp_path / "charity.write")
    assert other.take()
    answers = await at_once([given(n) for n in range(TOGETHER)])
    other.release()
    assert all(isinstance(answer, locks.LockBusy) for answer in answers)
    assert "batch.one_by_one" not in caplog.messages
    await at_once([given(n) for n in range(TOGETHER)])
    await books_are(TOGETHER)


async def test_the_same_key_twice_in_a_batch_is_one_entry(place: str) -> None:
    ours = writer._writer
    assert ours is not None
    # Two writers of one process would not share what waits: put the second behind the first by hand.
    waiting = [
        writer.Waiting(c, [asyncio.get_running_loop().create_future()])
        for c in [given(0), *(given(n) for n in range(1, TOGETHER - 1)), given(0)]
    ]
    for one in waiting:
        one.command.at = clock.stamp()  # as `submit` does
    await ours._settle(waiting)
    ours._resolve()
    answers = [w.callers[0].result() for w in waiting]
    assert answers[-1].replayed
    assert answers[-1].body == answers[0].body
    await books_are(TOGETHER - 1)


async def test_the_head_is_told_after_each_commit_that_posted(place: str) -> None:
    heads: list[tuple[int, str, str]] = []
    ours = writer._writer
    assert ours is not None
    ours.on_committed = lambda *head: heads.append(head)
    await at_once([given(0), given(1)])
    again = await writer.submit(given(1))
    assert again.replayed
    await at_once([given(2, broken=True)])
    row = await reading.row("SELECT seq, leaf, at FROM head")
    assert row is not None
    assert heads == [(row["seq"], row["leaf"], row["at"])]
    assert row["seq"] == 2


async def test_a_caller_that_went_away_neither_stops_the_others_nor_his_own_entry(place: str) -> None:
    tasks = [asyncio.create_task(writer.submit(given(n))) for n in range(TOGETHER)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[3], asyncio.CancelledError)
    assert sum(isinstance(a, Answer) for a in answers) == TOGETHER - 1
    again = await writer.submit(given(3))
    assert again.replayed
    await books_are(TOGETHER)


# -- when one of the two is gone ---------------------------------------------------------------------


@pytest.mark.parametrize("place", ["process"], indirect=True)
async def test_nothing_more_is_acknowledged_when_the_process_is_gone(place: str) -> None:
    ended: list[bool] = []
    held = engine.state().connection
    assert isinstance(held, ProcessConnection)
    held.on_gone = lambda: ended.append(True)
    await writer.submit(given(1))
    os.kill(child(), signal.SIGKILL)
    with pytest.raises(WriterGone):
        await writer.submit(given(2))
    assert ended
    assert held._process is not None
    assert held._process.wait(10) == -signal.SIGKILL
    held._to.close()
    held._process = None  # nothing is left to close in order


@pytest.mark.parametrize("place", ["process"], indirect=True)
async def test_signals_to_the_whole_group_do_not_tear_what_is_being_written(place: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(child(), number)
    await writer.submit(given(1))
    await books_are(1)


PARENT = """
import asyncio, os, signal
from charity.db import engine, transactions
async def work(tx):
    await tx.insert("programme", [{"code": "P1", "name": "x", "created_at": "x"}])
    await tx.rows("SELECT 1")
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000000) SELECT max(i) FROM n"
    asyncio.get_running_loop().call_later(0.3, os.kill, os.getpid(), signal.SIGKILL)
    print(engine.state().connection._process.pid, flush=True)
    await tx.rows(slow)
async def main():
    async with engine.opened(serving=True):
        await transactions.run(work)
asyncio.run(main())
"""


async def test_a_server_killed_in_a_transaction_keeps_the_lock_until_its_process_has_ended(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "charity.db"
    shutil.copy(sqlite_template, path)
    environment(f"sqlite://{path}", tmp_path)
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:  # noqa: ASYNC220
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        assert parent.wait(30) == -signal.SIGKILL
        lock, opened = WriteLock(tmp_path / "charity.write"), FileLock(tmp_path / "charity.open")
        os.kill(orphan, 0)  # it lives: the query it is busy with takes seconds
        assert not opened.take(), "the orphan holds the database open"
        assert not FileLock(tmp_path / "charity.write").take(), "and nobody else may write"
        async with lock:  # waits for the orphan
            assert opened.take()
        opened.release()
        lock.close()
    async with engine.opened():
        assert await reading.value("SELECT COUNT(*) FROM programme") == 0
