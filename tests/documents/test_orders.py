"""Orders of files: whose they are, how far they are, what ends them, and what the child process says of one."""

import io
import json
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from reports.given import whole_year

from charity import clock
from charity.db import reading, transactions
from charity.documents import codes, exports, exports_child, rendering
from charity.errors import Refusal
from charity.roles import Actor, Role
from charity.settings import settings


async def ordered(house: Cast, who: str = "accountant", fmt: str = "csv") -> str:
    order = await exports.start(report="stock", fmt=fmt, filters=whole_year(), by=getattr(house, who))
    return order.id


async def state(order: str) -> tuple[str, int, int]:
    export = await exports.order_of(order)
    return export.state, export.done, export.total


def document(order: str) -> dict[str, Any]:
    """What the job says of a finished file."""
    row = {
        "code": order[:26].upper(),
        "kind": "stock",
        "title": "x",
        "from_on": whole_year().begin,
        "to_on": whole_year().end,
        "format": "csv",
        "row_count": 1,
        "seq": 1,
        "data_hash": "d",
        "file_hash": "f",
        "status": "valid",
        "made_by": "x",
        "made_at": clock.stamp(),
    }
    return {"file": f"{order}.csv", "bytes": 7, "document": row}


async def refused(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await call
    return refused.value.code


async def test_an_order_says_how_far_it_is(house: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = await exports.order_of(await ordered(house))
    for state_, done, total, per_cent in (
        ("queued", 0, 0, 0),
        ("running", 0, 3, 0),
        ("running", 2, 3, 66),
        ("running", 3, 3, 99),
        ("done", 0, 0, 100),
        ("done", 3, 3, 100),
    ):
        assert replace(export, state=state_, done=done, total=total).progress == per_cent
    assert export.path == exports.folder() / f"{export.id}.csv"
    assert exports.folder().stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(settings(), "data_dir", tmp_path / "not" / "there")
    assert exports.folder() == exports.folder() == tmp_path / "not" / "there" / "exports"
    assert exports.folder().is_dir()


async def test_an_order_is_kept_for_seven_days(house: Cast) -> None:
    with clock.fixed(clock.instant("2026-03-01T00:00:00.000000Z")):
        export = await exports.order_of(await ordered(house))
    assert (export.created_at, export.expires_at) == ("2026-03-01T00:00:00.000000Z", "2026-03-08T00:00:00.000000Z")
    assert (export.account, export.report, export.format, export.language) == (
        house.accountant.key,
        "stock",
        "csv",
        "zh",
    )
    assert (export.state, export.filters, export.document, export.finished_at) == ("queued", whole_year(), None, None)


async def test_five_orders_of_an_account_wait_or_run_at_once(house: Cast) -> None:
    orders = [await ordered(house) for _ in range(5)]
    assert await exports.begin(orders[0])
    assert await refused(ordered(house)) == "export.too_many"
    await exports.cancel(orders[0], by=house.accountant)
    await ordered(house)
    assert await refused(ordered(house)) == "export.too_many"
    await ordered(house, "accountant2")


async def test_an_order_is_its_owners_and_an_auditor_sees_it_too(house: Cast) -> None:
    order = await ordered(house)
    for by in (house.accountant, house.auditor):
        assert (await exports.get(order, by=by)).id == order
    assert await refused(exports.get(order, by=house.accountant2)) == "export.unknown"
    assert await refused(exports.get("none", by=house.accountant)) == "export.unknown"
    assert await refused(exports.get(order, by=house.cashier)) == "export.unknown", "he has files of his own alone"
    assert await refused(exports.get(order, by=house.clerk)) == "not_yours"
    assert await refused(exports.cancel(order, by=house.auditor)) == "export.unknown"
    assert (await state(order))[0] == "queued"
    await exports.cancel(order, by=house.accountant)
    assert (await state(order))[0] == "cancelled"
    assert await refused(exports.cancel(order, by=house.accountant)) == "export.over"
    assert await refused(exports.order_of("none")) == "export.unknown"


async def test_the_latest_orders_of_an_account_come_first(house: Cast) -> None:
    orders = list[str]()
    for n in range(22):
        with clock.fixed(clock.instant(f"2026-03-{n + 1:02d}T00:00:00.000000Z")):
            orders.append(await ordered(house))
        await exports.cancel(orders[-1], by=house.accountant)
    await ordered(house, "accountant2")
    assert [export.id for export in await exports.recent(by=house.accountant)] == orders[:1:-1]
    assert [export.id for export in await exports.recent(by=house.accountant, limit=2)] == [orders[21], orders[20]]
    assert await exports.recent(by=house.cashier) == []
    assert await refused(exports.recent(by=house.clerk)) == "not_yours"


async def test_a_file_is_fetched_when_it_is_made_and_until_it_is_gone(house: Cast) -> None:
    order, other = await ordered(house), await ordered(house)
    assert await refused(exports.file_of(order, by=house.accountant)) == "export.not_ready"
    assert await exports.begin(order)
    (exports.folder() / f"{order}.csv").write_text("x")
    await exports.finish(order, document(order))
    export = await exports.file_of(order, by=house.accountant)
    assert (export.state, export.file, export.bytes, export.document) == (
        "done",
        f"{order}.csv",
        7,
        document(order)["document"]["code"],
    )
    assert export.finished_at is not None
    assert (await state(other))[0] == "queued"
    moved = Actor(house.accountant.key, "n", frozenset({Role.MANAGER}), "LX02")
    await transactions.run(
        lambda tx: tx.rows(
            "UPDATE export SET filters = REPLACE(filters, '}', ', \"store\": \"LX01\"}') WHERE id = $1", order
        )
    )
    assert await refused(exports.file_of(order, by=moved)) == "report.store"
    export.path.unlink()
    assert await refused(exports.file_of(order, by=house.accountant)) == "export.gone"


async def test_an_order_that_is_over_changes_no_more(house: Cast) -> None:
    order, other = await ordered(house), await ordered(house)
    assert not await exports.wanted(order)
    assert await exports.begin(order)
    assert await exports.wanted(order)
    await exports.progress(order, done=2, total=3)
    assert await state(order) == ("running", 2, 3)
    assert await exports.begin(order)  # its worker died: from the beginning
    assert await state(order) == ("running", 0, 0)
    await exports.progress(order, done=1, total=3)
    await exports.cancel(order, by=house.accountant)
    assert not await exports.wanted(order)
    assert not await exports.begin(order)
    await exports.progress(order, done=3, total=3)
    await exports.fail(order, why="x")
    (exports.folder() / f"{order}.csv").write_text("x")
    await exports.finish(order, document(order))
    assert await state(order) == ("cancelled", 1, 3)
    assert list(exports.folder().iterdir()) == []
    assert await reading.value("SELECT count(*) FROM document") == 0
    assert await state(other) == ("queued", 0, 0)
    assert not await exports.wanted(other)


async def test_a_finished_order_has_all_its_steps_and_its_document(house: Cast) -> None:
    order = await ordered(house)
    await exports.finish(order, document(order))
    assert (await state(order))[0] == "queued"  # nobody had begun it
    assert await exports.begin(order)
    await exports.progress(order, done=1, total=3)
    await exports.finish(order, document(order))
    assert await state(order) == ("done", 3, 3)
    assert (await codes.by_code(document(order)["document"]["code"])).data_hash == "d"


async def test_a_failed_order_says_why_and_leaves_no_file(house: Cast) -> None:
    order, other = await ordered(house), await ordered(house)
    assert await exports.begin(order)
    for name in (f"{order}.part", f"{order}.rows", f"{other}.part"):
        (exports.folder() / name).write_text("x")
    await exports.fail(order, why="错" * 501)
    export = await exports.order_of(order)
    assert (export.state, export.error) == ("failed", "错" * 500)
    assert [path.name for path in exports.folder().iterdir()] == [f"{other}.part"]


async def test_only_orders_that_are_over_and_out_of_date_are_purged(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PURGE_MAX", 2)
    with clock.fixed(clock.instant("2026-03-01T00:00:00.000000Z")):
        orders = [await ordered(house) for _ in range(5)]
        for order in orders[:3]:
            await exports.cancel(order, by=house.accountant)
        assert await exports.begin(orders[3])
    fresh = await ordered(house)
    await exports.cancel(fresh, by=house.accountant)
    (exports.folder() / f"{orders[0]}.csv").write_text("x")
    with clock.fixed(clock.instant("2026-03-08T00:00:00.000000Z")):
        assert await exports.purge() == 0
    with clock.fixed(clock.instant("2026-03-08T00:00:00.000001Z")):
        assert [await exports.purge() for _ in range(3)] == [2, 1, 0]
    rows = await reading.rows("SELECT id FROM export")
    assert {row["id"] for row in rows} == {*orders[3:], fresh}
    assert list(exports.folder().iterdir()) == []


# -- the child ---------------------------------------------------------------------------------------------------


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_the_child_says_now_and_then_how_far_it_is_and_what_it_made(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await ordered(house)
    pipe, now = io.BytesIO(), [0.0]

    def received() -> list[Any]:
        return [json.loads(line) for line in pipe.getvalue().splitlines()]

    made = rendering.Made(f"{order}.csv", 7, {"code": "c"})

    async def make(*, on_progress: Any, **asked: Any) -> rendering.Made:
        assert (asked["fmt"], asked["language"], asked["made_by"]) == ("csv", "zh", house.accountant.key)
        assert (asked["document"].name, asked["filters"], asked["out"]) == (
            "stock",
            whole_year(),
            exports.folder() / f"{order}.csv",
        )
        for done, at, heard in ((1, 0.3, 0), (2, 0.4, 1), (3, 0.7, 1), (4, 0.8, 2), (5, 0.9, 3), (5, 0.9, 4)):
            now[0] = at
            await on_progress(done, 5)
            assert len(received()) == heard, done
        return made

    monkeypatch.setattr(rendering, "make", make)
    monkeypatch.setattr(exports_child.time, "monotonic", lambda: now[0])
    with io.TextIOWrapper(pipe, encoding="utf-8") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        await exports_child.make(order)
        lines_ = received()
    assert lines_ == [
        *({"done": done, "total": 5} for done in (2, 4, 5, 5)),
        {"made": {"file": f"{order}.csv", "bytes": 7, "document": {"code": "c"}}},
    ]


async def test_the_child_says_what_was_refused_in_the_language_of_the_order(
    house: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await ordered(house)
    await transactions.run(lambda tx: tx.rows("UPDATE export SET language = 'en' WHERE id = $1", order))

    async def make(**_: Any) -> None:
        raise exports.rules.EXPORT_NOT_READY()

    monkeypatch.setattr(rendering, "make", make)
    await exports_child.make(order)
    assert lines(capsys) == [{"refused": "The file is not ready yet"}]


def test_the_child_ends_with_all_it_started_when_its_worker_is_gone() -> None:
    code = (
        "import subprocess, sys\nfrom charity.documents import exports_child\n"
        "exports_child.end_with_the_worker()\n"
        "print(subprocess.Popen(['sleep', '60'], stdin=subprocess.DEVNULL).pid, flush=True)\n"
        "sys.stdout.close()\nimport time\ntime.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(b"x")
        child.stdin.flush()
        assert int(child.stdout.readline()) > 0
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(20) == -signal.SIGKILL
        assert select.select([child.stdout], [], [], 20)[0], "its own child still holds the pipe"
        assert child.stdout.read() == b""
    finally:
        child.kill()
        child.stdout.close()
        child.wait()
