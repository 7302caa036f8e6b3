"""Rows and sums of the registers D4, D7 and D9 worked out again from entries, and read back from CSV, XLSX and PDF."""

import csv
import io
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import dropwhile, takewhile
from typing import Any, Protocol

import openpyxl

from bench.recount import Compared
from bench.recount_journal import Entry, Line
from bench.recount_pdf import Line as Printed
from bench.recount_pdf import rows as lines_of
from bench.recount_pdf import yuan

Cell = int | str | None
UNVALUED = "不计价"
NEAR_DAYS = 30
GIFTS = {"gift.cash", "goods.gift", "gift.refund", "gift.reversal", "gift.correction"}
WORTH = ("31", "32", "4", "5", "2601")


@dataclass(frozen=True)
class Lot:
    """What a lot is, beside the journal: bodies hold only its code. `expires` is "" for what does not."""

    barcode: str
    cost_fen: int
    expires: str


@dataclass
class Register:
    """A register of a period: its rows by the titles of their columns, the titles of sums, the sums of each group."""

    rows: list[dict[str, Cell]]
    sums: tuple[str, ...]
    groups: list[dict[str, int]] = field(default_factory=list)

    def total(self, rows: Iterable[Mapping[str, Cell]] | None = None) -> dict[str, int]:
        """The sums of these rows, or of all."""
        whole = dict.fromkeys(self.sums, 0)
        for row in self.rows if rows is None else rows:
            for title in self.sums:
                value = row[title]
                whole[title] += value if isinstance(value, int) else 0
        return whole

    def grouped(self, keys: Sequence[object], *, ordered: bool = True) -> None:
        """Add up the groups of rows with equal keys, in the order of the keys or as they come."""
        parts: dict[Any, list[dict[str, Cell]]] = defaultdict(list)
        for key, row in zip(keys, self.rows, strict=True):
            parts[key].append(row)
        self.groups = [self.total(parts[key]) for key in (sorted(parts) if ordered else parts)]


class Beside(Protocol):
    """What bodies do not say: lots by code, and the kind of each fund."""

    @property
    def lots(self) -> Mapping[str, Lot]:
        """By the code of the lot."""

    @property
    def kinds(self) -> Mapping[str, str]:
        """`unrestricted`, `restricted` or `agency`, by the code of the fund."""


def _ordered(journal: Mapping[int, Entry], begin: str, end: str) -> list[Entry]:
    within = [entry for entry in journal.values() if begin <= entry.day <= end]
    return sorted(within, key=lambda entry: (entry.day, entry.seq))


def _funds_of_lots(journal: Mapping[int, Entry]) -> dict[str, str]:
    """The fund of each lot, by its unit."""
    return {
        line.unit: entry.facts["fund"]
        for entry in journal.values()
        if entry.kind in {"goods.gift", "goods.purchase", "goods.opening"}
        for line in entry.lines
        if line.unit.startswith("lot:")
    }


def donations(journal: Mapping[int, Entry], beside: Beside, begin: str, end: str) -> Register:
    """D4: every gift, refund and correction, with what it adds to income 4101, or apart to debts to pass on 2601."""
    register, keys = Register([], ("货币金额", "实物折价", "合计", "受托代理")), []
    for entry in _ordered(journal, begin, end):
        undone = entry.kind == "goods.reversal" and entry.undone is not None and entry.undone.kind == "goods.gift"
        if entry.kind not in GIFTS and not undone:
            continue
        lines = [line for line in entry.cny if line.chart in {"4101", "2601"}]
        fen = -sum(line.quantity for line in lines)
        goods = entry.kind.startswith("goods.")
        gift = entry.undone or entry
        fund = gift.cny[0].fund if gift.cny else gift.facts["fund"]
        if entry.kind in {"gift.refund", "gift.correction"}:
            fund = journal[entry.facts["refund_of" if entry.kind == "gift.refund" else "of"]].cny[0].fund
        kind = beside.kinds[fund]
        held = kind == "agency"
        worth = UNVALUED if goods and not lines else fen
        register.rows.append(
            {
                "序号": len(register.rows) + 1,
                "到账日期": entry.facts.get("on", entry.day) if entry.kind == "gift.cash" else entry.day,
                "分录": str(entry.seq),
                "货币金额": None if goods or held else fen,
                "实物折价": worth if goods and not held else None,
                "合计": None if held or (goods and not lines) else fen,
                "受托代理": worth if held else None,
            }
        )
        keys.append((entry.day[:7], kind))
    register.grouped(keys)
    return register


