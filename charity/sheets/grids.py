"""A file of somebody else as sheets of cells, each cell a text: CSV, XLSX or XLS, told by its first bytes.

Always true: what cannot be opened is `Unopened` with one reason; no cell is left out, and none is guessed. A number
of a spreadsheet becomes its shortest decimal text; a whole one of 16 digits or more has lost its last digits when it
was made a number (spreadsheets keep 15), so it ends in `…` and is taken for no number. A formula stays its text, an
error is `#REF!`.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

BYTES_MAX: Final = 64 << 20
"""Of a file. 100,000 lines of the widest CSV known have 40 MB."""
ROWS_MAX: Final = 200_000
"""With anything in them."""
SHEET_ROWS_MAX: Final = 1 << 20
"""Of all rows, as many as a sheet can have: a file of a few bytes may number its rows in billions."""
COLUMNS_MAX: Final = 256
CELL_MAX: Final = 2_000
SHEETS_MAX: Final = 20
ENTRIES_MAX: Final = 200
INFLATED_MAX: Final = 300 << 20
RATIO_MAX: Final = 100
RATIO_FROM: Final = 16 << 20
"""What unpacks to less than this may be packed as well as it likes."""
DIGITS_KEPT: Final = 15
"""Of a number in a spreadsheet."""

Reason = Literal[
    "bytes", "cell", "columns", "empty", "encrypted", "hidden", "html", "kind", "macros", "mixed", "not_text", "pdf",
    "quotes", "rows", "sheets", "unpacked", "zip", "broken",
]  # fmt: skip
Row = list[str]

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|body)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_LEAST: Final = 2
"""So many Chinese characters of three bytes do not stand in a line of GB18030 by chance."""
_BLANKS = re.compile(r"[\s\ufeff\u200b\u00a0]+")
_XLS_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class Unopened(Exception):
    """A file that cannot be opened as sheets, and at which row where there is one."""

    def __init__(self, reason: Reason, *, row: int = 0) -> None:
        super().__init__(f"{reason} row={row}")
        self.reason: Reason = reason
        self.row = row


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, or one way to take a text apart. `rows` begins anew at each call; a row is numbered from 1.

    A `hidden` sheet is one that nobody sees who opens the file.
    """

    name: str
    rows: Callable[[], Iterator[Row]]
    hidden: bool = False


def opened(data: bytes, name: str) -> list[Grid]:
    """The sheets of a file, or the readings of a text; `name` is what the sender calls it. Raises Unopened."""
    if len(data) > BYTES_MAX:
        raise Unopened("bytes")
    if name.lower().endswith((".xlsm", ".xltm", ".xlsb", ".xlam", ".xls.exe")):
        raise Unopened("macros")
    if not data.strip():
        raise Unopened("empty")
    if data.startswith(_PDF):
        raise Unopened("pdf")
    if data.startswith(_ZIP):
        return _xlsx(data)
    if data.startswith(_OLE):
        return _xls(data)
    if _HTML.match(data[:512]):
        raise Unopened("html")
    return _texts(data)


def tidy(cell: str) -> str:
    """A cell without blanks around it, runs of blanks within it, and the sign that WeChat puts before values."""
    if not cell.isascii() or not cell.isprintable() or " " in cell:
        cell = _BLANKS.sub(" ", cell).strip(" ")
    return cell[1:].strip(" ") if cell.startswith("`") else cell


# -- text ---------------------------------------------------------------------------------------------


def _texts(data: bytes) -> list[Grid]:
    text = _decoded(data)
    return [
        Grid(name, lambda delimiter=delimiter: _records(text, delimiter))  # type: ignore[misc] # bound now
        for name, delimiter in (("csv", ","), ("tsv", "\t"))
    ]


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF16) or b"\x00" in data:
        raise Unopened("kind")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _must_be_one_encoding(data)
    return data.decode("gb18030")


def _must_be_one_encoding(data: bytes) -> None:
    """Refuse lines of UTF-8 among lines of GB18030 at the first of the fewer, and a line that is neither."""
    ours: list[int] = []
    others: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            others.append(number)
            try:
                line.decode("gb18030")
            except UnicodeDecodeError:
                raise Unopened("mixed" if ours else "not_text", row=number) from None
        else:
            if len(_CHINESE.findall(text)) >= _CHINESE_LEAST:
                ours.append(number)
    if ours:
        raise Unopened("mixed", row=min(ours, others, key=len)[0])


