"""`/readyz`, `check` and the log say what is wrong: each probe accepts what is well and names what is not."""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx2
import pytest
from cast import Cast
from giving.given import give

from charity import background, clock, words
from charity.app import PROBES
from charity.background import EndedForGood, supervised
from charity.db import engine, health, integrity, migrations, queue, reading, rules, sealed, transactions
from charity.db.health import MB, Probe
from charity.errors import Refusal, Unavailable
from charity.giving import lookup
from charity.giving.lookup import keeping
from charity.jobs import health as jobs_health
from charity.ledger import head_file
from charity.settings import settings
from charity.web import metrics, pages, problems


class Usage(NamedTuple):
    """What shutil.disk_usage answers."""

    total: int
    used: int
    free: int


async def problem_words() -> dict[str, str]:
    """What is wrong, by the probe's name."""
    return {problem.probe.name: problem.text() for problem in await health.look(PROBES)}


async def sql(text: str, *args: Any) -> None:
    await transactions.run(lambda tx: tx.rows(text, *args))


# -- the probes ---------------------------------------------------------------------------------------


async def test_a_house_in_order_has_no_problem(house: Cast) -> None:
    assert await problem_words() == {}
    assert [p.name for p in PROBES if not p.grave] == ["clock", "jobs", "lookup"]


async def test_a_lookup_that_nobody_writes_any_more_is_said(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies() -> int:
        raise RuntimeError("full")

    await give(house, 5_000)
    monkeypatch.setattr(keeping, "_pledges", dies)  # from its first run on it never ends
    with pytest.raises(RuntimeError):
        await lookup.keep_up()
    await give(house, 6_000)
    for minutes, warned in ((9, False), (11, True)):
        with clock.fixed(clock.now() + timedelta(minutes=minutes)):
            assert ("lookup" in await problem_words()) is warned, minutes
    with clock.fixed(clock.now() + timedelta(minutes=11)):
        assert "11 分钟没有编入查找" in (await problem_words())["lookup"]
        assert 'charity_problem{probe="lookup"} 1.0' in (await metrics.text()).decode()
        assert "charity_lookup_behind_seconds 66" in (await metrics.text()).decode()
        monkeypatch.undo()
        await lookup.keep_up()
        assert "lookup" not in await problem_words()
    with clock.fixed(clock.now() + timedelta(minutes=40)):
        assert "lookup" not in await problem_words()  # nothing came: nothing waits


@pytest.mark.parametrize(
    ("free", "total", "short"),
    [
        (500 * MB, 5_000 * MB, False),
        (500 * MB - 1, 5_000 * MB, True),
        (50_000 * MB, 1_000_000 * MB, False),
        (50_000 * MB - 1, 1_000_000 * MB, True),
        (0, 5_000 * MB, True),
    ],
)
async def test_a_disk_with_less_than_500_mb_or_5_percent_is_said(
    house: Cast, monkeypatch: pytest.MonkeyPatch, free: int, total: int, *, short: bool
) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(total, total - free, free))
    problems = await problem_words()
    assert set(problems) == ({"disk"} if short else set())
    if short:
        assert f"只剩 {free // MB} MB" in problems["disk"]
        assert str(settings().data_dir) in problems["disk"]


async def test_a_process_that_writes_no_more_is_said_and_public_pages_go_on(house: Cast, web: Any) -> None:
    engine.state().stopped = "SQLITE_IOERR_FSYNC"
    answer = await web.as_().get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["writer"])
    assert "SQLITE_IOERR_FSYNC" in answer.json()["words"][0]
    for path in ("/", "/campaigns/everyday", "/healthz", "/api/v1/campaigns", "/check"):
        assert (await web.as_().get(path)).status_code == 200, path


