"""How a register becomes a file: its rows, its hash, its sums, its progress, and nothing left behind."""

import asyncio
import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cast import Cast

from charity import clock, words
from charity.db import transactions
from charity.documents import rendering
from charity.documents.filters import COPY, FUND
from charity.errors import Refusal
from charity.printing import registers
from charity.printing.document import Column, Document, Filters, Group, Page, Totals

FILTERS = Filters.of("2026-01-01", "2026-01-31", fund="F-EDU")
ROWS: list[dict[str, Any]] = [
    {"code": "A001", "who": "王*", "fen": 12_345, "n": 2},
    {"code": "A002", "who": "=1+1", "fen": None, "n": 3},
    {"code": "A003", "who": "李*", "fen": 655, "n": 4},
]
SUMS = {"fen": 13_000, "n": 9}
GROUPS = [Group("一月", {"fen": 12_345, "n": 5}), Group("二月", {"fen": 655, "n": 4})]


def register(rows: list[dict[str, Any]] = ROWS, **changes: Any) -> Document:
    """A register of these rows that gives one row a page, whatever it is asked for."""
    totals = Totals(len(rows), dict(SUMS), GROUPS, [])

    async def page(filters: Filters, seq: int, after: str | None, limit: int) -> Page:
        assert (filters, seq, limit) == (FILTERS, 0, 1_000)
        n = int(after or 0)
        return Page(rows[n : n + 1], str(n + 1) if n + 1 < len(rows) else None)

    async def all_totals(filters: Filters, seq: int) -> Totals:
        assert (filters, seq) == (FILTERS, 0)
        return changes.get("totals", totals)

    return Document(
        name="test",
        title="捐赠台账",
        lead="",
        columns=(
            Column("code", "编号", 1, kind="code"),
            Column("who", "捐赠人", 2, align="center"),
            Column("fen", "金额", 1, kind="money", total=True, align="right"),
            Column("n", "人数", 1, kind="count", total=True),
        ),
        filters=(FUND, COPY),
        page=page,
        totals=all_totals,
        check=lambda totals: f"共 {totals.count} 行",
    )


