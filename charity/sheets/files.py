"""A sheet of few rows as a whole file, CSV or XLSX: its rows, a last line of totals, and what it is."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from charity import clock, words
from charity.sheets import csv_out, xlsx_out
from charity.sheets.columns import Column

MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
About = Sequence[tuple[str, str]]
"""What a sheet is, as (term, words)."""


async def made(
    fmt: str, lines: Sequence[list[Any]], columns: list[Column], *, title: str, about: About, totals: int = 1
) -> bytes:
    """The file, whose last `totals` lines are bold; `fmt` is one of MEDIA, money is int fen."""
    if fmt == "csv":
        return b"".join(csv_out.write(lines, columns)) + csv_out.notes([(words.say("报表"), title), *about])
    printed = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return await asyncio.to_thread(_xlsx, lines, columns, title, [*about, (words.say("打印时间"), printed)], totals)


def _xlsx(lines: Sequence[list[Any]], columns: list[Column], title: str, about: About, totals: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="charity-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        with xlsx_out.XlsxSheet(path, columns, title=title, about=about) as sheet:
            for n, line in enumerate(lines, 1):
                sheet.add(line, bold=n > len(lines) - totals)
        return path.read_bytes()
