"""A register as printed: the facts of a table, cut into pages before Typst sees them.

The height of every row is measured first, so that 本页小计, 承前页, 累计 and 共 y 页 are known beforehand although
rows are read lazily. Sums are made here, from the whole numbers of the rows. No text of a row is ever
markup: it travels as JSON and is broken into lines by `glyphs` (docs/field.md 8, common rules).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, Literal, Protocol

from charity import money, words
from charity.printing import glyphs, qr

Kind = Literal["text", "money", "count", "date"]
Align = Literal["left", "center", "right"]
Row = Sequence[Any] | Mapping[str, Any]

ROWS_MAX: Final = 500_000
COLUMNS_MAX: Final = 24
PADDING_MM: Final = 0.8
SIZE_PT: Final = 7.5
"""The one size of every cell: a register is read for years, also by people with glasses."""
_SUM_ROWS: Final = 3
LINES_A_ROW: Final = 2
"""The least height of a row. Heights are counted in lines, two to a row."""
LINES_MAX: Final = 12
HEAD_LINES: Final = 3
HEAD_PADDING_MM: Final = 0.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A4 one way up. `table_mm` is its width less two margins of 12 mm.

    `rows` are of one or two lines; each further line is as high as half a row. `rows_last` leaves room for the stamp
    (40 mm) beside the foot of the last page.
    """

    landscape: bool
    table_mm: float
    rows: int
    rows_last: int


LANDSCAPE: Final = Sheet(landscape=True, table_mm=273.0, rows=22, rows_last=17)
PORTRAIT: Final = Sheet(landscape=False, table_mm=186.0, rows=35, rows_last=30)


class Entering(Protocol):
    """A column of a register, as it is declared or as it is printed."""

    @property
    def enters(self) -> bool:
        """Whether a row without a value here sums up others."""


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """One column. `width` is a share of the table; `total` sums money and counts, but of rows that sum up others.

    Those are the rows without a value in a column that `enters`.
    """

    key: str
    title: str
    width: float
    align: Align = "left"
    kind: Kind = "text"
    total: bool = False
    enters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The facts of a register. Titles, unit and sign-offs come in the reader's language already.

    `rows` are read twice, to measure and to print: tuples in column order or mappings by column key; money in
    fen, counts as int, dates as text; a text in a money column (不计价) prints and adds nothing.
    `seq` is the last entry that they speak of, `maker` who made the document (制表人).
    `groups` are the lines of a breakdown of the sums, printed below the last rows, or on pages of their own;
    `note` is a line of words at the end.
    """

    title: str
    organisation: str
    period: str
    filters: str = ""
    unit: str = ""
    columns: Sequence[PrintedColumn]
    rows: Iterable[Row]
    row_count: int
    groups: Sequence[tuple[str, Mapping[str, int]]] = ()
    group_title: str = ""
    note: str = ""
    sign_offs: Sequence[str] = ()
    seq: int = 0
    maker: str = ""
    code: str
    verify_url: str
    hash_hex: str
    printed_at: str
    demo: bool = False
    lang: str = "zh"
    sheet: Sheet = LANDSCAPE


class RowsChanged(RuntimeError):
    """The rows read are not as many as `row_count` said; nothing is printed."""


@dataclass(slots=True)
class Page:
    """One page as Typst gets it; cells are lists of lines, `heights` those of its rows in lines.

    `strong` are the rows that sum up others.

    `last` ends the rows, `closing` ends the document and carries the place of the stamp.
    """

    number: int
    carried: list[Any] | None
    rows: list[list[Any]] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    strong: list[bool] = field(default_factory=list)
    subtotal: list[Any] | None = None
    running: list[Any] | None = None
    last: bool = False
    blank: bool = False
    closing: bool = False
    groups: list[dict[str, Any]] | None = None

    def facts(self) -> dict[str, Any]:
        """The page for JSON, without copying its cells."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Layout:
    """How many rows each page has, and how many lines of the breakdown each page of its own; none: below the rows."""

    sizes: list[int]
    groups: list[int]

    @property
    def pages(self) -> int:
        """The pages in all."""
        return len(self.sizes) + len(self.groups)


def page_sizes(heights: Iterable[int], spare: int = 0, sheet: Sheet = LANDSCAPE) -> tuple[list[int], int]:
    """How many rows stand on each page, and the height of the last one, which never stands empty after a full one.

    Heights are in lines, on pages of this `sheet`. `spare` is what the rows of sums take more than a row each. An empty
    register has one page with no row.
    """
    room, room_last = sheet.rows * LINES_A_ROW - spare, sheet.rows_last * LINES_A_ROW - spare
    sizes, on_page, used = list[int](), list[int](), 0
    for height in heights:
        if on_page and used + height > room:
            sizes.append(len(on_page))
            on_page, used = [], 0
        on_page.append(height)
        used += height
    if used > room_last:
        kept, held = 0, 0
        while kept < len(on_page) - 1 and held + on_page[kept] <= room_last:
            held += on_page[kept]
            kept += 1
        if kept:
            sizes.append(kept)
            used -= held
            on_page = on_page[kept:]
    return [*sizes, len(on_page)], used


