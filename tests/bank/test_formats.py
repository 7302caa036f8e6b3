"""What the files of banks say: each layout, each way to write an amount or a day, and files that are none."""

import io
import itertools
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from bank import files
from bank.files import ENTRIES, OWN, Fault, csv_of, xls_of, xlsx_of

from charity.bank.chosen_columns import COLUMNS
from charity.bank.formats import layouts, reading, rows
from charity.bank.formats.rows import NoLayout, Sheet
from charity.sheets import amounts, children, grids
from charity.sheets.amounts import Unread
from charity.sheets.grids import Unopened

FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "icbc": ("icbc", lambda: xlsx_of(files.icbc())),
    "icbc, header in the second row": ("icbc", lambda: xlsx_of(files.icbc_at())),
    "icbc, own account as a number": ("icbc", lambda: xlsx_of(files.icbc(own=int(OWN)))),
    "icbc, said to be one cell": ("icbc", lambda: xlsx_of(files.icbc(), dimension="A1:A1")),
    "abc": ("abc", lambda: xls_of(files.abc())),
    "abc, detail": ("abc-detail", lambda: xls_of(files.abc_detail())),
    "abc, short": ("abc-short", lambda: xls_of(files.abc_short())),
    "abc, old": ("abc-old", lambda: xls_of(files.abc_old())),
    "boc, GBK": ("boc", lambda: csv_of(files.boc(), "gbk")),
    "boc, UTF-8 with BOM, header two rows later": ("boc", lambda: csv_of(files.boc(header=9), "utf-8-sig")),
    "boc, xls": ("boc", lambda: xls_of(files.boc())),
    "boc, tabs": ("boc", lambda: csv_of(files.boc(), "gb18030", "\t")),
    "ccb a": ("ccb-a", lambda: xls_of(files.ccb_a())),
    "ccb b": ("ccb-b", lambda: xls_of(files.ccb_b())),
    "cmb": ("cmb", lambda: xlsx_of(files.cmb())),
    "citic": ("citic", lambda: xlsx_of(files.citic())),
    "bocom": ("bocom", lambda: xls_of(files.bocom())),
    "bocom, old": ("bocom-old", lambda: xls_of(files.bocom_old())),
    "spdb": ("spdb", lambda: xls_of(files.spdb())),
    "alipay": ("alipay-fund", lambda: csv_of(files.alipay(), "gb18030")),
    "alipay, no minus, leading empty column": (
        "alipay-fund",
        lambda: csv_of(files.alipay(minus="", blank=True), "gb18030"),
    ),
    "wechat fund": ("wechat-fund", files.wechat_fund),
    "wechat trade": ("wechat-trade", files.wechat_trade),
}
TIMED = {"abc", "abc-detail", "abc-short", "boc", "ccb-a", "ccb-b", "cmb", "citic", "bocom", "bocom-old", "spdb"}
NAMELESS = {"alipay-fund", "wechat-fund", "wechat-trade"}


def sheet(data: bytes, own: str = "", name: str = "x") -> Sheet:
    return rows.read(grids.opened(data, name), own)


def errors(data: bytes) -> list[tuple[int, str, str]]:
    return [(row, column, reason) for row, column, reason, _ in sheet(data).errors]


@pytest.mark.parametrize("case", FILES)
def test_a_layout_is_read_by_its_names(case: str) -> None:
    key, made = FILES[case]
    read = sheet(made())
    assert (read.layout.key, read.errors, read.error_count) == (key, [], 0)
    assert [(one.on_day, one.in_fen, one.out_fen) for one in read.lines] == [
        ("2026-09-28", 100_000, 0),
        ("2026-09-29", 0, 25_050),
        ("2026-09-30", 1_234, 0),
    ]
    assert all(entry[4] in one.memo for entry, one in zip(ENTRIES, read.lines, strict=True))
    if key not in NAMELESS:
        assert {(one.name, one.account) for one in read.lines} == {(files.SENDER, files.SENDER_ACCOUNT)}
        assert rows.same_account(read.account, OWN)
    if key in TIMED:
        assert [one.at_time for one in read.lines] == ["09:00:05", "10:30:00", "16:05:59"]
    if key != "wechat-trade":
        assert [one.balance_fen for one in read.lines] == [600_000, 574_950, 576_184]