class Made:
    """Makes files, and notes the steps and what was given to the printer."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.steps, self.printed = folder, list[tuple[int, int]](), list[registers.Register]()

    async def __call__(self, document: Document, fmt: str, language: str = "zh") -> rendering.Made:
        self.steps.clear()
        return await rendering.make(
            document=document,
            fmt=fmt,
            filters=FILTERS,
            language=language,
            out=self.folder / f"file.{fmt}",
            made_by="somebody",
            on_progress=self.on_progress,
        )

    async def on_progress(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    async def print(self, printed: registers.Register, path: Path, progress: Any) -> None:
        rows = [row async for row in printed.rows] if hasattr(printed.rows, "__aiter__") else list(printed.rows)
        self.printed.append(replace(printed, rows=rows))
        for done in range(3):
            progress(done, 2)
        await asyncio.to_thread(path.write_bytes, b"%PDF")


@pytest.fixture
def made(house: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    made = Made(tmp_path)
    monkeypatch.setattr(rendering, "print_register", made.print)
    return made


def the_hash(rows: list[dict[str, Any]] = ROWS) -> str:
    """As the module says: the facts, then a line a row."""
    asked = {
        "begin": FILTERS.begin,
        "end": FILTERS.end,
        "fund": "F-EDU",
        "copy": "notice",
        "report": "test",
        "columns": ["code", "who", "fen", "n"],
        "seq": 0,
    }
    lines = [dict(sorted(asked.items())), *([row[key] for key in ("code", "who", "fen", "n")] for row in rows)]
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


async def test_a_sheet_has_every_row_its_sums_and_a_document_that_says_what_it_is(made: Made) -> None:
    with clock.fixed(datetime(2026, 2, 1, 20, 5, tzinfo=UTC)):
        file = await made(register(), "csv")
    whole = (made.folder / "file.csv").read_bytes()
    assert list(csv.reader(io.StringIO(whole.decode("utf-8-sig")))) == [
        ["编号", "捐赠人", "金额", "人数"],
        ["A001", "王*", "123.45", "2"],
        ["A002", "'=1+1", "", "3"],
        ["A003", "李*", "6.55", "4"],
        ["合计", "", "130.00", "9"],
        [],
        ["台账", "捐赠台账（外部查阅）"],
        ["期间", "2026-01-01 至 2026-01-31"],
        ["筛选", "基金 F-EDU 慈善助学基金 · 外部查阅（只留姓氏）"],
        ["截至分录", "0"],
    ]
    assert (file.file, file.bytes) == ("file.csv", len(whole))
    assert len(file.document.pop("code")) == 26
    assert file.document == {
        "kind": "test",
        "title": "捐赠台账",
        "from_on": "2026-01-01",
        "to_on": "2026-01-31",
        "format": "csv",
        "row_count": 3,
        "seq": 0,
        "copy": "notice",
        "filters": "基金 F-EDU 慈善助学基金 · 外部查阅（只留姓氏）",
        "sums": '[["金额","money",13000],["人数","count",9]]',
        "data_hash": the_hash(),
        "file_hash": hashlib.sha256(whole).hexdigest(),
        "status": "valid",
        "made_by": "somebody",
        "made_at": "2026-02-01T20:05:00.000000Z",
    }
    assert made.steps == [(1, 3), (2, 3), (3, 3)]
    assert made.printed == []


async def test_a_workbook_has_the_same_rows_and_sums(made: Made) -> None:
    with clock.fixed(datetime(2026, 2, 1, 20, 5, tzinfo=UTC)):
        file = await made(register(), "xlsx")
    code = file.document["code"]
    sheet = openpyxl.load_workbook(made.folder / "file.xlsx").active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["捐赠台账（外部查阅）", None, None, None],
        ["期间", "2026-01-01 至 2026-01-31", None, None],
        ["筛选", "基金 F-EDU 慈善助学基金 · 外部查阅（只留姓氏）", None, None],
        ["截至分录", "0", None, None],
        ["文件编号", f"{code} http://127.0.0.1:8000/v/{code}", None, None],
        ["打印时间", "2026-02-02 04:05", None, None],
        ["编号", "捐赠人", "金额", "人数"],
        ["A001", "王*", 123.45, 2],
        ["A002", "=1+1", None, 3],
        ["A003", "李*", 6.55, 4],
        ["合计", None, 130, 9],
    ]
    assert sheet.freeze_panes == "A8"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # one page across, as many down as it needs
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$7:$7")
    assert file.document["data_hash"] == the_hash()
    assert made.steps == [(1, 3), (2, 3), (3, 3)]


async def test_a_workbook_prints_the_way_up_that_its_document_does(made: Made) -> None:
    await made(replace(register(), sheet=registers.PORTRAIT), "xlsx")
    sheet = openpyxl.load_workbook(made.folder / "file.xlsx").active
    assert sheet is not None
    assert sheet.page_setup.orientation == "portrait"


async def test_a_print_says_what_it_is_and_counts_its_pages_after_its_rows(made: Made) -> None:
    with clock.fixed(datetime(2026, 2, 1, 20, 5, tzinfo=UTC)):
        file = await made(register(), "pdf")
    (printed,) = made.printed
    assert printed == registers.Register(
        title="捐赠台账（外部查阅）",
        organisation="临溪市慈善总会",
        period="2026-01-01 至 2026-01-31",
        filters="基金 F-EDU 慈善助学基金 · 外部查阅（只留姓氏）",
        unit="单位：元",
        columns=[
            registers.PrintedColumn("code", "编号", 1, "left", "text"),
            registers.PrintedColumn("who", "捐赠人", 2, "center", "text"),
            registers.PrintedColumn("fen", "金额", 1, "right", "money", True),
            registers.PrintedColumn("n", "人数", 1, "left", "count", True),
        ],
        rows=[list(row.values()) for row in ROWS],
        row_count=3,
        groups=[("一月", {"fen": 12_345, "n": 5}), ("二月", {"fen": 655, "n": 4})],
        group_title="按月合计",
        note="共 3 行",
        sign_offs=["制表人", "复核人", "财务负责人", "单位负责人（签章）"],
        code=file.document["code"],
        verify_url=f"http://127.0.0.1:8000/v/{file.document['code']}",
        hash_hex=the_hash(),
        printed_at="2026-02-02 04:05",
        demo=False,
        lang="zh",
    )
    assert made.steps == [(1, 6), (2, 6), (3, 6), (3, 6), (4, 6), (6, 6)]
    assert (made.folder / "file.pdf").read_bytes() == b"%PDF"


async def test_one_group_is_the_sum_itself_and_is_not_printed_again(made: Made) -> None:
    await made(register(totals=Totals(3, dict(SUMS), GROUPS[:1], [])), "pdf")
    assert made.printed[0].groups == ()


async def test_a_print_in_english_bears_the_english_name_when_there_is_one(made: Made) -> None:
    await made(register(), "pdf", "en")
    await transactions.run(lambda tx: tx.rows("UPDATE organisation SET name_en = ''"))
    await made(register(), "pdf", "en")
    await made(register(), "pdf", "zh")
    names = [(printed.organisation, printed.lang) for printed in made.printed]
    assert names == [("Linxi Charity Federation", "en"), ("临溪市慈善总会", "en"), ("临溪市慈善总会", "zh")]


@pytest.mark.parametrize(("fmt", "steps"), [("csv", [(0, 1)]), ("pdf", [(0, 2), (1, 2), (1, 2), (2, 2)])])
async def test_a_register_without_a_row_is_a_file_too(made: Made, fmt: str, steps: list[tuple[int, int]]) -> None:
    file = await made(register([], totals=Totals(0, {"fen": 0, "n": 0}, [], [])), fmt)
    assert (file.document["row_count"], file.document["data_hash"]) == (0, the_hash([]))
    assert made.steps == steps


async def test_a_register_has_so_many_rows_at_most(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "ROWS_MAX", 3)
    await made(register(), "csv")
    monkeypatch.setattr(registers, "ROWS_MAX", 2)
    with pytest.raises(Refusal) as refused:
        await made(register(), "csv")
    assert (refused.value.code, refused.value.facts) == ("report.rows", {"rows": 3, "limit": 2})


@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        (Totals(4, dict(SUMS), [], []), "行数 3 ≠ 4"),
        (Totals(3, {"fen": 13_000, "n": 8}, [], []), "人数 9 ≠ 8"),
        (Totals(3, dict(SUMS), [], ["F-EDU 1"]), "F-EDU 1"),
    ],
)
async def test_a_register_that_does_not_add_up_leaves_nothing_behind(made: Made, totals: Totals, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        await made(register(totals=totals), "csv")
    assert words.say(refused.value.words, **refused.value.facts) == (
        f"台账与账簿不一致：{sentence}。请先查明原因，再导出"
    )
    assert list(made.folder.glob("file*")) == []


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "pdf"])
async def test_only_the_finished_file_stays(made: Made, fmt: str) -> None:
    await made(register(), fmt)
    assert [path.name for path in made.folder.glob("file*")] == [f"file.{fmt}"]