def disbursements(journal: Mapping[int, Entry], beside: Beside, begin: str, end: str) -> Register:  # noqa: ARG001 - as the others
    """D7: a row for each posting to 5101, or to 2601 of what was passed on; goods without value have one."""
    register, keys = Register([], ("受益人次", "货币资金", "物资折价", "合计")), []
    worth, taken = Worth(journal), list[tuple[str, str, int]]()
    of_lot = _funds_of_lots(journal)
    for entry in _ordered(journal, begin, end):
        issue = entry.undone or entry
        goods = issue.kind == "goods.issue"
        if issue.kind not in {"voucher.paid", "branch.roster", "goods.issue"}:
            continue
        first = True
        costs: list[Line | None] = [line for line in entry.cny if line.chart in {"5101", "2601"}]
        for line in costs or ([None] if goods else []):
            people = 0 if line is not None and line.chart == "2601" else (1 if goods else issue.facts["recipients"])
            fund = line.fund if line else next(of_lot[one.unit] for one in issue.lines if one.unit in of_lot)
            fen = line.quantity if line else None
            register.rows.append(
                {
                    "序号": len(register.rows) + 1,
                    "日期": entry.day,
                    "分录": str(entry.seq),
                    "受益人次": (people if entry.undone is None else -people) if first else 0,
                    "货币资金": None if goods else fen,
                    "物资折价": (UNVALUED if fen is None else fen) if goods else None,
                    "合计": fen,
                    "基金结余": worth.at(fund, entry.day),
                }
            )
            taken.append((entry.day, fund, fen or 0))
            keys.append((entry.day[:7], issue.facts["programme"]))
            first = first and (line is None or line.chart != "5101")
    later: dict[tuple[str, str], int] = defaultdict(int)  # what else goes out of a fund that day
    for row, (day, fund, fen) in zip(
        reversed(register.rows), reversed(taken), strict=True
    ):  # what else goes out that day
        left = row["基金结余"]
        row["基金结余"] = left + later[day, fund] if isinstance(left, int) else left
        later[day, fund] += fen
    register.grouped(keys)
    return register


class Worth:
    """What each fund is worth at the end of a day, goods included: the balance of its net assets, income and cost."""

    def __init__(self, journal: Mapping[int, Entry]) -> None:
        moved: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for entry in journal.values():
            for line in entry.cny:
                if line.chart.startswith(WORTH):
                    moved[line.fund][entry.day] -= line.quantity
        self._days = {fund: sorted(days) for fund, days in moved.items()}
        self._worth: dict[str, list[int]] = {}
        for fund, days in self._days.items():
            sums, whole = [], 0
            for day in days:
                whole += moved[fund][day]
                sums.append(whole)
            self._worth[fund] = sums

    def at(self, fund: str, day: str) -> int | None:
        """Fen; None before anything moved."""
        at = bisect_right(self._days.get(fund, []), day)
        return self._worth[fund][at - 1] if at else None


CAME, WENT = ("捐赠", "采购", "调入", "盘盈"), ("发放", "调出", "报损", "盘亏")
COUNTS = (
    "期初数量", "期初金额", *CAME, "收入金额", *WENT, "发出金额", "期末数量", "期末金额", "近效期",
)  # fmt: skip
_OTHER = {"world:opening": "期初数量", "world:donors": "捐赠", "world:suppliers": "采购", "world:households": "发放"}


def _way(other: str, quantity: int) -> str:
    if other in _OTHER:
        return _OTHER[other]
    if other.startswith(("transit:", "store:")):
        return "调入" if quantity > 0 else "调出"
    if other.startswith("world:lost"):
        return "报损"
    return "盘盈" if quantity > 0 else "盘亏"


def stock(journal: Mapping[int, Entry], beside: Beside, begin: str, end: str) -> Register:
    """D9: pieces and worth of each item and cost on each shelf, at the beginning, in and out, at the end."""
    on_shelf: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    moves: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in journal.values():
        for line in entry.lines:
            if not line.unit.startswith("lot:") or not line.account.startswith("store:") or entry.day > end:
                continue
            shelf = (line.account.removeprefix("store:"), line.unit.removeprefix("lot:"))
            on_shelf[shelf][0] += line.quantity if entry.day < begin else 0
            on_shelf[shelf][1] += line.quantity
            if entry.day >= begin:
                other = next(o for o in entry.lines if o.unit == line.unit and (o.quantity > 0) != (line.quantity > 0))
                way = _way(other.account, line.quantity)
                if way == "期初数量":  # in whatever period the books began: it stood there before them
                    on_shelf[shelf][0] += line.quantity
                else:
                    moves[shelf][way] += line.quantity if way in CAME else -line.quantity
    funds = _funds_of_lots(journal)
    until = (date.fromisoformat(end) + timedelta(days=NEAR_DAYS)).isoformat()
    lines: dict[tuple[str, str, str, int], dict[str, int]] = {}
    for shelf, (opening, closing) in on_shelf.items():
        if not opening and not closing and shelf not in moves:
            continue
        store, lot = shelf[0], beside.lots[shelf[1]]
        account = "1801" if beside.kinds[funds[f"lot:{shelf[1]}"]] == "agency" else "1201"
        sums = lines.setdefault((store, account, lot.barcode, lot.cost_fen), dict.fromkeys(COUNTS, 0))
        came, went = (sum(moves[shelf][way] for way in ways) * lot.cost_fen for ways in (CAME, WENT))
        near = closing if lot.expires and lot.expires <= until else 0
        for title, value in (
            ("期初数量", opening), ("期初金额", opening * lot.cost_fen), ("期末数量", closing),
            ("期末金额", closing * lot.cost_fen), ("近效期", near), ("收入金额", came),
            ("发出金额", went), *moves[shelf].items(),
        ):  # fmt: skip
            sums[title] += value
    register = Register([], COUNTS)
    for n, ((_, account, barcode, cost), sums) in enumerate(sorted(lines.items()), 1):
        register.rows.append({"序号": n, "科目": account, "条码": barcode, "单价": cost or UNVALUED, **sums})
    register.grouped([(store, account) for store, account, _, _ in sorted(lines)])
    return register