def layout(register: Register) -> Layout:
    """Where the pages of a register begin; raises RowsChanged when it has fewer or more rows than it says."""
    assert 0 <= register.row_count <= ROWS_MAX, register.row_count
    _check_columns(register.columns)
    widths = widths_mm(register.columns, register.sheet)
    sums = {column.key: 0 for column in register.columns if column.total}
    heights = [_height(_cells(register.columns, widths, row, sums)) for row in register.rows]
    if len(heights) != register.row_count:
        raise RowsChanged(f"{len(heights)} rows, not {register.row_count}")
    spare = _SUM_ROWS * (_height(_sums(widths, register.columns, sums)) - LINES_A_ROW)
    sizes, last = page_sizes(heights, spare, register.sheet)
    groups = [_height(line["cells"]) for line in _group_lines(register, sums)]
    room = register.sheet.rows_last * LINES_A_ROW - spare
    if last + LINES_A_ROW * (1 + bool(register.note)) + sum(groups) <= room or not groups:
        return Layout(sizes, [])
    listed, used = [0], 0
    for height in groups:
        if used + height > room:
            listed.append(0)
            used = 0
        listed[-1] += 1
        used += height
    return Layout(sizes, listed)


def _group_lines(register: Register, sums: Mapping[str, int]) -> list[dict[str, Any]]:
    """The lines of the breakdown, which adds up to the sums of the rows."""
    for key in sums if register.groups else ():
        assert sum(figures[key] for _, figures in register.groups) == sums[key], key
    widths = widths_mm(register.columns, register.sheet)
    return [
        {"name": glyphs.printable(name), "cells": _sums(widths, register.columns, figures)}
        for name, figures in register.groups
    ]


def _breakdown(register: Register, plan: Layout, sums: Mapping[str, int]) -> Iterator[Page]:
    """The pages of the breakdown."""
    widths, lines = widths_mm(register.columns, register.sheet), iter(_group_lines(register, sums))
    for number, size in enumerate(plan.groups, len(plan.sizes) + 1):
        page = Page(number, None, groups=[next(lines) for _ in range(size)])
        page.running = _sums(widths, register.columns, sums)
        page.closing = page.last = number == plan.pages
        yield page


def paginate(register: Register, plan: Layout) -> Iterator[Page]:
    """The pages of a register, one at a time, with their sums; raises RowsChanged when its rows are not as planned."""
    widths, rows = widths_mm(register.columns, register.sheet), iter(register.rows)
    running: dict[str, int] = {column.key: 0 for column in register.columns if column.total}
    for number, size in enumerate(plan.sizes, start=1):
        page = Page(number, _sums(widths, register.columns, running) if number > 1 else None)
        subtotal = dict.fromkeys(running, 0)
        for _ in range(size):
            row = next(rows, None)
            if row is None:
                raise RowsChanged(f"fewer rows than {register.row_count}")
            page.rows.append(_cells(register.columns, widths, row, subtotal))
            page.heights.append(_height(page.rows[-1]))
            page.strong.append(sums_up(register.columns, _values(register.columns, row)))
        for key, amount in subtotal.items():
            running[key] += amount
        page.subtotal = _sums(widths, register.columns, subtotal)
        page.running = _sums(widths, register.columns, running)
        page.last = number == len(plan.sizes)
        page.blank = page.last
        if page.last:
            page.closing = not plan.groups
            page.groups = _group_lines(register, running) if page.closing and register.groups else None
        if page.last and next(rows, None) is not None:
            raise RowsChanged(f"more rows than {register.row_count}")
        yield page
    yield from _breakdown(register, plan, running)


def _height(cells: Iterable[Sequence[str]]) -> int:
    """How many lines a row is high."""
    return max(LINES_A_ROW, *map(len, cells))


def _check_columns(columns: Sequence[PrintedColumn]) -> None:
    assert 1 <= len(columns) <= COLUMNS_MAX, len(columns)
    assert len({column.key for column in columns}) == len(columns), "a column key twice"
    for column in columns:
        assert not column.total or column.kind in {"money", "count"}, column.key


def widths_mm(columns: Sequence[PrintedColumn], sheet: Sheet = LANDSCAPE) -> list[float]:
    """The widths of the columns; they fill the table exactly."""
    scale = sheet.table_mm / sum(column.width for column in columns)
    return [round(column.width * scale, 3) for column in columns]


