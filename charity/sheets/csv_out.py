"""CSV for spreadsheets: UTF-8 with a BOM (Excel), CRLF, no cell that becomes a formula.

Money is written in yuan with two decimals and without thousands separators: 1234.50.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from charity.sheets.columns import ColumnLike, Row, guarded, is_figure, values

BOM: Final = b"\xef\xbb\xbf"
ROWS_A_CHUNK: Final = 500


def head(columns: Sequence[ColumnLike]) -> bytes:
    """The BOM and the head row."""
    return BOM + _lines([[guarded(column.title) for column in columns]])


def line(columns: Sequence[ColumnLike], row: Row) -> bytes:
    """One row, for writers that get their rows one at a time."""
    return _lines([_cells(columns, row)])


def notes(lines: Iterable[tuple[str, str]]) -> bytes:
    """An empty line and what the sheet is, as (term, words) below its last row."""
    return _lines([[], *([guarded(term), guarded(text)] for term, text in lines)])


def write(rows: Iterable[Row], columns: Sequence[ColumnLike]) -> Iterator[bytes]:
    """The whole sheet in chunks of ROWS_A_CHUNK rows; join them for one bytes object."""
    yield head(columns)
    chunk: list[list[str]] = []
    for row in rows:
        chunk.append(_cells(columns, row))
        if len(chunk) >= ROWS_A_CHUNK:
            yield _lines(chunk)
            chunk = []
    if chunk:
        yield _lines(chunk)


def _cells(columns: Sequence[ColumnLike], row: Row) -> list[str]:
    return [_shown(column, value) for column, value in zip(columns, values(columns, row), strict=True)]


def _shown(column: ColumnLike, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if is_figure(column, value):
        return _plain_yuan(value) if column.kind == "money" else str(value)
    return guarded(str(value))


def _plain_yuan(fen: int) -> str:
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{cents:02d}"


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