def test_every_layout_has_a_file_here() -> None:
    assert {key for key, _ in FILES.values()} == set(layouts.BY_KEY)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1", 100),
        ("1,234", 123_400),
        ("1,234,567", 123_456_700),
        ("１００．００", 10_000),
        ("-5", -500),
        ("+5.00", 500),
        ("￥5.5", 550),
        ("-￥5.50", -550),
        ("¥ 1,234.50元", 123_450),
        ("", 0),
        ("-", 0),
        ("0.00", 0),
        ("12..34", "amount"),
        ("1,23", "amount"),
        ("1.234", "decimals"),
        ("#REF!", "formula"),
        ("=A1+1", "amount"),
        ("5²", "amount"),
        ("1e3", "amount"),
        ("+-5", "amount"),
        ("622202100100123…", "amount"),
        ("十元", "amount"),
        ("9" * 20, "too_large"),
    ],
)
def test_an_amount_is_exact_or_refused(text: str, fen: int | str) -> None:
    if isinstance(fen, int):
        assert amounts.fen(text) == fen
    else:
        with pytest.raises(Unread) as caught:
            amounts.fen(text)
        assert caught.value.reason == fen


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-09-30", ("2026-09-30", "")),
        ("2026/9/30", ("2026-09-30", "")),
        ("20260930", ("2026-09-30", "")),
        ("2026年9月30日", ("2026-09-30", "")),
        ("46295", ("2026-09-30", "")),
        ("46295.0", ("2026-09-30", "")),
        ("2026-09-30 00:00:00", ("2026-09-30", "")),
        ("46295.5", ("2026-09-30", "12:00:00")),
        ("2026-09-30 9:05:07", ("2026-09-30", "09:05:07")),
        ("20260930 120005", ("2026-09-30", "12:00:05")),
        ("2026-09-30T23:59:59.0", ("2026-09-30", "23:59:59")),
        ("39.09.2026", "day"),
        ("30/09/2026", "day"),
        ("2026-02-30", "day"),
        ("20261301", "day"),
        ("1926-09-30", "day"),
        ("99999", "day"),
        ("", "day_missing"),
        ("2026-09-30 25:00", "time"),
    ],
)
def test_a_day_is_one_day_or_refused(text: str, read: tuple[str, str] | str) -> None:
    if isinstance(read, tuple):
        assert amounts.moment(text) == read
    else:
        with pytest.raises(Unread) as caught:
            amounts.moment(text)
        assert caught.value.reason == read


