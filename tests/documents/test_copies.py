"""Copies of a register: for reading by others, for a notice board, for our own files; and codes that name nothing."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from cast import Cast
from conftest import Web
from documents.test_exports import BODY, FORM
from reports.given import read, whole_year

from charity.db import reading
from charity.documents import codes, exports
from charity.errors import Refusal
from charity.jobs import worker

PERSONAL = ("王建国", "王*", "张三丰", "张*", "李四", "溪东街道", "秘密事由", "溪东商会", "市人民医院")


async def test_the_board_copy_has_totals_by_programme_and_class_and_no_person_place_or_reason(busy: Cast) -> None:
    rows, totals = await exports_board(busy, "disbursements")
    assert [(row["项目"], row["类别"], row["受益人次"], row["货币资金"], row["物资折价"]) for row in rows] == [
        ("项目P03", "低保", "3", "40.00", "0.00"),
        ("项目P05", "低保", "2", "0.00", "50.00"),
        ("项目P90", "医院", "0", "300.00", "0.00"),
    ]
    assert (totals["受益人次"], totals["合计"]) == ("5", "390.00")
    rows, totals = await exports_board(busy, "donations")
    assert [(row["基金"], row["笔数"], row["合计"], row["受托代理"]) for row in rows] == [
        ("慈善助学基金", "1", "30.00", "0.00"),
        ("非限定性基金", "3", "350.00", "0.00"),
        ("汶川地震代收款", "1", "0.00", "700.00"),
    ]
    assert (totals["合计"], totals["受托代理"]) == ("380.00", "700.00")


async def exports_board(house: Cast, name: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The lines and the sums of a notice-board copy as a sheet; none of it names anybody."""
    order = await exports.start(report=name, fmt="csv", filters=whole_year(copy="board"), by=house.accountant)
    assert await worker.run_once()
    export = await exports.get(order.id, by=house.accountant)
    text = export.path.read_text("utf-8-sig")
    assert not [word for word in PERSONAL if word in text]
    assert "公示版（只有合计）" in text
    assert "（公示版）" in text
    assert (await codes.by_code(export.document or "")).copy == "board"
    records = [row for row in csv.reader(io.StringIO(text)) if row]
    lines = [dict(zip(records[0], row, strict=True)) for row in records[1:] if len(row) == len(records[0])]
    return lines[:-1], lines[-1]


async def test_the_board_copy_adds_up_to_the_register_with_names(busy: Cast) -> None:
    for chosen in ({}, {"fund": "F-GEN"}, {"store": "LX01"}, {"programme": "P03"}):
        _, whole = await read("disbursements", whole_year(**chosen))
        order = await exports.start(
            report="disbursements", fmt="csv", filters=whole_year(copy="board", **chosen), by=busy.auditor
        )
        assert await worker.run_once()
        export = await exports.get(order.id, by=busy.auditor)
        assert export.state == "done", export.error
        kept = json.loads((await codes.by_code(export.document or "")).sums)
        sums = {title: amount for title, _, amount in kept}
        assert sums["受益人次"] == whole.sums["recipients"]
        assert sums["合计"] == whole.sums["amount_fen"]


async def test_the_screen_the_list_and_the_name_of_the_file_say_which_copy_it_is(busy: Cast, web: Web) -> None:
    client = web.as_("accountant")
    shown = await client.get("/ledgers/disbursements", params={"copy": "board", "from": whole_year().begin})
    table = shown.text[shown.text.index("<tbody>") :]
    assert not [word for word in PERSONAL if word in table]
    assert "低保" in table
    order = (await client.post("/api/v1/exports", json={**BODY, "filters": {"fund": "F-GEN", "copy": "board"}})).json()
    assert await worker.run_once()
    listed = (await client.get("/exports")).text
    assert ("公示版" in listed, "built-in" in listed) == (True, False)  # a column whose name is a method of dict too
    assert "基金 F-GEN" in listed
    file = await client.get(f"/api/v1/exports/{order['id']}/file")
    assert "%E5%85%AC%E7%A4%BA%E7%89%88" in file.headers["content-disposition"]


async def test_a_manager_may_choose_the_copies_without_names(busy: Cast, web: Web) -> None:
    page = (await web.as_("manager").get("/ledgers/disbursements")).text
    assert re.findall(r'<option value="(notice|board|internal)"', page) == ["notice", "board"]
    refused = await web.as_("manager").post("/api/v1/exports", json={**BODY, "filters": {"copy": "internal"}})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("report", "name", "value", "label"),
    [
        ("donations", "fund", "F-NONE", "基金"),
        ("donations", "campaign", "never-was", "活动"),
        ("stock", "store", "LX99", "门店"),
        ("disbursements", "programme", "P99", "项目"),
        ("donations", "copy", "secret", "版别"),
    ],
)
async def test_a_code_that_names_nothing_is_refused_at_every_door(
    house: Cast, web: Web, tmp_path: Path, report: str, name: str, value: str, label: str
) -> None:
    client, words = web.as_("accountant"), f"没有这个{label}：{value}"
    page = await client.get(f"/ledgers/{report}", params={name: value})
    assert page.status_code == 422
    assert words in unescape(page.text)
    call = await client.post("/api/v1/exports", json={**BODY, "report": report, "filters": {name: value}})
    assert (call.status_code, words in call.text) == (422, True)
    form = {"report": report, "format": "csv", "from": BODY["from"], "to": BODY["to"], name: value}
    assert (await client.post("/exports", data=form, headers=FORM)).status_code == 422
    with pytest.raises(Refusal, match=r"report\.filter_value"):
        await exports.make_now(report=report, fmt="csv", filters=whole_year(**{name: value}), out=tmp_path / "x.csv")
    assert await reading.value("SELECT count(*) FROM job") == 0
    assert not (tmp_path / "x.csv").exists()


async def test_a_workbook_says_its_period_filters_and_copy_and_has_real_dates(busy: Cast) -> None:
    order = await exports.start(
        report="donations", fmt="xlsx", filters=whole_year(fund="F-GEN", copy="internal"), by=busy.accountant
    )
    assert await worker.run_once()
    export = await exports.get(order.id, by=busy.accountant)
    sheet = openpyxl.load_workbook(export.path).active
    assert sheet is not None
    above = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row if cell.value)
    for text in (
        "捐赠收入明细台账（内部存档）",
        whole_year().begin,
        "基金 F-GEN",
        "内部存档（含姓名）",
        export.document,
    ):
        assert str(text) in above
    assert [cell.is_date for cell in sheet[8]][:3] == [False, True, False]
