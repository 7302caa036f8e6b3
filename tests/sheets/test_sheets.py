"""Sheets out are data and never formulas; sheets in are read strictly, with row and column."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.sheets import csv_in, csv_out, xlsx_out
from charity.sheets.columns import Column

COLUMNS = [
    Column("name", "捐赠人"),
    Column("fen", "金额", "money"),
    Column("n", "数量", "count"),
    Column("on", "日期", "date"),
]
DANGEROUS = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "－1"]


def cells(data: bytes):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_starts_with_a_bom_and_holds_plain_numbers():
    data = b"".join(csv_out.write([("林晓梅", 123_450, 1_000, "2026-10-08"), ("匿名", -5, None, None)], COLUMNS))
    assert data.startswith(b"\xef\xbb\xbf")
    assert cells(data) == [
        ["捐赠人", "金额", "数量", "日期"],
        ["林晓梅", "1234.50", "1000", "2026-10-08"],
        ["匿名", "-0.05", "", ""],
    ]
    assert data.count(b"\r\n") == 3


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_in_csv_becomes_a_formula_in_any_column(text: str):
    data = b"".join(csv_out.write([{"name": text, "fen": text, "n": 1, "on": text}], COLUMNS))
    row = cells(data)[1]
    assert row[0] == row[1] == row[3] == "'" + text
    assert row[2] == "1"


@given(st.lists(st.text(max_size=20), min_size=4, max_size=4))
def test_no_text_whatever_leaves_a_dangerous_first_character(texts: list[str]):
    row = cells(csv_out.head(COLUMNS) + csv_out.line(COLUMNS, texts))[1]
    assert len(row) == 4
    assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row)


def test_a_long_csv_comes_in_chunks_that_join_to_the_same_rows():
    chunks = list(csv_out.write(((f"捐赠人{n}", n, n, "") for n in range(1_500)), COLUMNS))
    assert len(chunks) > 2
    assert len(cells(b"".join(chunks))) == 1_501


def test_a_row_that_does_not_fit_its_columns_is_refused():
    with pytest.raises(ValueError, match="3 cells for 4 columns"):
        csv_out.line(COLUMNS, ("a", 1, 2))
    with pytest.raises(KeyError):
        csv_out.line(COLUMNS, {"name": "a"})


def test_xlsx_holds_real_numbers_and_texts_that_stay_texts(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    rows = [
        {"name": text, "fen": 10**13 + 1, "n": 7, "on": "2026-10-08"} for text in [*DANGEROUS, "https://x.cn/", "1234"]
    ]
    xlsx_out.write(path, rows, COLUMNS, title="捐赠/台账")
    sheet = openpyxl.load_workbook(path).active
    assert sheet.title == "捐赠_台账"
    assert sheet["A1"].value == "捐赠/台账"
    assert [cell.value for cell in sheet[2]] == ["捐赠人", "金额", "数量", "日期"]
    for row in sheet.iter_rows(min_row=3):
        assert (row[3].value.date(), row[3].number_format) == (date(2026, 10, 8), "yyyy-mm-dd")
        assert row[0].data_type == "s"
        assert row[0].hyperlink is None
        assert (row[1].value, row[1].number_format) == (100_000_000_000.01, "#,##0.00")
        assert row[2].value == 7
    assert sheet.max_row == len(rows) + 2


def test_xlsx_of_equal_rows_has_equal_bytes(tmp_path: Path):
    for name in ("a.xlsx", "b.xlsx"):
        xlsx_out.write(tmp_path / name, [("林晓梅", 1, 1, "")], COLUMNS, title="台账")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_xlsx_refuses_more_rows_than_a_sheet_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx_out, "ROWS_MAX", 2)
    with pytest.raises(xlsx_out.SheetTooLong):
        xlsx_out.write(tmp_path / "a.xlsx", [("a", 1, 1, "")] * 3, COLUMNS, title="台账")


ROSTER = "姓名,金额\r\n林晓梅,100\r\n王五,50.5\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_is_read_in_the_encodings_that_people_send(encoding: str):
    lines = csv_in.read(ROSTER.encode(encoding), ["姓名", "金额"])
    assert [(line.number, line.cells) for line in lines] == [
        (2, {"姓名": "林晓梅", "金额": "100"}),
        (3, {"姓名": "王五", "金额": "50.5"}),
    ]


def test_tabs_quotes_blank_rows_and_cells_with_line_breaks_are_read():
    text = '姓名\t金额\n\n"王\n五"\t " 1,234.50"\n\t\n'.replace(' "', '"')
    lines = csv_in.read(text.encode(), ["姓名"], optional=["金额"], areas=["姓名"])
    assert [(line.number, line.cells) for line in lines] == [(3, {"姓名": "王\n五", "金额": "1,234.50"})]


@pytest.mark.parametrize(
    ("data", "reason", "row", "column"),
    [
        (b"", "empty", 0, ""),
        (b"\xef\xbb\xbf", "empty", 0, ""),
        (b",,\r\n", "empty", 0, ""),
        (b"\xff\xfea\x00", "not_text", 0, ""),
        (b"PK\x03\x04\x00\x00", "not_text", 0, ""),
        (b"\xff\xff\xff", "not_text", 0, ""),
        ("姓名\n".encode(), "missing_column", 1, "金额"),
        ("姓名,金额,电话\n".encode(), "unknown_column", 1, "电话"),
        ("姓名,金额,姓名\n".encode(), "double_column", 1, "姓名"),
        ("姓名,金额\n林晓梅\n".encode(), "too_few_cells", 2, "金额"),
        ("姓名,金额\n林晓梅,1,2\n".encode(), "too_many_cells", 2, ""),
        ("姓名,金额\n甲,1\n乙,1\n丙,1\n丁,1\n".encode(), "too_many_rows", 5, ""),
        (("姓名,金额\n" + "甲" * 1_001 + ",1\n").encode(), "cell_too_long", 2, "姓名"),
        ('姓名,金额\n"甲"x,1\n'.encode(), "broken_quotes", 2, ""),
        ('姓名,金额\n"甲,1\n'.encode(), "broken_quotes", 2, ""),
        ("姓名,金额\n王\u200b,1\n".encode(), "refused_character", 2, "姓名"),
        ('姓名,金额\n甲,"1\n2"\n'.encode(), "refused_character", 2, "金额"),
        (b"x" * (csv_in.BYTES_MAX + 1), "too_big", 0, ""),
    ],
)
def test_a_sheet_that_cannot_be_read_stops_with_its_place(data: bytes, reason: str, row: int, column: str):
    with pytest.raises(csv_in.SheetUnreadable) as refused:
        csv_in.read(data, ["姓名", "金额"], rows_max=3)
    assert (refused.value.reason, refused.value.row, refused.value.column) == (reason, row, column)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    try:
        lines = csv_in.read(data, ["姓名"], optional=["金额"])
    except csv_in.SheetUnreadable:
        return
    assert all("姓名" in line.cells for line in lines)
