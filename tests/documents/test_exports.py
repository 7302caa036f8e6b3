"""Registers on screen and on paper: pages, exports by the job, documents that /v/{code} answers."""

import csv
import hashlib
import html
import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from cast import Cast
from click.testing import CliRunner
from conftest import Web
from giving.given import roster_settled
from reports.given import give, whole_year

from charity import clock
from charity.cli import main
from charity.db import engine, queue, reading, transactions
from charity.documents import codes, exports, facts, jobs, registry
from charity.documents.filters import STORE
from charity.errors import Refusal
from charity.giving import consents
from charity.giving.kinds import Consent
from charity.jobs import children, worker
from charity.people.persons import Donor
from charity.settings import settings

FORM = {"sec-fetch-site": "same-origin"}
BODY = {"report": "donations", "format": "csv", "from": whole_year().begin, "to": whole_year().end, "filters": {}}


async def made(house: Cast, report: str, fmt: str, **chosen: str) -> exports.Export:
    """An export, ordered and made by the worker."""
    order = await exports.start(report=report, fmt=fmt, filters=whole_year(**chosen), by=house.accountant)
    assert await worker.run_once()
    return await exports.get(order.id, by=house.accountant)


@pytest.mark.parametrize("name", ["donations", "disbursements", "stock"])
async def test_a_register_page_shows_rows_sums_filters_and_one_place_to_print(busy: Cast, web: Web, name: str) -> None:
    page = await web.as_("accountant").get(
        f"/ledgers/{name}", params={"from": whole_year().begin, "to": whole_year().end}
    )
    assert page.status_code == 200, page.text[:2000]
    assert "合计" in page.text
    assert "本月" in page.text
    assert 'action="/exports"' in page.text
    assert "不一致" not in page.text
    assert {"donations": "/r/", "disbursements": "/vouchers/BF-", "stock": "/stores/LX01/stock?q="}[name] in page.text


async def test_a_register_page_in_english_has_no_chinese_heads(busy: Cast, web: Web) -> None:
    client = web.as_("accountant")
    for name in ("donations", "disbursements", "stock"):
        page = await client.get(f"/ledgers/{name}", headers={"cookie": "lang=en"})
        heads = "".join(re.findall(r"<thead>(.*?)</thead>", page.text, re.DOTALL))
        assert heads
        assert not re.search(r"[\u4e00-\u9fff]", heads), heads


async def test_a_wrong_period_keeps_the_page_and_says_what_is_wrong(busy: Cast, web: Web) -> None:
    page = await web.as_("auditor").get("/ledgers/stock", params={"from": "2026-02-31"})
    assert page.status_code == 422
    assert "日期请按" in page.text
    assert 'aria-current="true"' not in page.text.partition("<main")[2], "no period is shown"
    assert 'href="/ledgers/stock">清除条件' in page.text
    good = await web.as_("auditor").get("/ledgers/stock")
    assert good.text.partition("<main")[2].count('aria-current="true"') == 1
    assert "清除条件" not in good.text


async def test_the_next_page_of_a_register_is_of_the_same_month_also_after_midnight(
    busy: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "PAGE_ROWS", 1)
    month = clock.today().replace(day=1).isoformat()
    client = web.as_("auditor")
    (following,) = re.findall(r'href="([^"]*)" rel="next"', (await client.get("/ledgers/donations")).text)
    assert f"from={month}" in following
    second = await client.get(html.unescape(following))
    assert f'value="{month}"' in second.text
    assert f"from={month}" in second.text.partition("第一页")[0].rpartition("href=")[2]


async def test_who_may_not_export_sees_no_register(house: Cast, web: Web) -> None:
    assert (await web.as_("cashier").get("/ledgers/donations")).status_code == 403
    assert (await web.as_("accountant").get("/ledgers/nothing")).status_code == 404
    page = await web.as_("manager").get("/ledgers/stock")
    assert page.status_code == 200
    assert 'id="f-store"' not in page.text
    assert (await web.as_("manager").get("/ledgers/stock", params={"store": "LX02"})).status_code == 403


