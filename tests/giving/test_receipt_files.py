"""Receipts by the hundred as one file: by a job, whole or not there, one original each."""

import io
import re
import signal
import subprocess
import sys
import zipfile
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import all_is_well, code_of, give, roster_settled, today
from giving.test_pages import API
from page_forms import form_of
from pdf_reading import flat, page_count

from charity import clock
from charity.db import queue, reading, transactions
from charity.errors import Refusal
from charity.giving import copies, receipt_files, receipts, unit_rosters
from charity.giving.receipt_files import jobs, parts, verbs
from charity.jobs import children, worker
from charity.printing import receipts as printed

LIST = "/receipts/files"


async def given(house: Cast, count: int) -> list[dict[str, str]]:
    return [(await give(house)).body["receipt"] for _ in range(count)]


async def ordered(house: Cast, **filters: str) -> str:
    selection = await receipt_files.selected(receipts.Filters(**filters), by=house.cashier)
    return await receipt_files.order(selection, by=house.cashier)


async def body_of(house: Cast, key: str) -> bytes:
    return receipt_files.path_of(await receipt_files.file_of(key, by=house.cashier)).read_bytes()


async def state_of(house: Cast, key: str) -> str:
    return str((await receipt_files.get(key, by=house.cashier)).state)


async def prints() -> dict[str, tuple[int, bool]]:
    rows = await reading.rows(
        "SELECT r.number, p.times, p.file FROM receipt_print p JOIN receipt r ON r.code = p.receipt"
    )
    return {row["number"]: (row["times"], row["file"] is not None) for row in rows}


async def test_the_receipts_of_a_list_become_one_file_in_the_order_of_their_numbers(house: Cast, web: Any) -> None:
    made = await given(house, 3)
    await copies.print_whole(made[1]["code"], by=house.cashier)
    cashier = web.as_("cashier")
    assert "/receipts/files/new?from_on" in (await cashier.get("/receipts", params={"from_on": today()})).text
    address = f"{LIST}/new?from_on={today()}&to_on={today()}"
    page = await cashier.get(address)
    assert re.search(r"其中原件.*?2.*?其中副本.*?1", page.text, re.DOTALL), page.text
    form = await form_of(cashier, address)
    sent = [await cashier.post(f"{LIST}?from_on={today()}&to_on={today()}", data=form) for _ in range(2)]
    (at,) = {answer.headers["location"] for answer in sent}
    key = at.rpartition("/")[2]
    assert await reading.value("SELECT count(*) FROM job") == 1, "two presses ask once"
    assert "取消" in (await cashier.get(at)).text
    assert (await cashier.get(f"{at}/file")).status_code == 409
    assert await worker.drain() == 1
    body = (await cashier.get(f"{at}/file")).content
    run = flat(body)
    assert page_count(body) == 9
    assert [run.index(one["number"]) for one in made] == sorted(run.index(one["number"]) for one in made)
    assert run.count(f"副本COPY{clock.today()}") == 3
    assert await prints() == {made[0]["number"]: (1, True), made[1]["number"]: (2, False), made[2]["number"]: (1, True)}
    assert "副本COPY" in flat((await copies.print_whole(made[0]["code"], by=house.cashier))[0])
    answer = (await cashier.get(f"{at}/progress")).json()
    assert (answer["status"], answer["done"], answer["total"]) == ("done", 3, 3)
    assert (await web.as_("accountant").get(at)).status_code == 404, "another's"
    assert (await web.as_("auditor").get(at)).status_code == 403
    await as_shown.void(made[2]["code"], reason="抬头写错", by=house.accountant)
    assert made[2]["number"] in (await cashier.get(at)).text
    called = (await cashier.get(f"{API}/receipt-files/{key}")).json()
    assert (called["status"], called["ended"]) == ("done", [made[2]["number"]])
    assert not (receipt_files.folder() / key).exists(), "its parts are gone"
    await transactions.run(lambda tx: tx.rows("UPDATE receipt_file SET expires_at = $1 RETURNING key", clock.later(-1)))
    assert await receipt_files.purge() == 1
    assert list(receipt_files.folder().iterdir()) == []
    assert (await cashier.get(at)).status_code == 404
    assert len(await prints()) == 3
    assert await all_is_well() == []


async def test_what_was_not_shown_is_not_printed(house: Cast, web: Any) -> None:
    await given(house, 1)
    cashier = web.as_("cashier")
    form = await form_of(cashier, f"{LIST}/new")
    await given(house, 1)
    again = await cashier.post(LIST, data=form)
    assert (again.status_code, "刚刚有变化" in again.text) == (409, True)
    assert await reading.value("SELECT count(*) FROM receipt_file") == 0


