"""`head.json`: the head of the books outside the database sees that acknowledged entries are gone."""

import asyncio
import hmac
import json
import os
import random
import shutil
import stat
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from cast import Cast, seed
from conftest import Cluster, _sql, environment
from giving.given import give

from charity import settings, words
from charity.app import MODELS
from charity.db import engine, reading, sealed
from charity.db.locks import FileLock
from charity.errors import Unavailable
from charity.ledger import head_file, writer
from charity.ledger.head_file import Head, HeadFileBroken


async def missing() -> str | None:
    wrong = await head_file.problem()
    return wrong and words.say(wrong.words, **wrong.facts)


async def written_head(seq: int) -> Head:
    """The file, when it says this seq."""
    async with asyncio.timeout(10):
        while True:
            head = head_file.read() if head_file.path().exists() else None
            if head is not None and head.seq >= seq:
                return head
            await asyncio.sleep(0.01)


async def test_what_was_committed_stands_in_the_file_soon_after(house: Cast) -> None:
    for _ in range(3):
        await give(house)
    now = await head_file.present()
    assert now.seq == 3
    assert await written_head(3) == now
    assert await missing() is None
    assert stat.S_IMODE(head_file.path().stat().st_mode) == 0o600
    assert set(json.loads(head_file.path().read_text())) == {"database", "seq", "leaf", "at", "hmac"}


async def test_the_signature_is_over_the_sorted_values_as_files_of_earlier_versions_have_it(house: Cast) -> None:
    head = Head("d", 1, "ab", "2026-11-26T00:00:00.000000Z")
    signed = b'{"at": "2026-11-26T00:00:00.000000Z", "database": "d", "leaf": "ab", "seq": 1}'
    signature = hmac.digest(sealed.derived("charity head file"), signed, "sha256").hex()
    head_file.path().write_text(json.dumps(asdict(head) | {"hmac": signature}))
    assert head_file.read() == head
    head_file.path().write_text(json.dumps(asdict(replace(head, seq=2)) | {"hmac": signature}))
    with pytest.raises(HeadFileBroken):
        head_file.read()


async def test_the_file_goes_forward_only_however_many_write_it(house: Cast) -> None:
    database = (await head_file.present()).database
    heads = [Head(database, n, f"leaf{n}", "2026-11-26T00:00:00.000000Z") for n in range(1, 21)]
    random.Random(6).shuffle(heads)
    await asyncio.gather(*(head_file.write(h) for h in heads))
    assert (await written_head(20)).leaf == "leaf20"
    await head_file.write(next(h for h in heads if h.seq == 5))
    assert (await written_head(20)).seq == 20


async def test_who_writes_the_file_waits_for_who_is_writing_it(house: Cast) -> None:
    head = Head((await head_file.present()).database, 7, "leaf7", "2026-11-26T00:00:00.000000Z")
    other = FileLock(settings.settings().data_dir / "charity.head")
    await other.wait(seconds=1)
    writing = asyncio.create_task(head_file.write(head))
    try:
        assert not (await asyncio.wait({writing}, timeout=0.3))[0], "somebody else holds the lock"
    finally:
        other.release()
    await writing
    assert await written_head(7) == head


async def test_a_file_that_somebody_wrote_into_is_not_believed_and_not_replaced(house: Cast) -> None:
    await give(house)
    await written_head(1)
    values = json.loads(head_file.path().read_text())
    head_file.path().write_text(json.dumps(values | {"seq": 0}))
    with pytest.raises(HeadFileBroken, match="签名不符"):
        head_file.read()
    assert "无法采信（签名不符）" in str(await missing())
    with words.speaking("en"):
        assert "cannot be believed (the signature is not ours)" in str(await missing())
    with pytest.raises(HeadFileBroken):
        await head_file.write(await head_file.present())
    head_file.path().write_text("{")
    assert "无法采信" in str(await missing())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"database": "a", "seq": 1e400, "leaf": "b", "at": "c", "hmac": "d"}',
        '{"database": "a", "seq": 1, "leaf": "b", "at": "c", "hmac": "é"}',
        '{"database": "a", "seq": 1, "leaf": "b", "at": "c", "hmac": "\\ud800"}',
        '{"database": "\\ud800", "seq": 1, "leaf": "b", "at": "c", "hmac": "d"}',
    ],
)
async def test_whatever_stands_in_the_file_is_said_in_words(house: Cast, text: str) -> None:
    head_file.path().write_text(text)
    with pytest.raises(HeadFileBroken):
        head_file.read()
    assert "无法采信" in str(await missing())


async def test_a_file_of_another_database_is_not_replaced(house: Cast) -> None:
    await give(house)
    await written_head(1)
    head_file._replace(Head("f" * 32, 9, "x", "2026-11-26T00:00:00.000000Z"))
    assert "另一个数据库" in str(await missing())
    with pytest.raises(HeadFileBroken, match="database"):
        await head_file.write(await head_file.present())


