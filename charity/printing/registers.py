"""A register as printed: the facts of a table, cut into pages before Typst sees them.

A fixed number of rows a page makes 本页小计, 承前页, 累计 and 共 y 页 known beforehand and lets rows
be read lazily. Sums are made here, from the whole numbers of the rows. No text of a row is ever
markup: it travels as JSON and is broken into lines by `glyphs` (docs/field.md 8, common rules).
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

from charity import money, words
from charity.printing import glyphs, qr

Kind = Literal["text", "money", "count", "date"]
Align = Literal["left", "center", "right"]
Row = Sequence[Any] | Mapping[str, Any]

ROWS_A_PAGE: Final = 23
ROWS_LAST_PAGE: Final = 18
"""The last page leaves room for the stamp (40 mm) beside its foot."""
ROWS_MAX: Final = 500_000
COLUMNS_MAX: Final = 20
TABLE_MM: Final = 273.0
"""A4 landscape, 297 mm, less two margins of 12 mm."""
PADDING_MM: Final = 1.1
ONE_LINE_PT: Final = (8.0, 7.5, 7.0, 6.6)
SMALL_PT: Final = 6.2
LEAST_PT: Final = 4.5
"""A figure is never cut: it shrinks, then stands on two lines; a column too narrow even for this is our error."""


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """One column. `width` is a share of the table; `total` sums money and counts."""

    key: str
    title: str
    width: float
    align: Align = "left"
    kind: Kind = "text"
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The facts of a register. Titles, unit and sign-offs come in the reader's language already.

    `rows` may be lazy, sync or async: tuples in column order or mappings by column key; money in
    fen, counts as int, dates as text; a text in a money column (不计价) prints and adds nothing.
    `groups` are the lines of a breakdown of the sums, printed below the last rows, or on pages of their own;
    `note` is a line of words at the end.
    """

    title: str
    organisation: str
    period: str
    filters: str = ""
    unit: str = ""
    columns: Sequence[PrintedColumn]
    rows: Iterable[Row] | AsyncIterable[Row]
    row_count: int
    groups: Sequence[tuple[str, Mapping[str, int]]] = ()
    group_title: str = ""
    note: str = ""
    sign_offs: Sequence[str] = ()
    code: str
    verify_url: str
    hash_hex: str
    printed_at: str
    demo: bool = False
    lang: str = "zh"


class RowsChanged(RuntimeError):
    """The rows read are not as many as `row_count` said; nothing is printed."""


@dataclass(slots=True)
class Page:
    """One page as Typst gets it; cells are `{s: size, l: [lines]}`.

    `last` ends the rows, `closing` ends the document and carries the place of the stamp.
    """

    number: int
    carried: list[Any] | None
    rows: list[list[Any]] = field(default_factory=list)
    subtotal: list[Any] | None = None
    running: list[Any] | None = None
    last: bool = False
    blank: bool = False
    closing: bool = False
    groups: list[dict[str, Any]] | None = None

    def facts(self) -> dict[str, Any]:
        """The page for JSON, without copying its cells."""
        return {name: getattr(self, name) for name in self.__slots__}


def page_sizes(row_count: int) -> list[int]:
    """How many rows stand on each page; the last page never stands empty after a full one.

    An empty register has one page with no row.
    """
    full, left = divmod(max(row_count - 1, 0), ROWS_A_PAGE)
    sizes = [ROWS_A_PAGE] * full
    last = left + 1 if row_count else 0
    if last > ROWS_LAST_PAGE:
        sizes.append(ROWS_LAST_PAGE)
        last -= ROWS_LAST_PAGE
    return [*sizes, last]