def changed(row: int, column: str, value: Any, table: Callable[[], list[Any]] = files.icbc) -> list[list[Any]]:
    """The rows of a file with one cell changed; `row` counts from 1."""
    lines = [list(line) for line in table()]
    names = next(line for line in lines if column in line)
    lines[row - 1][names.index(column)] = value
    return lines


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("贷方发生额", "12..34", "amount"),
        ("贷方发生额", "", "neither"),
        ("借方发生额", "3.00", "both"),
        ("日期", "39.09.2026", "day"),
        ("日期", "", "day_missing"),
        ("余额", "#REF!", "formula"),
        ("余额", "600.00", "balance"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_none_is_skipped(column: str, value: str, reason: str) -> None:
    output = errors(xlsx_of(changed(7, column, value)))
    assert output, "it blocks"
    assert output[0][::2] == (8 if reason == "balance" else 7, reason)
    if reason not in {"neither", "both"}:
        assert output[0][1] == column


TURNED: list[files.Entry] = [
    *ENTRIES,
    ("2026-09-30", "17:00:00", "-12.34", "", "冲正"),
    ("2026-09-30", "17:01:00", "", "-50.50", "冲正"),
]
"""What came and what went is taken back in part, each in its own column with a minus."""


@pytest.mark.parametrize("table", [files.icbc, files.abc, files.bocom_old, files.spdb])
def test_a_minus_is_a_reversal_where_the_balances_say_so(table: Callable[..., list[Any]]) -> None:
    read = sheet(xlsx_of(table(TURNED)))
    assert read.errors == [], "the sums of the file count it in its own column"
    assert [(one.in_fen, one.out_fen, one.reversal) for one in read.lines[-3:]] == [
        (1_234, 0, False),
        (0, 1_234, True),
        (5_050, 0, True),
    ]
    assert [sum(fen) for fen in zip(*(one.columns for one in read.lines), strict=True)] == [100_000, 20_000]
    assert errors(xlsx_of(table(TURNED[3:])))[0][::2] == (read.lines[0].row, "unproven"), "no balance stands before it"
    bare = [list(line) for line in table(TURNED)]
    (at,) = (at for line in bare for at, cell in enumerate(line) if cell in {"余额", "账户余额"})
    for line in bare[read.lines[0].row - 1 : read.lines[-1].row]:
        line[at] = ""
    assert [reason for *_, reason in errors(xlsx_of(bare))] == ["unproven"] * 2


def test_a_minus_before_all_that_went_is_no_reversal() -> None:
    more = [*ENTRIES, ("2026-09-30", "18:00:00", "", "1.00", "手续费")]
    signed = [list(line) for line in files.icbc(more)]
    signed[7][7], signed[9][7] = "-250.50", "-1.00"
    read = sheet(xlsx_of(signed))
    assert (read.errors, [(one.in_fen, one.out_fen) for one in read.lines if one.reversal]) == ([], [])
    assert [one.out_fen for one in read.lines] == [0, 25_050, 0, 100]
    assert sum(one.columns[1] for one in read.lines) == 25_150
    signed[9][7] = "1.00"
    assert errors(xlsx_of(signed)) == [(8, "余额", "balance")], "before some it is a reversal, and this one was none"
    signed[9][7] = "-1.00"
    for line in signed[6:]:
        line[9] = ""
    assert [reason for *_, reason in errors(xlsx_of(signed))] == ["unproven"] * 2


def test_an_error_of_a_spreadsheet_is_never_nil() -> None:
    """Both kinds of file keep it as no text; a reader that gives an empty cell for it would make 0.00 of it."""
    assert errors(xls_of(changed(7, "贷方发生额", Fault(23)))) == [(7, "贷方发生额", "formula")]
    assert errors(xlsx_of(changed(7, "贷方发生额", "#DIV/0!"))) == [(7, "贷方发生额", "formula")]
    assert errors(xlsx_of(changed(7, "贷方发生额", "=1000"))) == [(7, "贷方发生额", "amount")]


def test_numbers_of_a_spreadsheet_are_exact_to_the_fen() -> None:
    read = sheet(xlsx_of(changed(7, "贷方发生额", 1000.0)))
    assert (read.errors, read.lines[0].in_fen) == ([], 100_000)
    assert errors(xlsx_of(changed(7, "贷方发生额", 1000.0000001))) == [(7, "贷方发生额", "decimals")]
    lost = sheet(xls_of(changed(7, "对方账号", float(files.SENDER_ACCOUNT))))
    assert lost.lines[0].account == "622848040256489…"


@pytest.mark.parametrize("name", ["总笔数", "借方发生总笔数", "借方发生总额", "贷方发生总笔数", "贷方发生总额"])
def test_a_total_of_the_file_that_differs_blocks_with_both_numbers(name: str) -> None:
    (error,) = sheet(csv_of(files.boc(**{name: "7"}), "gbk")).errors
    assert (error.row, error.column) == (0, name)
    assert error.facts["stated"] in {7, 700}
    assert error.facts["ours"] in {3, 1, 2, 25_050, 101_234}


def test_totals_below_the_rows_are_compared_too() -> None:
    abc = [list(line) for line in files.abc()]
    abc[-1][1] = "1012.35"
    assert errors(xls_of(abc)) == [(0, "合计 收入金额", "in_fen")]
    fund = files.wechat_fund().replace(b"`1012.34", b"`1012.33")
    assert errors(fund) == [(0, "收入金额", "in_fen")]
    alipay = csv_of(files.alipay(), "gbk").replace("支出合计：1笔".encode("gbk"), "支出合计：2笔".encode("gbk"))
    assert errors(alipay) == [(0, "支出合计", "out_count")]


def test_nothing_but_a_footer_follows_a_footer() -> None:
    abc = [*files.abc(), ["打印时间：2026-10-01"]]
    assert errors(xls_of(abc)) == []
    assert errors(xls_of([*abc, abc[3]])) == [(len(abc) + 1, "", "after_footer")]
    hidden_row = [*files.icbc()[:7], ["", "", "", "", "合计商贸公司", "", "", "", "5.00", ""]]
    assert errors(xlsx_of(hidden_row)) == [(8, "日期", "day_missing")], "a name is no footer"
    below = [*files.icbc(), ["", "", "", "", "", "", "合计", "250.50", "1012.34", ""]]
    assert errors(xlsx_of(below)) == []
    unknown = [*files.icbc(), ["本行声明", "", "", "", "", "", "", "", "", ""]]
    assert errors(xlsx_of(unknown)) == [(10, "日期", "day")]


def test_of_boc_the_own_account_says_the_direction() -> None:
    table = [list(line) for line in files.boc()]
    names = [str(cell).partition("[")[0] for cell in table[7]]
    strange = [list(line) for line in table]
    strange[8][names.index("收款人账号")] = "1"
    assert errors(csv_of(strange, "gbk"))[0] == (9, table[7][4], "own_nowhere")
    signed = [list(line) for line in table]
    signed[8][names.index("交易金额")] = "-1000.00"
    assert errors(csv_of(signed, "gbk"))[0] == (9, table[7][13], "sign")
    plain = [list(line) for line in table]
    plain[8][names.index("交易金额")] = "USD"
    assert errors(csv_of(plain, "gbk"))[0][2] == "amount"
    foreign = [list(line) for line in table]
    foreign[8][names.index("交易货币")] = "USD"
    assert errors(csv_of(foreign, "gbk"))[0] == (9, table[7][12], "currency")
    nobody = [line for line in table if not str(line[:1]).startswith("['查询账号")]
    assert errors(csv_of(nobody, "gbk"))[0][2] == "own_unknown"
    assert sheet(csv_of(nobody, "gbk"), own=OWN).errors == []


def test_the_newest_may_stand_first() -> None:
    head, lines = files.icbc()[:6], files.icbc()[6:]
    assert errors(xlsx_of([*head, *lines[::-1]])) == []


def test_an_unknown_header_is_told_what_is_missing() -> None:
    with pytest.raises(NoLayout) as caught:
        sheet(xlsx_of([["日期", "摘要"], ["2026-09-30", "x"]]))
    assert (caught.value.near, caught.value.missing) == ("", [])
    table = [[cell for cell in line if cell != "凭证号"] for line in files.icbc()]
    with pytest.raises(NoLayout) as caught:
        sheet(xlsx_of(table))
    assert (caught.value.near, caught.value.missing) == ("icbc", ["凭证号"])
    late = [*[["说明"]] * 40, *files.bocom()]
    with pytest.raises(NoLayout):
        sheet(xls_of(late))


def rural() -> bytes:
    """A file of a rural bank whose header nobody knows."""
    rows = [
        [day, came, went, f"+{came}" if came else f"-{went}", "贷" if came else "借", files.SENDER, memo]
        for day, _, came, went, memo in ENTRIES
    ]
    return csv_of([["账号：", OWN], ["交易日", "存入", "取出", "发生", "方向", "对手", "说明"], *rows])


@pytest.mark.parametrize(
    "chosen",
    [{"in": "存入", "out": "取出"}, {"amount": "发生"}, {"amount": "发生", "flag": "方向"}],
)
def test_a_header_that_no_layout_fits_is_read_by_chosen_columns(chosen: dict[str, str]) -> None:
    with pytest.raises(NoLayout) as caught:
        sheet(rural())
    assert caught.value.titles == ["交易日", "存入", "取出", "发生", "方向", "对手", "说明"]
    assert layouts.guessed(["交易日", "存入", "余额", "对方户名", "说明"], COLUMNS) == {
        "date": "交易日",
        "balance": "余额",
        "name": "对方户名",
    }
    layout = layouts.chosen({"date": "交易日", "name": "对手", "memo": "说明", **chosen})
    if "flag" in chosen:
        unsigned = rural().replace(b"-250", b"250")
        read = rows.read(grids.opened(unsigned, "x"), "", layout)
    else:
        read = rows.read(grids.opened(rural(), "x"), "", layout)
    assert (read.layout.key, read.account, read.errors) == ("chosen", OWN, [])
    assert [(one.on_day, one.in_fen, one.out_fen, one.name, one.memo) for one in read.lines] == [
        (day, files._fen(came), files._fen(went), files.SENDER, memo) for day, _, came, went, memo in ENTRIES
    ]
    with pytest.raises(NoLayout):
        rows.read(grids.opened(rural(), "x"), "", layouts.chosen({"date": "日子", **chosen}))
    assert rows.read(grids.opened(csv_of(files.boc()), "x"), "", layout).layout.key == "boc", "a known one comes first"


def bomb(size: int = 200 << 20) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("[Content_Types].xml", b"<Types/>")
        with folder.open("xl/worksheets/sheet1.xml", "w") as sheet_file:
            for _ in range(size >> 20):
                sheet_file.write(b" " * (1 << 20))
    return out.getvalue()


def packed(name: str, text: bytes = b"x") -> bytes:
    out = io.BytesIO(xlsx_of(files.icbc()))
    with zipfile.ZipFile(out, "a") as folder:
        folder.writestr(name, text)
    return out.getvalue()


def mixed() -> bytes:
    lines = csv_of(files.boc(), "gbk").split(b"\r\n")
    lines[9] = lines[9].decode("gbk").encode("utf-8")
    return b"\r\n".join(lines)


def packed_csv() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("a.csv", csv_of(files.alipay(), "gbk"))
    return out.getvalue()


def two_sheets() -> bytes:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    for page in (book.active, book.create_sheet("b")):
        for row in files.icbc():
            page.append(list(row))  # type: ignore[union-attr] # a sheet
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hidden_sheet() -> bytes:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    page = book.create_sheet("b")
    page.sheet_state = "hidden"
    for row in files.icbc():
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # what it is: (the file, its name, the fault)
    "200 MB inside of 200 KB": (bomb, "a.xlsx", "unpacked"),
    "macros by its name": (lambda: xlsx_of(files.icbc()), "a.XLSM", "macros"),
    "macros inside": (lambda: packed("xl/vbaProject.bin"), "a.xlsx", "macros"),
    "a million columns": (lambda: csv_of([["a"] * 1_000_000]), "a.csv", "columns"),
    "a cell of 3,000 signs": (lambda: csv_of([["a" * 3_000]]), "a.csv", "cell"),
    "a PDF": (lambda: b"%PDF-1.7\n", "a.pdf", "pdf"),
    "a web page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "html"),
    "an encrypted workbook": (
        lambda: xls_of([["x"]]) + "EncryptedPackage".encode("utf-16-le"),
        "a.xlsx",
        "encrypted",
    ),
    "nothing": (lambda: b" \r\n", "a.csv", "empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00", "a.csv", "kind"),
    "UTF-16": (lambda: "日期".encode("utf-16"), "a.csv", "kind"),
    "bytes that are no text": (lambda: csv_of(files.boc(), "gbk") + b"\xff\xff\r\n", "a.csv", "not_text"),
    "two encodings": (mixed, "a.csv", "mixed"),
    "a broken quote": (lambda: csv_of(files.boc()) + b'"abc"d,e\r\n', "a.csv", "quotes"),
    "a broken workbook": (lambda: xlsx_of(files.icbc())[:-400], "a.xlsx", "broken"),
    "half of a workbook": (lambda: xls_of(files.abc())[:3_000], "a.xls", "broken"),
    "a packed CSV": (packed_csv, "a.zip", "zip"),
    "a hidden sheet": (hidden_sheet, "a.xlsx", "hidden"),
    "two sheets of lines": (two_sheets, "a.xlsx", "sheets"),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_a_hostile_file_has_one_clear_end(case: str) -> None:
    made, name, fault = HOSTILE[case]
    with pytest.raises(reading.Unread) as caught:
        await reading.read(made(), name=name, own="")
    assert caught.value.fault == fault


def test_too_many_rows_and_too_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "ROWS_MAX", 9)
    with pytest.raises(Unopened, match="rows"):
        sheet(csv_of(files.boc(), "gbk"))
    monkeypatch.setattr(grids, "BYTES_MAX", 9)
    with pytest.raises(Unopened, match="bytes"):
        sheet(csv_of(files.boc(), "gbk"))


