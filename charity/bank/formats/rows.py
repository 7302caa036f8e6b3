"""A sheet by its layout: own account, rows, the file's own totals, and whatever cannot be read.

Always true: each row with anything in it, from the header to the footer, is a `Line` or an `Error`; nothing is skipped.
What the file says of itself (counts, sums, the balance after each row) is compared with the rows, and a difference is
an error with both numbers. Behind the first line of the footer no row may come.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, NamedTuple

from charity import texts
from charity.bank.formats import layouts
from charity.bank.formats.layouts import HEADER_ROWS, Column, Layout, Sense, named
from charity.sheets import amounts
from charity.sheets.amounts import Unread
from charity.sheets.grids import Grid, Row, Unopened

ERRORS_SHOWN: Final = 50
"""Errors that are told; all are counted."""
_OWN = re.compile(r"[0-9]{15}…|[0-9]{6,32}")
_SAYS = re.compile(r"[^0-9:]{2,}:")
_LOST: Final = "…"


class Line(NamedTuple):
    """A row of a statement: its number in the file, its day, what came or went, and who and why.

    A sum with a minus 红字冲账 is a `reversal`: one in the column of what came took away what had come, so it went.
    """

    row: int
    on_day: str
    at_time: str
    in_fen: int
    out_fen: int
    balance_fen: int | None
    name: str
    account: str
    memo: str
    reference: str
    kind: str
    reversal: bool = False

    @property
    def columns(self) -> tuple[int, int]:
        """What it adds to the file's columns of what came and what went: a reversal stays in its own, with a minus."""
        return (-self.out_fen, -self.in_fen) if self.reversal else (self.in_fen, self.out_fen)

    def turned(self) -> "Line":
        """The same with its minus read as a sign and not as a reversal."""
        return self._replace(in_fen=self.out_fen, out_fen=self.in_fen, reversal=False)