def _another_in_its_place(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    shutil.copy(path.with_suffix(".old"), path)


def _deleted(path: Path) -> None:
    path.unlink()


def _without_wal(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("taken", [_another_in_its_place, _deleted, _without_wal])
async def test_nothing_is_acknowledged_into_a_file_that_was_taken_away(
    house: Cast, taken: Callable[[Path], object]
) -> None:
    await sql("UPDATE organisation SET short = '1' WHERE id = 1")
    assert await problem_words() == {}
    taken(engine.state().settings.sqlite_path)
    assert "被移走、删除或换成了另一个" in (await problem_words())["file"]
    with pytest.raises(Unavailable) as refused:
        await sql("UPDATE organisation SET short = '2' WHERE id = 1")
    assert refused.value.rule.code == "writing.stopped"
    assert set(await problem_words()) == {"file", "writer"}
    assert await reading.value("SELECT short FROM organisation WHERE id = 1") == "1", "nothing was written"


async def test_pages_without_a_database_are_one_line_of_the_log_beside_their_requests(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each page was two faults and a line more (`fault.raised`, `fault.page`, `unavailable`)."""

    async def away() -> Any:
        raise ConnectionRefusedError(111, "refused")

    problems._unavailable.over()
    monkeypatch.setattr(pages, "_organisation", away)
    monkeypatch.setattr(pages, "_kept", None)
    for _ in range(3):
        assert (await web.as_().get("/")).status_code == 503
    ours = [record.message for record in caplog.records if record.name.startswith("charity")]
    assert [message for message in ours if message != "request"] == ["unavailable"]

    async def broken() -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(pages, "_organisation", broken)
    assert (await web.as_().get("/")).status_code == 500
    assert "fault" in [record.message for record in caplog.records]


async def test_a_background_task_that_cannot_be_kept_running_is_said(house: Cast) -> None:
    over = asyncio.Event()

    async def end() -> None:
        over.set()
        raise EndedForGood("no more")

    async with supervised("checkpoints", end):
        await over.wait()
        await asyncio.sleep(0)
        assert await problem_words() == {"tasks": "后台任务：后台任务反复中断：checkpoints (no more)"}
    assert await problem_words() == {}
    assert background.tasks()


async def test_a_wal_that_does_not_get_into_the_file_is_said(house: Cast) -> None:
    checkpoints = engine.state().checkpoints
    if checkpoints is None:
        assert engine.state().postgres
        return
    await give(house)
    assert checkpoints.size() > 0
    checkpoints._whole_at -= health.CHECKPOINT_AGE_MAX_S + 60
    checkpoints.error = "disk I/O error"
    problems = await problem_words()
    assert set(problems) == {"checkpoint"}
    assert "16 分钟" in problems["checkpoint"]
    assert "disk I/O error" in problems["checkpoint"]


async def test_keys_of_another_database_are_said(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from charity.db import installation  # noqa: PLC0415 - beside its use

    await installation.require_own_keys()
    assert await problem_words() == {}
    monkeypatch.setattr(settings(), "secret_key", "another-secret-key-of-this-length-0123")
    sealed.forget_keys()
    assert "CHARITY_SECRET_KEY" in (await problem_words())["keys"]
    with pytest.raises(Refusal) as refused:
        await installation.require_own_keys()
    assert refused.value.code == "keys.wrong"


async def test_a_database_behind_its_head_is_said(house: Cast) -> None:
    await give(house)
    now = await head_file.present()
    async with head_file._locked():
        head_file._replace(head_file.Head(now.database, 9, "x", now.at))
    assert (await problem_words())["head"].startswith("最近的分录：缺 8 笔分录")


@pytest.mark.parametrize(("minutes", "jumped"), [(0, False), (90, True)])
async def test_a_clock_that_jumped_forward_is_said_and_leaves_the_server_ready(
    house: Cast, web: Any, minutes: int, *, jumped: bool
) -> None:
    await sql("UPDATE head SET at = $1 WHERE id = 1 RETURNING id", clock.later(minutes * 60 + 30))
    answer = await web.as_().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json().get("warnings", []) == (["clock"] if jumped else [])
    if jumped:
        assert "晚 90 分钟" in answer.json()["words"][0]


async def test_jobs_that_nobody_takes_are_said(house: Cast) -> None:
    await transactions.run(lambda tx: queue.enqueue(tx, "t", {}))
    assert await problem_words() == {}
    await sql("UPDATE job SET run_at = $1 RETURNING id", clock.later(-jobs_health.LATE_S - 60))
    assert (await problem_words())["jobs"].startswith("后台任务队列：后台任务排队太久：最早的一件已等 11 分钟")


async def test_migrations_that_are_missing_are_said_and_hide_what_cannot_be_seen_without_them(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pending() -> list[str]:
        return ["0099_more"]

    monkeypatch.setattr(migrations, "pending", pending)
    await sql("UPDATE head SET at = $1 WHERE id = 1 RETURNING id", clock.later(7200))
    assert await problem_words() == {
        "database": "数据库：数据库还缺 1 个建表步骤（0099_more…）：请先运行 charity migrate"
    }


async def test_a_probe_that_cannot_look_is_a_problem(house: Cast) -> None:
    async def fall() -> None:
        raise OSError

    (problem,) = await health.look([Probe("disk", "磁盘", fall)])
    assert problem.text() == "磁盘：无法查看：OSError"
    with words.speaking("en"):
        assert problem.text() == "Disk: Cannot be looked at: OSError"


# -- who reads what -----------------------------------------------------------------------------------


async def test_strangers_read_what_is_wrong_and_no_figures(house: Cast, web: Any) -> None:
    engine.state().stopped = "SQLITE_FULL"
    transport = httpx2.ASGITransport(app=web.app, client=("192.0.2.9", 5))
    async with httpx2.AsyncClient(transport=transport, base_url="http://10.0.0.1") as far:
        assert (await far.get("/readyz")).json() == {"ready": False, "problems": ["writer"], "warnings": []}
        answer = await far.get("/readyz", headers={"Authorization": "Bearer token-clerk"})
        assert "words" not in answer.json()
        answer = await far.get("/readyz", headers={"Authorization": "Bearer token-admin", "Accept-Language": "en"})
        assert answer.json()["words"] == [
            "Writing: Writing has stopped (SQLITE_FULL): public pages and queries go on; nothing new is taken until "
            "the cause is mended and the server restarted"
        ]


async def test_the_log_says_once_what_went_wrong_and_once_that_it_is_well(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="charity.health")
    looks = iter([None, rules.NOT_WRITING(why="x"), rules.NOT_WRITING(why="x"), None, None])
    done = asyncio.Event()

    async def look() -> Refusal | None:
        try:
            return next(looks)
        except StopIteration:
            done.set()
            await asyncio.Event().wait()
            raise

    monkeypatch.setattr(health, "WATCH_S", 0.0)
    watching: Callable[[], Awaitable[None]] = lambda: health.watch([Probe("writer", "写入", look, reads=False)])  # noqa: E731
    async with supervised("health", watching):
        await done.wait()
    events = [(r.message, r.levelno) for r in caplog.records if r.name == "charity.health"]
    assert events == [("health.bad", logging.ERROR), ("health.good", logging.INFO)]


# -- the file -----------------------------------------------------------------------------------------


@pytest.fixture
def damaged(sqlite_template: Path, tmp_path: Path) -> Callable[[int], Path]:
    """A copy of a migrated database whose page of this number is overwritten."""

    def spoil(page: int) -> Path:
        path = tmp_path / "spoilt.db"
        shutil.copy(sqlite_template, path)
        with path.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
        return path

    return spoil


def test_a_spoilt_page_of_any_table_or_index_is_noticed(sqlite_template: Path, damaged: Callable[[int], Path]) -> None:
    """`verify` missed half of them (O4)."""
    with closing(sqlite3.connect(sqlite_template)) as free:
        assert free.execute("PRAGMA page_size").fetchone() == (4096,)
        roots = free.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").fetchall()
    assert len(roots) > 90
    assert integrity._of_file(sqlite_template, quick=False) == []
    for quick in (False, True):
        missed = [name for name, page in roots if not integrity._of_file(damaged(page), quick=quick)]
        assert missed == []


def test_an_index_that_does_not_say_what_its_table_says_is_noticed(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "spoilt.db"
    shutil.copy(sqlite_template, path)
    with closing(sqlite3.connect(path)) as free, free:
        free.execute("INSERT INTO programme (code, name, created_at) VALUES ('P1', '助学', 'x')")
        (page,) = free.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_programme_1'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        body = file.read(4096)
        file.seek((page - 1) * 4096)
        file.write(body.replace(b"P1", b"P2"))
    assert any("programme" in line for line in integrity._of_file(path, quick=False))


async def test_what_the_daily_look_found_is_said(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def damage(*, quick: bool) -> list[str]:
        return ["entry: row 3 missing from index entry_day", "entry: row 4 missing"] if quick else []

    with monkeypatch.context() as patched:
        patched.setattr(integrity, "damage", damage)
        refusal = await health.look_at_file()
        assert refusal is not None
        assert (await problem_words())["file"] == (
            "数据库文件：数据库文件有损坏（2 处，例如 entry: row 3 missing from index entry_day）：请停止使用，从备份恢复"
        )
    assert await health.look_at_file() is None
    assert await problem_words() == {}


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_postgresql_is_looked_at_by_amcheck_where_it_may_be(opened: str) -> None:
    assert not await integrity.checkable()
    assert await integrity.damage() == []
    connection = await asyncpg.connect(opened)
    try:
        await connection.execute(
            "CREATE EXTENSION amcheck; CREATE TABLE odd (x text); INSERT INTO odd VALUES ('ab'), ('cd'), ('ef');"
            "CREATE FUNCTION public.f(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';"
            "CREATE INDEX odd_f ON odd (public.f(x));"
        )
        assert await integrity.checkable()
        assert await integrity.damage() == []
        await connection.execute(
            "CREATE OR REPLACE FUNCTION public.f(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN reverse($1); END';"
        )
        (line,) = await integrity.damage()
        assert line.startswith("odd_f: ")
        assert await integrity.damage(quick=True) == []
    finally:
        await connection.close()


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_postgresql_compiles_no_statement_of_ours() -> None:
    """A sum of a few rows took 400 ms where its tables had no statistics."""
    assert await reading.value("SHOW jit") == "off"
    assert await reading.value("SHOW lock_timeout") == "2s"