async def test_without_a_file_entries_cannot_be_vouched_for_and_an_empty_book_needs_none(house: Cast) -> None:
    assert await missing() is None
    await give(house)
    await written_head(1)
    head_file.path().unlink()
    assert "head.json 不在" in str(await missing())
    assert [f.invariant for f in await head_file.run()] == ["HEAD"]


async def test_a_database_that_ends_before_its_head_is_said_with_what_is_missing(house: Cast) -> None:
    await give(house)
    now = await head_file.present()
    await written_head(1)
    head_file._replace(Head(now.database, 4, "x" * 64, "2026-11-26T08:00:00.000000Z"))
    assert await missing() == (
        f"缺 3 笔分录：数据库止于 #1（{now.at}），已确认办理到 #4（2026-11-26T08:00:00.000000Z）"
    )
    old, new = await head_file.renew()
    assert (old and old.seq, new) == (4, now)
    assert await missing() is None


# -- an older copy in place of the database ------------------------------------------------------------


class Town:
    """A SQLite town that can be put back to what it was."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.file = folder / "charity.db"
        shutil.copy(template, self.file)
        environment(f"sqlite://{self.file}", folder)

    async def given(self, count: int, *, first: bool = False) -> str | None:
        """Give so often in a process of its own, as it were; why it keeps no head file."""
        async with engine.opened(MODELS):
            house = Cast(str(self.file))
            if first:
                async with writer.running():
                    house = await seed(str(self.file))
                    self.actors = house.actors
            house.actors = self.actors
            async with writer.running() as ours:
                for n in range(count):
                    await give(house, 100 + n)
                assert ours
                return await missing()

    def keep(self) -> None:
        shutil.copy(self.file, self.file.with_name("kept.db"))

    def put_back(self) -> None:
        shutil.copy(self.file.with_name("kept.db"), self.file)


@pytest.fixture
def town(sqlite_template: Path, tmp_path: Path) -> Town:
    return Town(sqlite_template, tmp_path)


async def test_an_older_copy_is_seen_and_writes_neither_the_books_nor_the_file(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.given(2, first=True)
    town.keep()
    await town.given(3)
    before = head_file.path().read_bytes()
    town.put_back()
    sentence = await town.given(0)
    assert sentence is not None
    assert sentence.startswith("缺 3 笔分录：数据库止于 #2")
    with pytest.raises(Unavailable, match=r"writing\.stopped"):
        await town.given(1)
    assert any(r.message == "head_file.not_kept" and r.levelname == "CRITICAL" for r in caplog.records)
    assert head_file.path().read_bytes() == before


async def test_an_older_copy_that_went_its_own_way_is_seen_by_the_leaf(town: Town) -> None:
    await town.given(2, first=True)
    town.keep()
    await town.given(3)
    before = head_file.path().read_bytes()
    town.put_back()
    head_file.path().unlink()
    async with engine.opened(MODELS):
        await head_file.renew()
    await town.given(6)
    head_file.path().write_bytes(before)
    sentence = await town.given(0)
    assert sentence is not None
    assert sentence.startswith("#5 不是已确认办理的那一笔")


async def test_a_file_that_is_gone_is_begun_anew_only_deliberately(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.given(2, first=True)
    head_file.path().unlink()
    sentence = await town.given(0)
    assert sentence is not None
    assert sentence.startswith("head.json 不在")
    assert "charity head --renew" in sentence
    with pytest.raises(Unavailable, match=r"writing\.stopped"):
        await town.given(1)
    assert not head_file.path().exists()
    async with engine.opened(MODELS):
        assert await head_file.renew() == (None, await head_file.present())
    assert any(r.message == "head_file.renewed" for r in caplog.records)
    assert await town.given(1) is None
    assert (await written_head(3)).seq == 3


async def test_a_file_that_was_begun_while_we_looked_is_not_missing(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(house)
    await written_head(1)
    real, answers = head_file.read, [None]
    monkeypatch.setattr(head_file, "read", lambda: answers.pop() if answers else real())
    assert await missing() is None
    assert answers == []


async def test_a_file_that_is_taken_away_under_a_writer_is_written_again_and_the_log_says_so(
    house: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    await give(house)
    await written_head(1)
    head_file.path().unlink()
    await give(house)
    assert (await written_head(2)).seq == 2
    assert any(r.message == "head_file.begun" for r in caplog.records)


# -- an older copy in its place under a writer that runs ------------------------------------------------


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_nothing_goes_into_an_older_copy_that_took_the_place_of_the_database_under_the_writer(
    database: str, cluster: Cluster
) -> None:
    name = database.rsplit("/", 1)[1]
    async with engine.opened(MODELS), writer.running():
        cast = await seed(database)
        await give(cast)
        await give(cast)
    await _sql(cluster, f"CREATE DATABASE {name}_older TEMPLATE {name}")
    async with engine.opened(MODELS), writer.running():
        for _ in range(3):
            await give(cast)
        await written_head(5)
        before = head_file.path().read_bytes()
        await _sql(cluster, f"DROP DATABASE {name} WITH (FORCE)")
        await _sql(cluster, f"ALTER DATABASE {name}_older RENAME TO {name}")
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"writing\.stopped"):
                await give(cast)
        assert engine.state().stopped == "head.behind"
        assert (await head_file.present()).seq == 2
        assert str(await missing()).startswith("缺 3 笔分录")
    assert head_file.path().read_bytes() == before


async def test_a_writer_goes_on_behind_what_others_posted(house: Cast) -> None:
    first = writer._writer
    assert first is not None
    await give(house)
    async with writer.running():
        await give(house)
        await give(house)
    await give(house)
    assert first._head is not None
    assert (first._head[0], engine.state().stopped) == (4, None)
    assert (await written_head(4)).seq == 4


@pytest.mark.parametrize(
    ("file", "began_at", "why"),
    [
        (None, (0, ""), None),  # taken away under us
        ((1, ""), (0, ""), None),
        ((3, ""), (0, ""), None),  # another process posted after us, and wrote first
        ((9, "x"), (0, ""), "head.behind"),
        ((2, "x"), (0, ""), "head.forked"),  # and went past what the file names
        (None, (9, "x"), "head.behind"),
        (None, (2, "x"), "head.forked"),
    ],
)
async def test_the_file_goes_forward_only_beside_a_database_that_has_what_was_committed(
    house: Cast, file: tuple[int, str] | None, began_at: tuple[int, str], why: str | None
) -> None:
    for _ in range(3):
        await give(house)
    now = await written_head(3)
    leaves = {0: "", **{row["seq"]: row["leaf"] for row in await reading.rows("SELECT seq, leaf FROM entry")}}

    def head(seq: int, leaf: str) -> Head:
        return Head(now.database, seq, leaf or leaves[seq], now.at)

    head_file.path().unlink()
    if file is not None:
        head_file._replace(head(*file))
    before = head_file.read()
    ours = head_file.HeadFile(head(*began_at))
    ours.committed(2, leaves[2], now.at)
    await ours.settle()
    assert engine.state().stopped == why
    if why is not None:
        assert head_file.read() == before
        with pytest.raises(Unavailable, match=r"writing\.stopped"):
            await give(house)
    else:
        assert head_file.read() == head(max(2, file[0] if file else 0), "")


async def test_a_fault_while_writing_leaves_the_old_file(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await give(house)
    head = await written_head(1)
    real = os.fsync

    def fail(_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(head_file.os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        await head_file.write(Head(head.database, 2, "y" * 64, head.at))
    assert head_file.read() == head
    monkeypatch.setattr(head_file.os, "fsync", real)
    await head_file.write(Head(head.database, 2, "y" * 64, head.at))
    assert (await written_head(2)).leaf == "y" * 64


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_the_file_is_whole_on_the_disk_before_it_takes_the_place_of_the_old_one(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(house)
    head = await written_head(1)
    before, new = head_file.path().read_bytes(), Head(head.database, 2, "y" * 64, head.at)
    seen: list[tuple[bool, bytes, bytes]] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        fresh = head_file.path().with_name("head.json.new")
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append((is_folder, fresh.read_bytes() if fresh.exists() else b"", head_file.path().read_bytes()))
        real(descriptor)

    monkeypatch.setattr(head_file.os, "fsync", noted)
    async with head_file._locked():  # the server's own replacement is over, its folder closed
        descriptors = _descriptors()
        head_file._replace(new)
        assert _descriptors() == descriptors
    after = head_file.path().read_bytes()
    assert head_file.read() == new
    assert seen == [(False, after, before), (True, b"", after)]


async def test_a_head_that_the_file_names_already_is_not_written_again(
    house: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    await give(house)
    head = await written_head(1)
    before = head_file.path().stat().st_ino
    await head_file.write(head)
    assert head_file.path().stat().st_ino == before
    await head_file.write(replace(head, seq=2, leaf="y" * 64))
    assert head_file.path().stat().st_ino != before
    assert [r.message for r in caplog.records if r.name == "charity.head"] == []
    await head_file.renew()
    renewed = [vars(r) for r in caplog.records if r.message == "head_file.renewed"]
    assert [(r["from_seq"], r["to_seq"]) for r in renewed] == [(2, 1)]


async def test_what_could_not_be_written_is_still_to_be(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await give(house)
    head = await written_head(1)
    ours = head_file.HeadFile(head)
    await ours.settle()
    assert not ours._came.is_set()

    async def fail(_: Head) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(head_file, "write", fail)
    ours.committed(1, head.leaf, head.at)
    with pytest.raises(OSError, match="No space"):
        await ours.settle()
    assert ours._came.is_set()
    monkeypatch.undo()
    await ours.settle()
    assert not ours._came.is_set()


async def test_the_file_is_written_at_a_pace_however_many_commits_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    class Kept(head_file.HeadFile):
        async def settle(self) -> None:
            self._came.clear()
            written.append(1)

    ours = Kept(Head("d", 0, "", ""))
    monkeypatch.setattr(head_file, "PACE_S", 3_600.0)
    task = asyncio.create_task(ours.keep())
    await asyncio.sleep(0)
    assert written == [], "nothing was committed"
    for n in range(1, 5):
        ours.committed(n, "", "")
        await asyncio.sleep(0)
    monkeypatch.undo()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert written == [1]