class Error(NamedTuple):
    """What cannot be read: the row (0: the whole file), the column as the file calls it, why, and facts."""

    row: int
    column: str
    reason: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What a file says."""

    layout: Layout
    account: str = ""
    made: tuple[str, str] = ("", "")
    """The day on which the file says that it was made, and the time, as of China; "" where it does not."""
    lines: list[Line] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)
    error_count: int = 0

    def refuse(self, row: int, column: str, reason: str, **facts: Any) -> None:
        """Note an error; past ERRORS_SHOWN only count it."""
        self.error_count += 1
        if len(self.errors) < ERRORS_SHOWN:
            self.errors.append(Error(row, column, reason, facts))


class NoLayout(Exception):
    """No sheet has the header of a layout; `near` is the one that is nearest, `missing` are the names it lacks.

    `titles` are what seems to be its header.
    """

    def __init__(self, near: str = "", missing: Sequence[str] = (), titles: Sequence[str] = ()) -> None:
        super().__init__(near)
        self.near, self.missing, self.titles = near, list(missing), list(titles)


class _Wrong(Exception):
    """A cell of a row is wrong."""

    def __init__(self, column: Column, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.column, self.reason, self.facts = column, reason, facts


def read(grids: Sequence[Grid], own: str = "", chosen: Layout | None = None) -> Sheet:
    """The one sheet that has the header of a layout, read. `own`: the account whose it should be, "" if unknown.

    `chosen` is a layout of the place's own, for a header that no other fits.

    Raises NoLayout, and Unopened where the grid ends badly or several sheets have such a header.
    """
    matches: list[tuple[Grid, int, Layout]] = []
    heads: list[Row] = []
    for grid in grids:
        head = _head(grid)
        heads += head
        fits = ((number, layouts.fitting(cells, chosen)) for number, cells in enumerate(head, 1))
        first = next(((number, layout) for number, layout in fits if layout), None)
        if first:
            matches.append((grid, *first))
    if not matches:
        near, titles = layouts.nearest(heads), layouts.titles(heads)
        raise NoLayout(near[0].key, near[1], titles) if near else NoLayout(titles=titles)
    if len(matches) > 1:
        raise Unopened("sheets")
    grid, header, layout = matches[0]
    if grid.hidden:
        raise Unopened("hidden")
    return _Reader(grid, header, layout, own).read()


def _head(grid: Grid) -> list[Row]:
    """The first rows; fewer where the sheet cannot be read on, which its reading will say."""
    head: list[Row] = []
    rows = grid.rows()
    try:
        for cells in rows:
            head.append(cells)
            if len(head) == HEADER_ROWS:
                break
    except Unopened:
        if not head:
            raise
    return head


class _Reader:
    """The reading of one sheet."""

    def __init__(self, grid: Grid, header: int, layout: Layout, own: str) -> None:
        self._grid, self._header, self._layout = grid, header, layout
        self._sheet = Sheet(layout)
        self._own = own
        self._at: dict[Column, list[int]] = {}
        self._titles: list[str] = []
        self._around: list[Row] = []
        self._footed: list[tuple[str, str, str]] = []

    def read(self) -> Sheet:
        """Read it all."""
        rows = enumerate(self._grid.rows(), 1)
        preamble = [cells for _, cells in _until(rows, self._header)]
        _, titles = next(rows)
        self._place(titles)
        self._sheet.account = _own_account(preamble)
        footer = False
        for number, cells in rows:
            if not any(cells):
                continue
            if footer or self._ends(cells):
                footer = True
                self._below(number, cells)
            else:
                self._row(number, cells)
        self._around += preamble
        self._sheet.made = _made(self._around)
        if not self._sheet.error_count:
            self._compare()
        return self._sheet

    def _place(self, titles: Row) -> None:
        """Where each of our columns stands; a name that stands there twice is an error."""
        names = [named(title) for title in titles]
        self._titles = titles
        for column, known in self._layout.columns.items():
            at = [names.index(name) for name in known if name in names]
            self._at[column] = at if column in {"memo", "kind"} else at[:1]
            for name in known:
                if names.count(name) > 1:
                    self._sheet.refuse(self._header, name, "column_twice")

    def _ends(self, cells: Row) -> bool:
        """Whether the footer begins: with one of its words in the first column or below the days, a bare sum anywhere.

        Elsewhere such a word is part of a row without a day: of a name, of a memo.
        """
        at, first = next((at, named(cell)) for at, cell in enumerate(cells) if cell)
        begins = next(at for at, title in enumerate(self._titles) if title)
        if at <= begins or at in self._at["date"]:
            return first.startswith(layouts.FOOTERS)
        return first in layouts.SUMS

    def _below(self, number: int, cells: Row) -> None:
        """A line of the footer: begins with one of its words, says `label: value`, or stands below a line of labels."""
        first = named(next(filter(None, cells)))
        if first in layouts.SUMS:  # its sums stand below the columns that they add up
            for column, total in (("in", "in_fen"), ("out", "out_fen")):
                if stated := self._cell(cells, column):  # type: ignore[arg-type] # one of Column
                    self._footed.append((total, f"{first} {self._title(column)}", stated))  # type: ignore[arg-type] # see above
        above = self._around[-1] if self._around else []
        values = bool(above) and all(_label(cell) for cell in above if cell)
        self._around.append(cells)
        if not (values or self._ends(cells) or _SAYS.match(unicodedata.normalize("NFKC", next(filter(None, cells))))):
            self._sheet.refuse(number, "", "after_footer")

    def _cell(self, cells: Row, column: Column) -> str:
        at = self._at.get(column)
        return cells[at[0]] if at and at[0] < len(cells) else ""

    def _joined(self, cells: Row, column: Column) -> str:
        """The different texts of all columns of this kind."""
        stated = (cells[at] for at in self._at.get(column, ()) if at < len(cells))
        return " ".join(dict.fromkeys(text for cell in stated if (text := _text(cell))))

    def _title(self, column: Column) -> str:
        at = self._at.get(column)
        return self._titles[at[0]] if at else ""

    def _row(self, number: int, cells: Row) -> None:
        try:
            self._sheet.lines.append(self._line(number, cells))
        except _Wrong as wrong:
            self._sheet.refuse(number, self._title(wrong.column), wrong.reason, **wrong.facts)

    def _line(self, number: int, cells: Row) -> Line:
        if any(cells[len(self._titles) :]):
            raise _Wrong("date", "too_many_cells")
        day, clock = self._moment(cells)
        own = self._own_of(cells)
        if self._cell(cells, "currency").upper() not in layouts.YUAN:
            raise _Wrong("currency", "currency", currency=self._cell(cells, "currency")[:10])
        came, went, name, account = self._sums(cells, own)
        if came and went:
            raise _Wrong("in", "both")
        if not came and not went:
            raise _Wrong("amount" if self._at.get("amount") else "in", "neither")
        balance = self._cell(cells, "balance")
        return Line(
            row=number,
            on_day=day,
            at_time=clock,
            in_fen=max(came, 0) + max(-went, 0),
            out_fen=max(went, 0) + max(-came, 0),
            balance_fen=self._fen(cells, "balance") if balance else None,
            name=_text(name),
            account=_text(account),
            memo=self._joined(cells, "memo"),
            reference=_text(self._cell(cells, "reference")),
            kind=self._joined(cells, "kind"),
            reversal=came < 0 or went < 0,
        )

    def _moment(self, cells: Row) -> tuple[str, str]:
        try:
            day, clock = amounts.moment(self._cell(cells, "date"))
        except Unread as unread:
            raise _Wrong("date", unread.reason) from None
        if stated := self._cell(cells, "time"):
            try:
                clock = amounts.clock_time(stated)
            except Unread:
                try:  # a stamp that has the day, too
                    stamped, clock = amounts.moment(stated)
                except Unread as unread:
                    raise _Wrong("time", "time" if unread.reason == "day" else unread.reason) from None
                if stamped != day:
                    raise _Wrong("time", "other_day") from None
        return day, clock

    def _own_of(self, cells: Row) -> str:
        """The own account: of the row where it says one, which is that of the file."""
        stated = self._cell(cells, "own")
        if stated and not self._sheet.account:
            self._sheet.account = stated
        if stated and not same_account(stated, self._sheet.account):
            raise _Wrong("own", "own")
        return self._sheet.account or self._own

    def _fen(self, cells: Row, column: Column) -> int:
        try:
            return amounts.fen(self._cell(cells, column))
        except Unread as unread:
            raise _Wrong(column, unread.reason) from None

    def _sums(self, cells: Row, own: str) -> tuple[int, int, str, str]:
        """What came, what went, and the other's name and account; less than 0 where it is a reversal."""
        name, account = self._cell(cells, "name"), self._cell(cells, "account")
        sense = self._layout.sense
        if sense is Sense.COLUMNS:
            came, went = self._fen(cells, "in"), self._fen(cells, "out")
            if self._layout.absolute:
                went = abs(went)
            return came, went, name, account
        if sense is Sense.TRADES:
            return *self._trade(cells), name, account
        fen = self._fen(cells, "amount")
        if sense is Sense.PARTIES:
            return self._of_parties(cells, fen, own)
        if sense is Sense.SIGNED:
            return max(fen, 0), max(-fen, 0), name, account
        flag = named(self._cell(cells, "flag")).upper()
        if flag in layouts.IN_WORDS:
            return fen, 0, name, account
        if flag in layouts.OUT_WORDS:
            return 0, fen, name, account
        raise _Wrong("flag", "flag")

    def _trade(self, cells: Row) -> tuple[int, int]:
        status = self._cell(cells, "flag").upper()
        paid, refunded = self._fen(cells, "paid"), self._fen(cells, "refunded")
        if paid < 0 or refunded < 0:
            raise _Wrong("paid" if paid < 0 else "refunded", "negative")
        if status in layouts.PAID:
            return paid, 0
        if status in layouts.REFUNDED:
            return 0, refunded or paid
        raise _Wrong("flag", "flag")

    def _of_parties(self, cells: Row, fen: int, own: str) -> tuple[int, int, str, str]:
        """Whose account is ours says where the money went; the sign and the word beside it must agree."""
        payer, payee = self._cell(cells, "payer_account"), self._cell(cells, "payee_account")
        if not own:
            raise _Wrong("payer_account", "own_unknown")
        pays, receives = same_account(payer, own), same_account(payee, own)
        if pays == receives:
            raise _Wrong("payer_account", "own_twice" if pays else "own_nowhere")
        flag = named(self._cell(cells, "flag")).upper()
        if fen and (fen < 0) != pays:
            raise _Wrong("amount", "sign")
        if flag in (layouts.IN_WORDS if pays else layouts.OUT_WORDS):
            raise _Wrong("flag", "sign")
        if pays:
            return 0, abs(fen), self._cell(cells, "payee_name"), payee
        return abs(fen), 0, self._cell(cells, "payer_name"), payer

    # -- what the file says of itself ----------------------------------------------------------------

    def _compare(self) -> None:
        lines = self._sheet.lines
        came, went = zip(*(line.columns for line in lines), strict=True) if lines else ((), ())
        ours = {
            "count": len(lines),
            "in_count": sum(map(bool, came)),
            "in_fen": sum(came),
            "out_count": sum(map(bool, went)),
            "out_fen": sum(went),
        }
        for total, column, text in (*_totals(self._around), *self._footed):
            try:
                stated = abs(amounts.fen(text)) if total.endswith("_fen") else _count(text)
            except Unread as unread:
                self._sheet.refuse(0, column, unread.reason)
                continue
            if stated != abs(ours[total]):
                self._sheet.refuse(0, column, total, stated=stated, ours=ours[total])
        self._balances()

    def _balances(self) -> None:
        """The balance after each row follows from the one before it, the oldest first or the newest first.

        Nothing else proves that a minus is a reversal: some write one before all that went.
        """
        lines = self._sheet.lines
        if any(line.balance_fen is None for line in lines):
            self._unproven(lines)
            return
        went = [line for line in lines if line.columns[1]]
        if went and all(line.reversal for line in went):  # a minus before all that went may be but a sign
            signed = [line.turned() if line.columns[1] else line for line in lines]
            lines = self._sheet.lines = min(lines, signed, key=_least_off)
        ordered = min(lines, lines[::-1], key=lambda each: len(_off(each)))
        for line, follows in _off(ordered):
            facts = {"stated": line.balance_fen, "ours": follows}
            self._sheet.refuse(line.row, self._title("balance"), "balance", **facts)
        self._unproven(ordered[:1])

    def _unproven(self, lines: Iterable[Line]) -> None:
        """Refuse the reversals among these: no balance before them says that they are."""
        for line in lines:
            if line.reversal:
                column = self._title("amount") or self._title("in" if line.out_fen else "out")
                self._sheet.refuse(line.row, column, "unproven")


