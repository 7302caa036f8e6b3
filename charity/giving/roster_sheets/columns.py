"""A roster's rows as people type them: which column is which, and what of a row can be read.

Always true: a row is kept whole as it was typed; what cannot be read is named by its field and is never zero, and no
row is left out but wholly empty ones and the file's own total, which is compared.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal

from charity import texts
from charity.giving.roster_sheets.titles import CHAT, KNOWN, NO, TITLES, TOTALS, YES
from charity.money import AMOUNT_MAX_FEN
from charity.people import phones
from charity.people.persons import NAME_MAX
from charity.plain import plain
from charity.sheets import amounts
from charity.sheets.amounts import Unread

HEADER_ROWS: Final = 20
"""Rows from the top among which the header stands: notices and titles are above it."""
TYPED_MAX: Final = 100
"""Signs of a cell that are kept; a longer one is refused with its row."""
TAIL: Final = 4
Fault = Literal[
    "name_missing",
    "name_long",
    "name_signs",
    "tail",
    "phone",
    "amount_missing",
    "amount",
    "decimals",
    "too_large",
    "formula",
    "not_positive",
    "single",
    "public",
    "payroll",
]
_TAIL = re.compile(r"[0-9]{3}[0-9Xx]")
_WHOLE_ID = re.compile(r"[0-9]{14}(?:[0-9]{3}[0-9Xx]|[0-9])")
_PASTED = re.compile(r"(?P<name>[^0-9０-９#¥￥+\-.]+)(?P<amount>[0-9０-９#¥￥+\-.].*)")
"""A line of prose: what is no amount, then all of what may be one."""
_NUMBERED = re.compile(r"[0-9０-９]{1,4}[\s.．、,，)）:：]+(?=[^\W\d_])")
"""The number before a name in a list that was numbered by hand, or by a chat."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as it was typed."""

    name: str = ""
    amount: str = ""
    tail: str = ""
    phone: str = ""
    single: str = ""
    public: str = ""
    payroll: str = ""

    def text(self) -> str:
        """For sealing."""
        return json.dumps(list(asdict(self).values()), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> "Typed":
        """What was sealed."""
        return cls(*json.loads(text)) if text else cls()


@dataclass(frozen=True, slots=True)
class Read:
    """What a row says; `faults` name what of it cannot be read, and then `amount_fen` may be None."""

    name: str
    amount_fen: int | None
    tail: str
    phone: str
    single: bool
    public: bool
    payroll: bool
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its rows, its own total if it has one, and titles of columns that were not used."""

    rows: list[Typed]
    total: str = ""
    unused: list[str] = field(default_factory=list)


class NoHeader(ValueError):
    """No row of the file names a column of names and one of amounts; `missing` are the titles looked for."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__("no header")
        self.missing = tuple(missing)


class CellTooLong(ValueError):
    """A cell is longer than TYPED_MAX."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


def read(typed: Typed) -> Read:
    """What a row says. An ID number typed in whole is cut to its last four signs: no more is kept of it."""
    faults: list[Fault] = []
    name = "".join(typed.name.split()) if not typed.name.isascii() else " ".join(typed.name.split())
    if not name:
        faults.append("name_missing")
    elif len(name) > NAME_MAX:
        faults.append("name_long")
    elif any(sign.isdigit() for sign in name) or texts.refused(name, area=False):
        faults.append("name_signs")
    amount_fen = _amount(typed.amount, faults)
    tail = tail_of(typed.tail)
    if tail and not _TAIL.fullmatch(tail):
        faults.append("tail")
    phone = ""
    try:
        phone = phones.read(typed.phone)
    except ValueError:
        faults.append("phone")
    single, public, payroll = _wish(typed.single), _wish(typed.public), _wish(typed.payroll)
    if single is None:
        faults.append("single")
    if public is None:
        faults.append("public")
    if payroll is None:
        faults.append("payroll")
    return Read(name, amount_fen, tail.upper(), phone, bool(single), bool(public), bool(payroll), tuple(faults))


def tail_of(number: str) -> str:
    """The last four signs of an ID number that was typed in whole; else what was typed."""
    number = plain(number).replace(" ", "")
    return number[-TAIL:] if _WHOLE_ID.fullmatch(number) else number


def kept(typed: Typed) -> Typed:
    """What of a row is kept: everything but the rest of an ID number."""
    return replace(typed, tail=tail_of(typed.tail))


def _amount(text: str, faults: list[Fault]) -> int | None:
    text = text.strip()
    if not text:
        faults.append("amount_missing")
        return None
    try:
        fen = amounts.fen(text)
    except Unread as unread:
        faults.append(unread.reason if unread.reason in {"decimals", "too_large", "formula"} else "amount")
        return None
    if not 0 < fen <= AMOUNT_MAX_FEN:
        faults.append("not_positive")
        return None
    return fen


def _wish(text: str) -> bool | None:
    """Yes, no, or None for what is neither."""
    text = _folded(text)
    return True if text in YES else False if text in NO else None


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def sheet(sheets: Iterable[Sequence[tuple[int, list[str]]]]) -> Sheet:
    """The roster among the sheets of a file, each of (number, cells); raises NoHeader, CellTooLong."""
    for rows in sheets:
        for at, (_, cells) in enumerate(rows[:HEADER_ROWS]):
            places = _places(cells)
            if {"name", "amount"} <= places.keys():
                return _rows(rows[at + 1 :], places, cells)
    raise NoHeader([TITLES["name"][0], TITLES["amount"][0]])


def pasted(text: str) -> Sheet:
    """Rows that were pasted: out of a spreadsheet with or without its header, or a name and an amount on each line."""
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = [(n, [cell.strip() for cell in line.split("\t")]) for n, line in numbered]
    grids = [rows]
    if "\t" not in text:  # out of a file with commas
        grids.append([(n, _commas(line)) for n, line in numbered])
    try:
        return sheet(grids)
    except NoHeader:
        lines = [_of_line(n, cells) for n, cells in _without_chat(rows)]
        total = next((line.amount for line in reversed(lines) if _is_total(line.name) and line.amount), "")
        return Sheet([line for line in lines if not _is_total(line.name)], total)


def _commas(line: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line]))]
    except csv.Error:  # a cell longer than any of ours
        return [line]


def _without_chat(rows: Sequence[tuple[int, list[str]]]) -> Sequence[tuple[int, list[str]]]:
    """The rows without the title and the example that a chat puts above its numbered lines."""
    if not rows or not rows[0][1][0].startswith(CHAT):
        return rows
    first = next((at for at, (_, cells) in enumerate(rows) if _NUMBERED.match(cells[0])), 0)
    return rows[first:]


def _of_line(number: int, cells: list[str]) -> Typed:
    cells = [cell.strip() for cell in cells if cell.strip()]
    if len(cells) == 1:
        cells = [_NUMBERED.sub("", cells[0], count=1) if _NUMBERED.match(cells[0]) else cells[0]]
    if len(cells) == 1 and (match := _PASTED.fullmatch(cells[0])):
        cells = [match["name"].strip(" ,，:：;；"), match["amount"].removesuffix("元").strip()]
    if len(cells) > 2 and cells[0].rstrip(".．、 ").isdigit():  # noqa: PLR2004 - 序号 before name and amount
        cells = cells[1:]
    name, amount = cells[0], " ".join(cells[1:])
    return _fitting(number, Typed(name, amount))


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Where each column is, by its title."""
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        title = _folded(cell).replace("（", "(").replace("）", ")")
        for name, titles in TITLES.items():
            if title in titles and name not in places:
                places[name] = at
    return places


def _rows(rows: Sequence[tuple[int, list[str]]], places: dict[str, int], header: Sequence[str]) -> Sheet:
    typed: list[Typed] = []
    total = ""
    for number, cells in rows:
        values = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
        if any(_is_total(cell) for cell in cells):
            total = values["amount"] or total
        elif any(values.values()):
            typed.append(_fitting(number, Typed(**values)))
    used = set(places.values())
    unused = [cell for at, cell in enumerate(header) if cell and at not in used and _folded(cell) not in KNOWN]
    return Sheet(typed, total, unused)


def _is_total(cell: str) -> bool:
    return _folded(cell).rstrip(":").replace("（", "(").replace("）", ")") in TOTALS


def _fitting(number: int, typed: Typed) -> Typed:
    if any(len(value) > TYPED_MAX for value in asdict(typed).values()):
        raise CellTooLong(number)
    return typed