def shown(column: PrintedColumn, value: Any) -> str:
    """A value as it is printed: money 1,234.50, counts 1,234, a running number 1234, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        if column.kind == "money":
            return money.yuan(value)
        if column.kind == "count" and column.total:  # 序号 is not a figure, and has room for five digits
            return f"{value:,}"
    return str(value)


def _values(columns: Sequence[PrintedColumn], row: Row) -> list[Any]:
    if isinstance(row, Mapping):
        return [row[column.key] for column in columns]
    assert len(row) == len(columns), (len(row), len(columns))
    return list(row)


def sums_up(columns: Iterable[Entering], values: Iterable[Any]) -> bool:
    """Whether a row sums up others: it has no value in a column that `enters`."""
    return any(column.enters and not value for column, value in zip(columns, values, strict=True))


def _cells(columns: Sequence[PrintedColumn], widths: Sequence[float], row: Row, subtotal: dict[str, int]) -> list[Any]:
    """The printed cells of a row; adds its figures to the subtotal."""
    cells, row_values = [], _values(columns, row)
    adds = not sums_up(columns, row_values)
    for column, value, width in zip(columns, row_values, widths, strict=True):
        if adds and column.total and isinstance(value, int):
            subtotal[column.key] = subtotal.get(column.key, 0) + value
        cells.append(cell(shown(column, value), width, figure=isinstance(value, int)))
    return cells


def _sums(widths: Sequence[float], columns: Sequence[PrintedColumn], sums: Mapping[str, int]) -> list[Any]:
    return [
        cell(shown(column, sums[column.key]), width, figure=True) if column.key in sums else cell("", width)
        for column, width in zip(columns, widths, strict=True)
    ]


@lru_cache(maxsize=1 << 16)
def cell(text: str, width_mm: float, *, figure: bool = False, size_pt: float = SIZE_PT) -> list[str]:
    """The lines of a text in a cell, all of one size; what needs more than LINES_MAX ends with ….

    A figure is never cut: it is broken behind thousands separators, so that every amount that the books take can
    be printed.
    """
    text = glyphs.printable(text)
    room_em = (width_mm - 2 * PADDING_MM) / (size_pt * glyphs.MM_A_POINT)
    if glyphs.width_em(text) <= room_em:
        return [text]
    return _figure(text, room_em) if figure else glyphs.wrapped(text, room_em, LINES_MAX)


def _figure(text: str, room_em: float) -> list[str]:
    """A figure too wide for one line: as many groups of three a line as there is room for."""
    lines = [""]
    for part in text.replace(",", ",\0").split("\0"):
        if lines[-1] and glyphs.width_em(lines[-1] + part) > room_em:
            lines.append("")
        lines[-1] += part
    assert all(glyphs.width_em(line) <= room_em for line in lines), f"a column is too narrow for {lines}"
    return lines


def frame(register: Register, pages: int) -> dict[str, Any]:
    """What all pages of a register share, ready for JSON."""
    with words.speaking(register.lang):
        say = words.say
        fixed = {
            "carried": say("承前页"),
            "subtotal": say("本页小计"),
            "seq": say("截至分录"),
            "running": say("累计"),
            "total": say("合计"),
            "blank": say("以下空白"),
            "empty": say("本期无记录"),
            "seal": say("单位（章）"),
            "prepared_by": say("编制单位"),
            "period": say("期间"),
            "filters": say("筛选"),
            "code": say("文件编号"),
            "hash": say("内容校验（SHA-256）"),
            "printed_at": say("打印时间"),
            "verify": say("核验网址"),
            "sample": say("演示"),
        }
        page_of = [say("第 {page} 页 共 {pages} 页", page=n, pages=pages) for n in range(1, pages + 1)]
    widths = widths_mm(register.columns, register.sheet)
    assert all(a > 0 and b > 0 for a, b in pairwise([*widths, 1.0])), "a column without width"
    clean = glyphs.printable
    return {
        "lang": register.lang,
        "landscape": register.sheet.landscape,
        "labels": fixed,
        "page_of": page_of,
        "title": clean(register.title),
        "organisation": clean(register.organisation),
        "period": clean(register.period),
        "filters": "".join(
            glyphs.wrapped(register.filters, register.sheet.table_mm / (SIZE_PT * glyphs.MM_A_POINT) - 4, 1)
        ),
        "unit": clean(register.unit),
        "group_title": clean(register.group_title),
        "columns": [
            {"head": heading(column.title, width), "width": width, "align": column.align}
            for column, width in zip(register.columns, widths, strict=True)
        ],
        "sign_offs": [clean(text) for text in register.sign_offs],
        "maker": clean(register.maker),
        "seq": f"{register.seq:,}",
        "note": clean(register.note),
        "code": clean(register.code),
        "hash": register.hash_hex,
        "verify_url": register.verify_url,
        "qr": qr.svg(register.verify_url),
        "printed_at": register.printed_at,
        "demo": register.demo,
    }


def heading(title: str, width_mm: float) -> list[str]:
    """The lines of a column head, in the size of the cells below it."""
    return glyphs.wrapped(title, (width_mm - 2 * HEAD_PADDING_MM) / (SIZE_PT * glyphs.MM_A_POINT), HEAD_LINES)