def _off(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Rows whose balance does not follow, with what would."""
    return [
        (line, follows)
        for before, line in pairwise(lines)
        if (follows := (before.balance_fen or 0) + line.in_fen - line.out_fen) != line.balance_fen
    ]


def _least_off(lines: Sequence[Line]) -> int:
    """How many balances do not follow, in the better of both orders."""
    return min(len(_off(lines)), len(_off(lines[::-1])))


def _until(rows: Iterator[tuple[int, Row]], last: int) -> Iterable[tuple[int, Row]]:
    """The rows before the row `last`."""
    for number in range(1, last):
        yield number, next(rows)[1]


def _text(cell: str) -> str:
    """A text without what nobody sees; `-` and `/` stand for none."""
    if cell in {"-", "--", "/"}:
        return ""
    return cell if texts.refused(cell) is None else texts.cleaned(cell)


def _count(text: str) -> int:
    match = layouts.COUNTED.fullmatch(unicodedata.normalize("NFKC", text).replace(",", ""))
    if match is None:
        raise Unread("amount")
    return int(match[1])


def same_account(one: str, other: str) -> bool:
    """Whether two account numbers are the same; of one that lost its last digits the rest is compared."""
    if one.isdecimal() and other.isdecimal():
        return one == other
    one, other = re.sub(r"[\s-]", "", one), re.sub(r"[\s-]", "", other)
    if _LOST in one or _LOST in other:
        length = min(len(text.partition(_LOST)[0]) for text in (one, other))
        return length > 0 and one[:length] == other[:length]
    return bool(one) and one == other


def _pairs(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """What stands as `label: value` in a cell, as label and value side by side, or as a row below a row of labels."""
    rows = list(rows)
    for cells in rows:
        filled = [cell for cell in cells if cell]
        for cell in filled:
            plain = unicodedata.normalize("NFKC", cell)
            for part in re.split(r"\s{2,}", plain):
                label, colon, value = part.partition(":")
                if colon and value.strip():
                    yield named(label), value.strip().strip("[]")
        for label, value in pairwise(filled):
            yield named(label), value
    for above, below in pairwise(rows):
        labels = [cell for cell in above if cell]
        if len(labels) > 1 and all(_label(cell) for cell in labels):
            yield from ((named(label), value) for label, value in zip(above, below, strict=False) if label)


_LABELS = frozenset(named(label) for labels in layouts.TOTAL_LABELS.values() for label in labels)


def _label(cell: str) -> bool:
    return named(cell) in _LABELS or not re.search("[0-9]", cell)


def _own_account(rows: Iterable[Row]) -> str:
    """The own account above the header, "" when it says none."""
    for label, value in _pairs(rows):
        text = re.sub(r"[\s-]", "", value)
        if label in layouts.OWN_LABELS and (match := _OWN.match(text)):
            return match[0]
    return ""


def _made(rows: Iterable[Row]) -> tuple[str, str]:
    """The day and the time at which the file was made, "" where it says none that can be read."""
    for label, value in _pairs(rows):
        if label in layouts.MADE_LABELS:
            with contextlib.suppress(Unread):
                return amounts.moment(value)
    return "", ""


def _totals(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """(which total, as the file calls it, its text)."""
    matches: dict[str, tuple[str, str, str]] = {}
    for cells in rows:
        for cell in cells:
            text = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell))
            if match := layouts.SIDE_TOTAL.match(text):
                side = "in" if match[1] == layouts.IN_SIDE else "out"
                matches[f"{side}_count"] = (f"{side}_count", text.partition(":")[0].removeprefix("#"), match[2])
                matches[f"{side}_fen"] = (f"{side}_fen", text.partition(":")[0].removeprefix("#"), match[3])
    for label, value in _pairs(rows):
        for total, labels in layouts.TOTAL_LABELS.items():
            if label in labels and total not in matches and re.search("[0-9]", value):
                matches[total] = (total, label, value)
    return list(matches.values())