def _records(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, filled = 0, 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unopened("quotes", row=number) from None
        row = [tidy(cell) for cell in cells]
        filled = _within(row, number, filled)
        yield row


def _within(row: Row, number: int, filled: int) -> int:
    """How many rows with anything in them there are with this one; raises Unopened past a limit."""
    if number > SHEET_ROWS_MAX:
        raise Unopened("rows")
    if len(row) > COLUMNS_MAX and any(row[COLUMNS_MAX:]):
        raise Unopened("columns", row=number)
    if any(len(cell) > CELL_MAX for cell in row):
        raise Unopened("cell", row=number)
    if any(row):
        filled += 1
        if filled > ROWS_MAX:
            raise Unopened("rows")
    return filled


# -- spreadsheets -------------------------------------------------------------------------------------


def _xlsx(data: bytes) -> list[Grid]:
    _must_unpack(data)
    from openpyxl import load_workbook  # noqa: PLC0415 - a text needs none of it

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = book.worksheets
    except MemoryError:
        raise Unopened("unpacked") from None
    except Exception:  # noqa: BLE001 - whatever it says of a broken file
        raise Unopened("broken") from None
    if len(sheets) > SHEETS_MAX:
        raise Unopened("sheets")
    return [
        Grid(sheet.title, lambda sheet=sheet: _rows_of_xlsx(sheet), sheet.sheet_state != "visible")  # type: ignore[misc] # bound now
        for sheet in sheets
    ]


def _must_unpack(data: bytes) -> None:
    """Look at what a ZIP says of itself before anything of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            members = folder.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unopened("broken") from None
    names = {member.filename for member in members}
    inflated = sum(member.file_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise Unopened("encrypted")
    if any(name.endswith(("vbaProject.bin", "xlmacrosheet.xml")) or "macrosheets/" in name for name in names):
        raise Unopened("macros")
    if inflated > INFLATED_MAX or len(members) > ENTRIES_MAX:
        raise Unopened("unpacked")
    if inflated > RATIO_FROM and inflated > RATIO_MAX * len(data):
        raise Unopened("unpacked")
    if "[Content_Types].xml" not in names:
        raise Unopened("zip")


def _rows_of_xlsx(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # some banks declare A1:A1, and a reader that believes it sees an empty sheet
    filled = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            row = [tidy(_text_of(cell)) for cell in cells]
            filled = _within(row, number, filled)
            yield row
    except (Unopened, MemoryError, GeneratorExit):
        raise
    except Exception:  # noqa: BLE001 - whatever it says of a broken sheet
        raise Unopened("broken") from None


def _xls(data: bytes) -> list[Grid]:
    if _ENCRYPTED in data:
        raise Unopened("encrypted")
    import xlrd  # noqa: PLC0415 - a text needs none of it

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=False)
    except MemoryError:
        raise Unopened("unpacked") from None
    except Exception as error:  # noqa: BLE001 - whatever it says of a broken file
        raise Unopened("encrypted" if "encrypted" in str(error) else "broken") from None
    if book.nsheets > SHEETS_MAX:
        raise Unopened("sheets")
    return [
        Grid(sheet.name, lambda sheet=sheet: _rows_of_xls(sheet, book.datemode), bool(sheet.visibility))  # type: ignore[misc] # bound now
        for sheet in book.sheets()
    ]


def _rows_of_xls(sheet: Any, datemode: int) -> Iterator[Row]:
    import xlrd  # noqa: PLC0415 - see above

    filled = 0
    for at in range(sheet.nrows):
        row: Row = []
        for kind, value in zip(sheet.row_types(at), sheet.row_values(at), strict=True):
            if kind == xlrd.XL_CELL_ERROR:
                row.append(_XLS_ERRORS.get(value, "#N/A"))
            elif kind == xlrd.XL_CELL_DATE:
                try:
                    row.append(_text_of(xlrd.xldate_as_datetime(value, datemode)))
                except (ValueError, OverflowError):
                    row.append(_text_of(value))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                row.append(_text_of(bool(value)))
            else:
                row.append(tidy(_text_of(value)))
        filled = _within(row, at + 1, filled)
        yield row


def _text_of(value: Any) -> str:
    """A cell's value as text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _number(value: float) -> str:
    """A number as its shortest decimal text; a whole one that lost digits ends in `…`."""
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    digits = str(int(value))
    return (
        digits
        if len(digits.lstrip("-")) <= DIGITS_KEPT
        else f"{value:.{DIGITS_KEPT - 1}e}".partition("e")[0].replace(".", "") + "…"
    )