REGISTERS = {"donations": donations, "disbursements": disbursements, "stock": stock}
MONEY = {"货币金额", "实物折价", "合计", "货币资金", "物资折价", "基金结余", "期初金额", "期末金额", "单价"}
MONEY |= {"受托代理", "收入金额", "发出金额"}


def sheets(done: Compared, register: Register, where: str, texts: Sequence[Sequence[Cell]]) -> None:
    """Every row and the sums of a sheet, its head first; figures as fen and counts."""
    head, *rows, last = texts
    done.look(where, "rows", len(register.rows), len(rows))
    for n, (mine, shown) in enumerate(zip(register.rows, rows, strict=False), 1):
        for title, value in mine.items():
            done.look(where, f"row {n} {title}", value, shown[head.index(title)])
    for title, value in register.total().items():
        done.look(where, f"合计 {title}", value, last[head.index(title)])


def of_csv(body: bytes) -> list[list[Cell]]:
    """The cells of a CSV down to its sums: money as fen, counts, texts; None for an empty one."""
    lines = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    head, *rows = takewhile(bool, lines)  # what the sheet is stands below an empty line
    figures = MONEY | {"序号", "受益人次", *COUNTS}
    return [list(head), *([_cell(title, text, figures) for title, text in zip(head, row, strict=True)] for row in rows)]


def _cell(title: str, text: str, figures: set[str]) -> Cell:
    if not text:
        return None
    if title in figures and re.fullmatch(r"-?\d+(\.\d\d)?", text):
        return int(text.replace(".", "")) if title in MONEY else int(text)
    return text


def of_xlsx(body: bytes) -> list[list[Cell]]:
    """The cells of the only sheet of a workbook, as those of `of_csv`."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    lines = book.worksheets[0].iter_rows(values_only=True)
    head, *rows = dropwhile(lambda line: line[0] != "序号", lines)  # what the sheet is stands above its head
    titles = [str(title) for title in head]
    return [[*titles], *([_number(title, value) for title, value in zip(titles, row, strict=True)] for row in rows)]


def _number(title: str, value: object) -> Cell:
    if isinstance(value, int | float):
        return round(value * 100) if title in MONEY else int(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value) if value else None


SUMS = {"承前页", "本页小计", "累计", "合计"}


def pdf(done: Compared, register: Register, where: str, body: bytes) -> None:
    """Every row, page sum, sum so far, sum carried and group of a printed register, each where it must stand.

    A row is known by its number, a sum by its name, a group by its place below the sums. What is not on its page is a
    difference.
    """
    seen, groups = 0, 0
    for n, page in enumerate(lines_of(body), 1):
        at, first, carried, named = f"{where} p. {n}", seen, register.total(register.rows[:seen]), set()
        for line in page:
            if line.first in SUMS and _read(register, line):
                named.add(line.first)
                sums = {"承前页": carried, "本页小计": register.total(register.rows[first:seen])}
                counted = sums.get(line.first, register.total(register.rows[:seen]))
                done.look(at, line.first, _written(register, counted), _read(register, line))
            elif seen < len(register.rows) and line.first == str(seen + 1) and _read(register, line):
                done.look(at, f"row {seen + 1}", _written(register, register.rows[seen]), _read(register, line))
                seen += 1
            elif seen == len(register.rows) and _read(register, line):
                counted = register.groups[groups] if groups < len(register.groups) else {}
                done.look(
                    at, f"group {groups + 1}", _written(register, counted) if counted else [], _read(register, line)
                )
                groups += 1
        if first < seen or n == 1:
            done.look(at, "sums", {"本页小计", "承前页"} if n > 1 else {"本页小计"}, named - {"累计", "合计"})
    done.look(where, "rows printed", len(register.rows), seen)
    done.look(where, "groups printed", len(register.groups) if len(register.groups) > 1 else 0, groups)


def _read(register: Register, line: Printed) -> list[str]:
    """The figures of a printed line that are compared: those of `_written`."""
    if register.sums == COUNTS:
        figures = line.last_figures()[-len(COUNTS) :]
        return figures if len(figures) == len(COUNTS) else []
    amounts = line.amounts(UNVALUED)
    if "受益人次" in register.sums and amounts:
        amounts.insert(0, line.words[max(line.words.index(amounts[0]) - 1, 0)])
    return amounts


def _written(register: Register, row: Mapping[str, Cell]) -> list[str]:
    """The figures of a row or of sums as they must be printed, in the order of the columns."""
    titles = [*register.sums, *(["基金结余"] if "基金结余" in row else [])]
    values = [(title, row[title]) for title in titles if row[title] is not None]
    return [
        v if isinstance(v, str) else yuan(v) if title in MONEY else f"{v:,}" for title, v in values if v is not None
    ]