async def test_the_child_says_what_the_reader_says() -> None:
    output = await reading.read(csv_of(files.boc(), "gbk"), name="a.csv", own="")
    assert (output.layout, output.account, output.rows, output.in_fen, output.out_fen) == (
        "boc",
        OWN,
        3,
        101_234,
        25_050,
    )
    assert (output.first_on, output.last_on, output.error_count) == ("2026-09-28", "2026-09-30", 0)
    assert [rows.Line(*cells) for cells in output.lines(0, 9)] == sheet(csv_of(files.boc(), "gbk")).lines


async def test_a_child_that_dies_is_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children.sys, "executable", "/bin/false")
    with pytest.raises(reading.Unread, match="unpacked"):
        await reading.read(csv_of(files.boc()), name="a.csv", own="")


def test_rows_that_are_only_numbered_end_where_a_sheet_ends() -> None:
    """A file of a kilobyte kept the one reader of files busy until its time was over."""
    out = io.BytesIO(xlsx_of([["姓名", "金额"]]))
    packed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.infolist():
            text = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b"</sheetData>", b'<row r="99999999999"><c t="n"><v>1</v></c></row></sheetData>')
            new.writestr(member, text)
    for data in (packed.getvalue(), b"\n" * 1_200_000 + b"x"):
        rows = grids.opened(data, "a")[0].rows()
        with pytest.raises(grids.Unopened, match="rows"):
            for _ in itertools.islice(rows, 1_100_000):
                pass
