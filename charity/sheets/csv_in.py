"""CSV in: UTF-8 (with or without BOM) or GB18030 as Chinese Excel saves it, read strictly.

Whatever cannot be read stops with its row (as a spreadsheet numbers it: the head row is 1) and
column. Nothing is guessed, and no row is skipped but wholly empty ones.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from charity import texts

BYTES_MAX: Final = 8 << 20
ROWS_MAX: Final = 20_000
CELL_MAX: Final = 1_000

Reason = Literal[
    "empty",
    "too_big",
    "not_text",
    "broken_quotes",
    "missing_column",
    "unknown_column",
    "double_column",
    "too_few_cells",
    "too_many_cells",
    "cell_too_long",
    "refused_character",
    "too_many_rows",
]

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = frozenset(map(chr, range(32))) - {"\t", "\n", "\r"}


class SheetUnreadable(ValueError):
    """A sheet cannot be read; `row` and `column` say where (0 and "" when it is the whole file)."""

    def __init__(self, reason: Reason, *, row: int = 0, column: str = "") -> None:
        super().__init__(f"{reason} row={row} column={column!r}")
        self.reason: Reason = reason
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the spreadsheet, and its cells by column title, blanks cut off."""

    number: int
    cells: dict[str, str]


def decoded(data: bytes) -> str:
    """The text of a file; SheetUnreadable when it is neither UTF-8 nor GB18030."""
    if len(data) > BYTES_MAX:
        raise SheetUnreadable("too_big")
    if not data.strip():
        raise SheetUnreadable("empty")
    if data.startswith(_UTF16) or b"\x00" in data:
        raise SheetUnreadable("not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.isdisjoint(text):
            return text
        break
    raise SheetUnreadable("not_text")


def read(
    data: bytes,
    required: Sequence[str],
    *,
    optional: Sequence[str] = (),
    areas: Sequence[str] = (),
    rows_max: int = ROWS_MAX,
) -> list[Line]:
    """The rows of a sheet whose head names the required columns and perhaps optional ones.

    Cells obey the rule of all texts (charity/texts.py); those of the columns `areas` may have several lines.
    The separator is a comma, or a tab when the head row has tabs and no comma.
    Raises SheetUnreadable.
    """
    text = decoded(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    records = _records(text, delimiter)
    titles: list[str] = []
    lines: list[Line] = []
    for number, cells in records:
        if not any(cells):
            continue
        if not titles:
            titles = _titles(cells, number, required, optional)
            continue
        if len(lines) >= rows_max:
            raise SheetUnreadable("too_many_rows", row=number)
        lines.append(_line(titles, cells, number, areas))
    if not titles:
        raise SheetUnreadable("empty")
    return lines


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise SheetUnreadable("broken_quotes", row=number) from None
        yield number, [cell.strip() for cell in cells]


def _titles(cells: list[str], number: int, required: Sequence[str], optional: Sequence[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    for title in cells:
        if cells.count(title) > 1:
            raise SheetUnreadable("double_column", row=number, column=title)
        if title not in required and title not in optional:
            raise SheetUnreadable("unknown_column", row=number, column=title)
    for title in required:
        if title not in cells:
            raise SheetUnreadable("missing_column", row=number, column=title)
    return cells


def _line(titles: list[str], cells: list[str], number: int, areas: Sequence[str]) -> Line:
    extra = cells[len(titles) :]
    if any(extra):
        raise SheetUnreadable("too_many_cells", row=number)
    if len(cells) < len(titles):
        raise SheetUnreadable("too_few_cells", row=number, column=titles[len(cells)])
    values = {title: texts.line_feeds(cell) for title, cell in zip(titles, cells, strict=False)}
    for title, cell in values.items():
        if len(cell) > CELL_MAX:
            raise SheetUnreadable("cell_too_long", row=number, column=title)
        if texts.refused(cell, area=title in areas):
            raise SheetUnreadable("refused_character", row=number, column=title)
    return Line(number, values)