async def test_an_export_over_the_api_is_queued_made_and_fetched(busy: Cast, web: Web) -> None:
    client = web.as_("accountant")
    asked = await client.post("/api/v1/exports", json=BODY)
    assert asked.status_code == 202, asked.text
    assert asked.json()["status"] == "queued"
    address = f"/api/v1/exports/{asked.json()['id']}"
    assert (await client.get(f"{address}/file")).status_code == 409
    assert await worker.run_once()
    state = (await client.get(address)).json()
    assert (state["status"], state["progress"]) == ("done", 100)
    file = await client.get(state["file"])
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["序号", "到账日期", "凭证号", "分录", "捐赠人"]
    assert rows[1][4] == "张*"
    assert [row[0] for row in rows if row][-5:] == ["合计", "台账", "期间", "筛选", "截至分录"]
    assert rows[-6][10:14] == ["130.00", "250.00", "380.00", "700.00"]
    assert "attachment" in file.headers["content-disposition"]
    assert (await web.as_("accountant2").get(address)).status_code == 404
    assert (await web.as_("auditor").get(address)).status_code == 200
    assert (await web.as_("cashier").get(address)).status_code == 404
    assert (await web.as_("clerk").get(address)).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"report": "nothing"}, 422),
        ({"format": "doc"}, 422),
        ({"from": "2026-02-31"}, 422),
        ({"to": "1999-01-01"}, 422),
        ({"filters": {"shop": "x"}}, 422),
        ({"filters": {"copy": "secret"}}, 422),
        ({"extra": 1}, 422),
    ],
)
async def test_an_export_of_nonsense_is_refused_and_makes_no_job(
    house: Cast, web: Web, change: dict[str, object], status: int
) -> None:
    answer = await web.as_("accountant").post("/api/v1/exports", json={**BODY, **change})
    assert answer.status_code == status, answer.text
    assert await reading.value("SELECT count(*) FROM job") == 0


async def test_a_manager_gets_the_own_store_and_never_names(house: Cast, web: Web) -> None:
    client = web.as_("manager")
    order = (await client.post("/api/v1/exports", json={**BODY, "report": "stock"})).json()["id"]
    assert (await exports.order_of(order)).filters[STORE] == "LX01"
    other = await client.post("/api/v1/exports", json={**BODY, "filters": {"store": "LX02"}})
    assert other.status_code == 403
    inside = await client.post("/api/v1/exports", json={**BODY, "filters": {"copy": "internal"}})
    assert inside.status_code == 403


async def test_the_pdf_carries_totals_hash_and_a_qr_that_the_check_page_answers(
    busy: Cast,
    web: Web,
    tmp_path: Path,
) -> None:
    export = await made(busy, "disbursements", "pdf", copy="internal")
    assert export.state == "done", export.error
    text = subprocess.run(["pdftotext", "-layout", export.path, "-"], capture_output=True, check=True).stdout.decode()
    document = await codes.by_code(export.document or "")
    for words in (
        "拨付（发放）台账",
        "临溪市慈善总会",
        "本页小计",
        "合计",
        "390.00",
        "第 1 页 共 1 页",
        "按月和项目合计",
        "王建国",
        "内部存档",
    ):
        assert words in text or "".join(words.split()) in text, words
    assert document.data_hash in "".join(text.split())
    page = await web.as_().get(f"/v/{document.code}")
    assert page.status_code == 200
    assert "有效" in page.text
    assert document.data_hash in page.text
    assert hashlib.sha256(export.path.read_bytes()).hexdigest() == document.file_hash
    assert "王建国" not in page.text
    assert "390.00" in page.text
    assert "内部存档" in page.text
    same = await web.as_().get(f"/v/{document.code.lower()}", params={"hash": document.file_hash.upper()})
    assert "逐项对照" in same.text
    assert "一致" not in same.text
    other = await web.as_().get(f"/v/{document.code}", params={"hash": "0" * 64})
    assert "不属于这份文件" in other.text
    assert (await web.as_().get("/v/ABC")).status_code == 404


async def test_every_format_of_the_same_books_has_the_same_data_hash(busy: Cast) -> None:
    exported = [await made(busy, "stock", fmt) for fmt in exports.FORMATS]
    hashes = {(await codes.by_code(e.document or "")).data_hash for e in exported}
    assert len(hashes) == 1
    sheet = openpyxl.load_workbook(exported[1].path).active
    assert sheet is not None
    first = dict(zip(*([cell.value for cell in row] for row in (sheet[7], sheet[8])), strict=True))
    assert (first["品名"], first["计量单位"], first["单价"]) == ("大米", "袋", 25)
    await give(busy, 100)
    later = await made(busy, "donations", "csv")
    assert (await codes.by_code(later.document or "")).data_hash not in hashes


