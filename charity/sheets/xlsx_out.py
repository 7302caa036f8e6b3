"""XLSX written row by row in constant memory; texts stay texts, never formulas or links.

Figures are real numbers with a format. Equal rows give equal bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import xlsxwriter

from charity import days
from charity.sheets.columns import ColumnLike, Row, clean, is_figure, values

ROWS_MAX: Final = 1_000_000
CELL_MAX: Final = 32_767
SHEET_NAME_MAX: Final = 31
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS: Final = {"text": 22, "money": 16, "count": 10, "date": 12}
_FIGURES: Final = {"money": "#,##0.00", "count": "#,##0"}
_DAY_ZERO: Final = date(1899, 12, 30)
_A4: Final = 9
_FORBIDDEN: Final = str.maketrans("[]:*?/\\'", "________")


class SheetTooLong(ValueError):
    """More rows than a sheet can hold; export a shorter period or CSV."""


class XlsxSheet:
    """A workbook of one sheet with a bold, frozen head row: `with XlsxSheet(…) as sheet: sheet.add(row)`.

    Above the head row stand the title and `about`, what the sheet is, as (term, words). It prints on as many pages
    down as it needs and one across, each with the head row.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[ColumnLike],
        *,
        title: str,
        about: Sequence[tuple[str, str]] = (),
        landscape: bool = True,
    ) -> None:
        self._columns = columns
        self._rows, self._head = 0, len(about) + 1
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": clean(title), "created": _MADE})
        name = clean(title).translate(_FORBIDDEN).strip()[:SHEET_NAME_MAX] or "Sheet1"
        self._sheet = self._book.add_worksheet(name)
        self._formats = {name: self._book.add_format({"num_format": form}) for name, form in _FIGURES.items()}
        self._formats |= {
            "date": self._book.add_format({"num_format": "yyyy-mm-dd"}),
            "bold": self._book.add_format({"bold": True}),
        }
        for name in ("money", "count"):
            self._formats[f"bold {name}"] = self._book.add_format({"bold": True, "num_format": _FIGURES[name]})
        self._above(title, about)
        bold = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, _WIDTHS[column.kind])
            self._sheet.write_string(self._head, at, clean(column.title), bold)
        self._sheet.freeze_panes(self._head + 1, 0)
        if landscape:
            self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(self._head)
        self._sheet.set_footer("&C&P / &N")

    def _above(self, title: str, about: Sequence[tuple[str, str]]) -> None:
        self._sheet.write_string(0, 0, clean(title), self._book.add_format({"bold": True, "font_size": 16}))
        for n, (term, text) in enumerate(about, 1):
            self._sheet.write_string(n, 0, clean(term))
            self._sheet.write_string(n, 1, clean(text))

    def add(self, row: Row, *, bold: bool = False) -> None:
        """Write the next row; SheetTooLong when the sheet is full."""
        if self._rows >= ROWS_MAX:
            raise SheetTooLong(f"a sheet holds {ROWS_MAX:,} rows")
        self._rows += 1
        for at, (column, value) in enumerate(zip(self._columns, values(self._columns, row), strict=True)):
            self._cell(at, column, value, "bold " if bold else "")

    def _cell(self, at: int, column: ColumnLike, value: Any, bold: str) -> None:
        row = self._head + self._rows
        if value is None:
            return
        if is_figure(column, value):
            # The file format knows only binary floats; int / int is the nearest one, exact to the
            # fen up to 10^15 fen, and nothing is calculated with it here.
            number = value / 100 if column.kind == "money" else value
            self._sheet.write_number(row, at, number, self._formats[bold + column.kind])
            return
        if column.kind == "date" and (serial := _serial(str(value))) is not None:
            self._sheet.write_number(row, at, serial, self._formats["date"])
            return
        text = clean(str(value))
        if len(text) > CELL_MAX:
            text = text[: CELL_MAX - 1] + "…"
        self._sheet.write_string(row, at, text, self._formats[bold.strip()] if bold else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()


def _serial(text: str) -> int | None:
    """A day as spreadsheets count it, from 1899-12-30; None for what is no day."""
    try:
        return (days.read(text) - _DAY_ZERO).days
    except days.DayRefused:
        return None


def write(path: Path, rows: Iterable[Row], columns: Sequence[ColumnLike], *, title: str) -> None:
    """A whole workbook from rows in memory."""
    with XlsxSheet(path, columns, title=title) as sheet:
        for row in rows:
            sheet.add(row)