async def test_the_call_prints_a_roster_and_splits_what_is_too_large(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = await roster_settled(house)
    await given(house, 1)
    cashier = web.as_("cashier")
    asked = await cashier.post(f"{API}/receipt-files", json={"roster": roster})
    assert asked.status_code == 202, asked.text
    of_roster = await receipt_files.lines_of(asked.json()["id"])
    row = await unit_rosters.get(roster, by=house.cashier)
    assert len(of_roster) == asked.json()["receipts"] == 1 + (row.unit_fen > 0)
    assert f"{LIST}/new?roster={roster}" in (await cashier.get(f"/one-day/{roster}")).text
    whole = await cashier.post(f"{API}/receipt-files", json={"from": today()})
    lines = await receipt_files.lines_of(whole.json()["id"])
    monkeypatch.setattr(parts, "PART", 1)
    monkeypatch.setattr(parts, "FILE_BYTES_MAX", 1)
    key, output = whole.json()["id"], []
    assert await receipt_files.begin(key)
    await parts.make(key, output.append)
    assert output[-1] == {"printed": True}
    assert await receipt_files.note(key)
    await parts.make(key, output.append)
    made = output[-1]["made"]
    await receipt_files.finish(key, ending=made["ending"], size=made["bytes"])
    answer = await cashier.get(f"{API}/receipt-files/{key}/file")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.namelist() == [f"{line['number']}_{line['number']}.pdf" for line in lines]
        assert all(line["number"] in flat(file.read(f"{line['number']}_{line['number']}.pdf")) for line in lines)
    assert "zip" in answer.headers["content-disposition"]


async def test_receipts_of_many_lines_are_printed_a_few_at_a_time_into_one_part(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await given(house, 3)
    key = (await web.as_("cashier").post(f"{API}/receipt-files", json={"from": today()})).json()["id"]
    forms: list[list[dict[str, Any]]] = []

    def form(sheets: list[dict[str, Any]], **how: Any) -> str:
        forms.append(sheets)
        return printed.form(sheets, **how)

    monkeypatch.setattr(parts, "form", form)
    monkeypatch.setattr(parts, "LINES", 7)  # two receipts of one line in three copies
    output: list[dict[str, Any]] = []
    assert await receipt_files.begin(key)
    await parts.make(key, output.append)
    assert [len(sheets) for sheets in forms] == [6, 3]
    (body,) = [path.read_bytes() for path in (receipt_files.folder() / key).iterdir()]
    assert page_count(body) == 9
    run = flat(body)
    places = [run.index(one["number"]) for one in made]
    assert places == sorted(places)
    forms.clear()
    next((receipt_files.folder() / key).iterdir()).unlink()
    monkeypatch.setattr(parts, "LINES", 2)
    await parts.make(key, output.append)
    assert [len(sheets) for sheets in forms] == [3, 3, 3], "a single receipt may have more"


async def test_a_receipt_printed_or_voided_meanwhile_is_printed_again_as_what_it_is(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await given(house, 3)
    key, output = await ordered(house), []
    assert await receipt_files.begin(key)
    monkeypatch.setattr(parts, "PART", 1)
    await parts.make(key, output.append)
    await copies.print_whole(made[0]["code"], by=house.cashier)
    await as_shown.void(made[1]["code"], reason="抬头写错", by=house.accountant)
    assert await receipt_files.note(key)
    assert await receipt_files.note(key), "once"
    before = {path.name for path in (receipt_files.folder() / key).iterdir()}
    await parts.make(key, output.append)
    fresh = {path.name for path in (receipt_files.folder() / key).iterdir()} - before
    assert sorted(name[:5] for name in fresh) == ["00001", "00002"], "the third stays as it was printed"
    run = flat((receipt_files.folder() / f"{key}.pdf").read_bytes())
    assert (run.count("副本COPY"), run.count("已作废") > 0) == (6, True)
    assert (await prints())[made[2]["number"]] == (1, True)
    assert (await prints())[made[0]["number"]] == (2, False)


async def test_a_file_that_is_cancelled_before_it_is_noted_takes_nobodys_original(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await given(house, 1)
    cashier = web.as_("cashier")
    key = await ordered(house)
    at = f"{LIST}/{key}"
    assert (await cashier.post(f"{at}/cancel", data=await form_of(cashier, at))).status_code == 303
    assert "没有用掉" in (await cashier.get(at)).text
    assert await worker.drain() == 1
    assert await state_of(house, key) == "cancelled"
    second = await ordered(house)
    assert await receipt_files.begin(second)
    await parts.make(second, [].append)
    await receipt_files.cancel(second, by=house.cashier)
    assert not await receipt_files.note(second)
    assert await prints() == {}
    assert list(receipt_files.folder().iterdir()) == []
    third = await ordered(house)
    assert await receipt_files.begin(third)
    assert await receipt_files.note(third)
    with pytest.raises(Refusal) as refusal:
        await receipt_files.cancel(third, by=house.cashier)
    assert code_of(refusal) == "receipt_file.over"
    assert await worker.drain() == 2
    assert "副本COPY" not in flat(await body_of(house, third)), "noted is not yet offered: it goes on"
    assert (await prints())[made[0]["number"]] == (1, True)


async def test_after_kill_9_of_the_worker_nothing_is_printed_twice(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await given(house, 1)
    key = await ordered(house)
    code = (
        "import asyncio, os, signal\n"
        "from charity.app import MODELS\nfrom charity.db import engine\nfrom charity.jobs import worker\n"
        "from charity.giving import receipt_files, room\n"
        "async def die(key, done):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "receipt_files.progress = die\n"
        "async def main():\n    async with engine.opened(MODELS):\n        worker.use(room.ROOM.jobs, [])\n        await worker.run_once()\n"
        "asyncio.run(main())\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], env=children.environment(), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    (part,) = (receipt_files.folder() / key).glob("*.pdf")
    printed = part.stat().st_mtime_ns
    assert await state_of(house, key) == "running"
    kept: list[int] = []
    rmtree = verbs.shutil.rmtree
    monkeypatch.setattr(verbs.shutil, "rmtree", lambda *a, **k: (kept.append(part.stat().st_mtime_ns), rmtree(*a, **k)))
    late = "UPDATE job SET lease_until = $1 RETURNING id"
    await transactions.run(lambda tx: tx.rows(late, clock.later(-1)))
    assert await worker.drain() == 1
    assert (await state_of(house, key), kept) == ("done", [printed])
    assert "副本COPY" not in flat(await body_of(house, key))


async def test_a_long_file_lets_other_jobs_have_their_turn_and_a_broken_one_says_so(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await given(house, 2)
    key = await ordered(house)
    turns: list[dict[str, Any]] = [{"more": True}, {"more": True}]

    async def turn(key: str) -> dict[str, Any]:
        return turns.pop()

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_turn", turn)
        assert await worker.run_once()
        assert await worker.run_once()
    assert (await state_of(house, key), turns) == ("running", [])
    monkeypatch.setattr(parts, "PART", 1)
    monkeypatch.setattr(parts, "TURN_SECONDS", -1)
    output: list[dict[str, Any]] = []
    await parts.make(key, output.append)
    assert output == [{"more": True}]
    monkeypatch.setattr(children, "run", broken)
    for _ in range(queue.ATTEMPTS_MAX):
        assert await worker.run_once()
        await transactions.run(lambda tx: tx.rows("UPDATE job SET run_at = $1 RETURNING id", clock.later(-1)))
    row = await receipt_files.get(key, by=house.cashier)
    assert (row.state, row.error) == ("failed", verbs.BROKEN)
    assert await prints() == {}


async def broken(*_: object, **__: object) -> None:
    raise children.ChildFailed("No space left on device")


async def test_who_may_print_and_how_much_is_asked_at_each_door(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(**filters: str) -> str:
        with pytest.raises(Refusal) as refusal:
            await ordered(house, **filters)
        return code_of(refusal)

    assert await refused() == "receipt_file.none"
    nothing = await web.as_("cashier").get(f"{LIST}/new")
    assert (nothing.status_code, "没有符合条件的收据" in nothing.text) == (422, True)
    await given(house, 2)
    monkeypatch.setattr("charity.giving.receipt_files.readers.RECEIPTS_MAX", 1)
    assert await refused() == "receipt_file.many"
    monkeypatch.undo()
    monkeypatch.setattr(verbs, "WAITING_MAX", 1)
    key = await ordered(house)
    assert await refused() == "receipt_file.waiting"
    for answer in (
        await web.as_("auditor").get(f"{LIST}/new"),
        await web.as_("auditor").post(f"{API}/receipt-files", json={}),
    ):
        assert answer.status_code == 403
    assert (await web.as_("accountant").get(f"{API}/receipt-files/{key}")).status_code == 404
    assert (await web.as_("cashier").get(f"{LIST}/new?status=none")).status_code == 422
    assert list(receipt_files.folder().iterdir()) == []