async def test_a_name_like_a_formula_stays_a_text_in_every_sheet(busy: Cast) -> None:
    name = '=HYPERLINK("http://evil.example","x")'
    await give(busy, 7, name)
    export = await made(busy, "donations", "csv", copy="internal")
    assert f"'{name}" in next(r for r in csv.reader(io.StringIO(export.path.read_text("utf-8-sig"))) if r[10] == "0.07")
    export = await made(busy, "donations", "xlsx", copy="internal")
    sheet = openpyxl.load_workbook(export.path).active
    assert sheet is not None
    cell = next(row[4] for row in sheet.iter_rows() if row[10].value == 0.07)
    assert (cell.value, cell.data_type) == (name, "s")


async def test_rows_that_are_not_the_totals_make_no_file_and_the_order_names_the_column(busy: Cast) -> None:
    sql = "UPDATE donation SET amount_fen = 1 WHERE amount_fen = 10000 RETURNING key"
    await transactions.run(lambda tx: tx.rows(sql))
    export = await made(busy, "donations", "csv")
    assert export.state == "failed"
    assert "货币金额 30.01 ≠ 130.00" in export.error
    assert not list(exports.folder().iterdir())
    assert await reading.value("SELECT count(*) FROM document") == 0


async def test_sums_that_differ_from_the_books_are_named_on_the_page_and_make_no_file(busy: Cast, web: Web) -> None:
    sql = "UPDATE month_sum SET amount_fen = amount_fen + 1 WHERE register = 'donations' AND fund = 'F-GEN' RETURNING fund"
    await transactions.run(lambda tx: tx.rows(sql))
    export = await made(busy, "donations", "csv")
    assert export.state == "failed"
    assert "F-GEN" in export.error
    assert not list(exports.folder().iterdir())
    page = await web.as_("accountant").get("/ledgers/donations")
    assert "台账与账簿不一致" in page.text
    assert await reading.value("SELECT count(*) FROM document") == 0


async def test_the_button_the_progress_and_the_cancel_work_without_script(house: Cast, web: Web) -> None:
    client = web.as_("accountant")
    begun = await client.post(
        "/exports", data={"report": "stock", "format": "pdf", "from": "2026-01-01", "to": "2026-01-31"}, headers=FORM
    )
    assert begun.status_code == 303, begun.text[:500]
    address = begun.headers["location"]
    page = await client.get(address)
    assert page.status_code == 200
    assert "取消" in page.text
    assert (await client.get(f"{address}/progress")).json()["status"] == "queued"
    assert (await client.post(f"{address}/cancel", headers=FORM)).status_code == 303
    assert "没有生成文件" in (await client.get(address)).text
    assert (await client.post(f"{address}/cancel", headers=FORM)).status_code == 409
    assert await worker.run_once()
    assert (await client.get(f"{address}/progress")).json()["status"] == "cancelled"
    assert (await client.get(f"{address}/file")).status_code == 409
    assert not list(exports.folder().iterdir())
    assert "收发存台账" in (await client.get("/exports")).text


async def test_a_running_export_that_is_cancelled_is_killed_and_leaves_nothing(
    busy: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "LOOK_S", 0.01)
    order = await exports.start(report="stock", fmt="pdf", filters=whole_year(), by=busy.accountant)
    asked = []

    async def cancel_at_once(order_id: str) -> bool:
        if not asked:
            asked.append(order_id)
            await exports.cancel(order_id, by=busy.accountant)
        return False

    monkeypatch.setattr(exports, "wanted", cancel_at_once)
    assert await worker.run_once()
    assert asked == [order.id]
    assert (await exports.get(order.id, by=busy.accountant)).state == "cancelled"
    assert not list(exports.folder().iterdir())
    assert await reading.value("SELECT state FROM job") == "done"