def page_count(register: Register) -> int:
    """How many pages the document has, those of the breakdown too."""
    sizes = page_sizes(register.row_count)
    more = 0 if _fits_below(register, sizes) else -(-len(register.groups) // ROWS_LAST_PAGE)
    return len(sizes) + more


def _fits_below(register: Register, sizes: Sequence[int]) -> bool:
    """Whether the breakdown and its title stand below the last rows."""
    return sizes[-1] + 1 + len(register.groups) + bool(register.note) <= ROWS_LAST_PAGE


def _group_lines(register: Register, sums: Mapping[str, int]) -> list[dict[str, Any]]:
    """The lines of the breakdown, which adds up to the sums of the rows."""
    for key in sums if register.groups else ():
        assert sum(figures[key] for _, figures in register.groups) == sums[key], key
    return [
        {"name": glyphs.printable(name), "cells": _sums(register.columns, figures)} for name, figures in register.groups
    ]


def _breakdown(register: Register, number: int, sums: Mapping[str, int]) -> Iterator[Page]:
    """The pages of the breakdown; the first is page `number`."""
    lines = _group_lines(register, sums)
    for at in range(0, len(lines), ROWS_LAST_PAGE):
        page = Page(number + at // ROWS_LAST_PAGE, None, groups=lines[at : at + ROWS_LAST_PAGE])
        page.running = _sums(register.columns, sums)
        page.closing = page.last = at + ROWS_LAST_PAGE >= len(lines)
        yield page


async def paginate(register: Register) -> AsyncIterator[Page]:
    """The pages of a register, one at a time, with their sums.

    Raises RowsChanged when there are fewer or more rows than the register said.
    """
    assert 0 <= register.row_count <= ROWS_MAX, register.row_count
    _check_columns(register.columns)
    sizes, widths = page_sizes(register.row_count), widths_mm(register.columns)
    rows = _each(register.rows)
    running: dict[str, int] = {column.key: 0 for column in register.columns if column.total}
    for number, size in enumerate(sizes, start=1):
        page = Page(number, _sums(register.columns, running) if number > 1 else None)
        subtotal = dict.fromkeys(running, 0)
        for _ in range(size):
            row = await anext(rows, None)
            if row is None:
                raise RowsChanged(f"fewer rows than {register.row_count}")
            page.rows.append(_cells(register.columns, widths, row, subtotal))
        for key, amount in subtotal.items():
            running[key] += amount
        page.subtotal = _sums(register.columns, subtotal)
        page.running = _sums(register.columns, running)
        page.last = number == len(sizes)
        page.blank = page.last and size < ROWS_A_PAGE
        if page.last:
            page.closing = not register.groups or _fits_below(register, sizes)
            page.groups = _group_lines(register, running) if page.closing and register.groups else None
        if page.last and await anext(rows, None) is not None:
            raise RowsChanged(f"more rows than {register.row_count}")
        yield page
    if register.groups and not _fits_below(register, sizes):
        for page in _breakdown(register, len(sizes) + 1, running):
            yield page


async def _each(rows: Iterable[Row] | AsyncIterable[Row]) -> AsyncIterator[Row]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row


def _check_columns(columns: Sequence[PrintedColumn]) -> None:
    assert 1 <= len(columns) <= COLUMNS_MAX, len(columns)
    assert len({column.key for column in columns}) == len(columns), "a column key twice"
    for column in columns:
        assert not column.total or column.kind in {"money", "count"}, column.key


def widths_mm(columns: Sequence[PrintedColumn]) -> list[float]:
    """The widths of the columns; they fill the table exactly."""
    scale = TABLE_MM / sum(column.width for column in columns)
    return [round(column.width * scale, 3) for column in columns]


def shown(column: PrintedColumn, value: Any) -> str:
    """A value as it is printed: money 1,234.50, counts 1,234, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        if column.kind == "money":
            return money.yuan(value)
        if column.kind == "count":
            return f"{value:,}"
    return str(value)


def _values(columns: Sequence[PrintedColumn], row: Row) -> list[Any]:
    if isinstance(row, Mapping):
        return [row[column.key] for column in columns]
    assert len(row) == len(columns), (len(row), len(columns))
    return list(row)


def _cells(columns: Sequence[PrintedColumn], widths: Sequence[float], row: Row, subtotal: dict[str, int]) -> list[Any]:
    """The printed cells of a row; adds its figures to the subtotal."""
    cells = []
    for column, value, width in zip(columns, _values(columns, row), widths, strict=True):
        if column.total and isinstance(value, int):
            subtotal[column.key] += value
        cells.append(cell(shown(column, value), width, figure=isinstance(value, int)))
    return cells


def _sums(columns: Sequence[PrintedColumn], sums: Mapping[str, int]) -> list[Any]:
    widths = widths_mm(columns)
    return [
        cell(shown(column, sums[column.key]), width, figure=True) if column.key in sums else cell("", width)
        for column, width in zip(columns, widths, strict=True)
    ]


def cell(text: str, width_mm: float, *, figure: bool = False) -> dict[str, Any]:
    """A text fitted into a cell: one line, a little smaller if need be, else on two lines, else cut with ….

    A figure shrinks instead, and one of a hundred billion is broken behind a thousands separator: every amount
    that the books take can be printed. The number of an entry shrinks too, as long as it can be read.
    """
    text = glyphs.printable(text)
    room_mm = width_mm - 2 * PADDING_MM
    wide_em = glyphs.width_em(text)
    for size_pt in ONE_LINE_PT:
        if wide_em * size_pt * glyphs.MM_A_POINT <= room_mm:
            return {"s": size_pt, "l": [text]}
    if figure or (text.isdigit() and _shrunk_pt(text, width_mm) >= LEAST_PT):
        return _figure(text, width_mm)
    return {"s": SMALL_PT, "l": glyphs.wrapped(text, room_mm / (SMALL_PT * glyphs.MM_A_POINT), 2)}


def _shrunk_pt(text: str, width_mm: float) -> float:
    """The greatest size in which a text stands on one line."""
    return int((width_mm - 2 * PADDING_MM) / glyphs.MM_A_POINT / glyphs.width_em(text) * 10) / 10


def _figure(text: str, width_mm: float) -> dict[str, Any]:
    """A figure too wide for one line of the usual sizes: smaller, or on two lines."""
    size = _shrunk_pt(text, width_mm)
    if size >= LEAST_PT:
        return {"s": size, "l": [text]}
    middle = min((n for n, sign in enumerate(text) if sign == ","), key=lambda n: abs(2 * n - len(text)), default=-1)
    lines = [text[: middle + 1], text[middle + 1 :]]
    size = min(SMALL_PT, *(_shrunk_pt(line, width_mm) for line in lines))
    assert size >= LEAST_PT, f"a column of {width_mm:.1f} mm is too narrow for {len(text)} figures"
    return {"s": size, "l": lines}


def frame(register: Register, pages: int) -> dict[str, Any]:
    """What all pages of a register share, ready for JSON."""
    with words.speaking(register.lang):
        say = words.say
        fixed = {
            "carried": say("承前页"),
            "subtotal": say("本页小计"),
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
    widths = widths_mm(register.columns)
    assert all(a > 0 and b > 0 for a, b in pairwise([*widths, 1.0])), "a column without width"
    clean = glyphs.printable
    return {
        "lang": register.lang,
        "labels": fixed,
        "page_of": page_of,
        "title": clean(register.title),
        "organisation": clean(register.organisation),
        "period": clean(register.period),
        "filters": "".join(glyphs.wrapped(register.filters, TABLE_MM * 0.86 / (7.2 * glyphs.MM_A_POINT), 1)),
        "unit": clean(register.unit),
        "group_title": clean(register.group_title),
        "columns": [
            {"head": heading(column.title, width), "width": width, "align": column.align}
            for column, width in zip(register.columns, widths, strict=True)
        ],
        "sign_offs": [clean(text) for text in register.sign_offs],
        "note": clean(register.note),
        "code": clean(register.code),
        "hash": register.hash_hex,
        "verify_url": register.verify_url,
        "qr": qr.svg(register.verify_url),
        "printed_at": register.printed_at,
        "demo": register.demo,
    }


def heading(title: str, width_mm: float) -> dict[str, Any]:
    """A column head on one or two lines at 7.5 pt, smaller when it must."""
    room_mm = width_mm - 1.0
    for size in (7.5, 6.8, 6.2, 5.6):
        lines = glyphs.wrapped(title, room_mm / (size * glyphs.MM_A_POINT), 2)
        if not lines[-1].endswith(glyphs.ELLIPSIS):
            break
    return {"s": size, "l": lines}