async def test_nobody_waits_for_a_file_while_writing_has_stopped(house: Cast, web: Web) -> None:
    """The page showed "running" until somebody restarted the server."""
    order = await exports.start(report="donations", fmt="csv", filters=whole_year(), by=house.accountant)
    assert await exports.begin(order.id)
    client = web.as_("accountant")
    assert (await client.get(f"/api/v1/exports/{order.id}")).json()["status"] == "running"
    engine.state().stopped = "SQLITE_FULL"
    shown = (await client.get(f"/api/v1/exports/{order.id}")).json()
    assert (shown["status"], "重新启动后会自动重做" in shown["error"]) == ("failed", True)
    assert "系统已停止写入" in (await client.get(f"/exports/{order.id}")).text
    assert [export.state for export in await exports.recent(by=house.accountant)] == ["failed"]
    engine.state().stopped = None  # as a fresh process begins
    assert (await exports.get(order.id, by=house.accountant)).state == "running"
    assert await worker.run_once()
    assert (await exports.get(order.id, by=house.accountant)).state == "done"


async def test_a_file_that_finds_no_room_is_tried_again_and_then_failed_with_a_sentence(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    async def full(*_: object, **__: object) -> None:
        tries.append("ENOSPC")
        raise children.ChildFailed("No space left on device")

    monkeypatch.setattr(children, "run", full)
    order = await exports.start(report="donations", fmt="csv", filters=whole_year(), by=house.accountant)
    for _ in range(queue.ATTEMPTS_MAX):
        assert await worker.run_once()
        await transactions.run(lambda tx: tx.rows("UPDATE job SET run_at = $1 RETURNING id", clock.later(-1)))
    shown = await exports.get(order.id, by=house.accountant)
    assert (shown.state, shown.error, len(tries)) == ("failed", exports.BROKEN, queue.ATTEMPTS_MAX)


async def test_a_file_that_takes_too_long_is_given_up_with_words(
    busy: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "EXPORT_SECONDS", 0.01)
    export = await made(busy, "stock", "pdf")
    assert (export.state, export.error) == ("failed", exports.TOO_SLOW)


async def test_after_kill_9_of_the_worker_the_export_is_made_again(busy: Cast) -> None:
    order = await exports.start(report="donations", fmt="pdf", filters=whole_year(), by=busy.accountant)
    code = (
        "import asyncio, os, signal\n"
        "from charity.db import engine\nfrom charity.jobs import worker\n"
        "from charity.documents import exports\n"
        "async def told_then_die(order, *, done, total):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "exports.progress = told_then_die\n"
        "import charity.app\n"
        "async def main():\n    async with engine.opened():\n        await worker.run_once()\n"
        "asyncio.run(main())\n"
    )
    dead = subprocess.run([sys.executable, "-c", code], env=children.environment(), check=False)
    assert dead.returncode == -signal.SIGKILL
    assert (await exports.get(order.id, by=busy.accountant)).state == "running"
    assert not await worker.run_once(), "its lease still runs"
    past = clock.later(-1)
    await transactions.run(lambda tx: tx.rows("UPDATE job SET lease_until = $1 RETURNING id", past))
    assert await worker.run_once()
    export = await exports.get(order.id, by=busy.accountant)
    assert export.state == "done"
    assert export.path.exists()
    assert [p.name for p in exports.folder().iterdir()] == [export.path.name]
    assert await reading.value("SELECT count(*) FROM document") == 1


async def test_the_command_line_makes_the_same_register_at_once(busy: Cast, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    async def on_progress(done: int, total: int) -> None:
        heard.append((done, total))

    out = tmp_path / "d4.csv"
    code = await exports.make_now(report="donations", fmt="csv", filters=whole_year(), out=out, on_progress=on_progress)
    ordered = await made(busy, "donations", "csv")
    assert out.read_bytes() == ordered.path.read_bytes()
    assert heard[-1] == (6, 6)
    assert (await codes.by_code(code)).made_by == "cli"
    with pytest.raises(Refusal, match=r"report\.format"):
        await exports.make_now(report="donations", fmt="doc", filters=whole_year(), out=out)


async def test_a_copy_for_others_is_given_out_no_more_once_a_giver_took_a_consent_back(house: Cast, web: Web) -> None:
    firm = Donor("organisation", "恒溪纺织有限公司", "19900002222")
    gift = await give(house, 700, donor=firm, public_name=True, public_amount=True)
    others, internal, board = [await made(house, "donations", "csv", copy=c) for c in ("notice", "internal", "board")]
    client = web.as_("accountant")
    file = f"/api/v1/exports/{others.id}/file"
    assert "恒溪纺织有限公司" in (await client.get(file)).text
    await consents.at_the_desk(gift, {Consent.CONTACT}, reason="不要再来电话", by=house.cashier)
    assert (await client.get(file)).status_code == 200
    await consents.at_the_desk(gift, {Consent.NAME}, reason="本人来电", by=house.cashier)
    answer = await client.get(file)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:charity:problem:export.outdated")
    assert (await client.get(f"/exports/{others.id}/file")).status_code == 410
    for kept in (internal, board):
        assert (await client.get(f"/api/v1/exports/{kept.id}/file")).status_code == 200
    anew = await made(house, "donations", "csv", copy="notice")
    assert "爱心单位" in (await client.get(f"/api/v1/exports/{anew.id}/file")).text


async def test_old_files_are_purged_and_their_documents_stay(busy: Cast) -> None:
    export = await made(busy, "stock", "csv")
    assert await exports.purge() == 0
    past = clock.later(-1)
    await transactions.run(lambda tx: tx.rows("UPDATE export SET expires_at = $1 RETURNING id", past))
    assert await exports.purge() == 1
    assert not export.path.exists()
    assert (await codes.by_code(export.document or "")).row_count == 2
    with pytest.raises(Refusal, match=r"export\.unknown"):
        await exports.get(export.id, by=busy.accountant)


async def test_one_account_cannot_fill_the_queue(house: Cast) -> None:
    for _ in range(exports.WAITING_MAX):
        await exports.start(report="stock", fmt="csv", filters=whole_year(), by=house.auditor)
    with pytest.raises(Refusal, match=r"export\.too_many"):
        await exports.start(report="stock", fmt="csv", filters=whole_year(), by=house.auditor)
    await exports.start(report="stock", fmt="csv", filters=whole_year(), by=house.accountant)
    assert await reading.value("SELECT count(*) FROM job") == exports.WAITING_MAX + 1


async def test_job_bodies_and_documents_hold_no_names(busy: Cast) -> None:
    await made(busy, "donations", "csv", copy="internal")
    for table in ("job", "document", "export"):
        assert "张三丰" not in str(await reading.rows(f"SELECT * FROM {table}"))
    assert settings().data_dir in exports.folder().parents
    assert exports.folder().stat().st_mode & 0o077 == 0
    assert await facts.head_seq() > 0


async def test_an_order_of_an_earlier_version_keeps_its_filters(house: Cast) -> None:
    order = await exports.start(report="stock", fmt="csv", filters=whole_year(), by=house.accountant)
    asked = {
        "begin": whole_year().begin,
        "end": whole_year().end,
        "store": "LX01",
        "fund": "",
        "campaign": "",
        "programme": "",
    }
    text = json.dumps({**asked, "copy": "notice"})  # every row named all five filters, whatever its document had

    async def as_before(tx: transactions.Tx) -> None:
        await tx.rows("UPDATE export SET filters = $2 WHERE id = $1 RETURNING id", order.id, text)

    await transactions.run(as_before)
    filters = (await exports.get(order.id, by=house.accountant)).filters
    assert filters == whole_year(store="LX01")
    assert facts.allowed(registry.document("stock"), filters, house.accountant) == filters


def test_the_command_line_offers_every_filter_that_a_document_has() -> None:
    named = {wanted.name for document in registry.every() for wanted in document.filters}
    assert named == {"store", "fund", "campaign", "programme", "copy", "place", "roster"}
    help_text = CliRunner().invoke(main, ["export", "--help"]).output
    assert all(f"--{name}" in help_text for name in named)
    refused = CliRunner().invoke(
        main,
        [
            "export",
            "stock",
            "--format",
            "csv",
            "--from",
            "2026-01-01",
            "--to",
            "2026-01-31",
            "-o",
            "x",
            "--campaign",
            "c",
        ],
    )
    assert refused.exit_code == 1
    assert "没有此筛选条件" in refused.output


async def test_a_column_of_totals_is_no_total_of_totals(busy: Cast, web: Web) -> None:
    await roster_settled(busy)
    order = await made(busy, "units", "csv")
    page = (await web.as_().get(f"/v/{order.document}")).text
    assert ("个人捐款合计" in page, "合计合计" in page) == (True, False)
