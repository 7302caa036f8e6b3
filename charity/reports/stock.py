"""D9 物资收发存台账: opening + in - out = closing, per store, account, item and unit cost (docs/field.md 8 and 3.3).

Everything is counted from postings of lots on shelves; what a movement was is seen from where the pieces
came from or went to. Opening and closing are read from the turnover, the movements from the postings:
the check line compares the two. A lot has one cost for ever, so amounts are pieces times cost. Goods of our own (1201)
and goods held for others (1801) have lines of their own. Always true: by store and fund, the closing amounts add up
to their account. Goods on the road (`transit:`) are on no shelf.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from charity import words
from charity.documents import facts
from charity.documents.filters import FUND, STORE
from charity.ledger import accounts as acc
from charity.ledger import figures as books
from charity.money import yuan
from charity.office import stores
from charity.printing.document import Column, Document, Filters, Group, Page, Totals
from charity.reports import lookup

NEAR_DAYS = 30
"""近效期: expires within so many days after the end of the period."""
KEPT = 16
DIFFERENCES_SHOWN = 10

COLUMNS = (
    Column("n", "序号", 8, "count", english=8.6, folded=True),
    Column("store", "门店", 28, english=28, under="item"),
    Column("account", "科目", 9, "code", align="center", english=11.6, folded=True),
    Column("barcode", "条码", 15, "code", screen=False, print=False),
    Column("item", "品名", 24, link="item_href", english=23.4),
    Column("measure", "计量单位", 8, align="center", english=8.6, under="item"),
    Column("cost_fen", "单价", 13, "money", align="right", english=14),
    Column("opening", "期初数量", 10, "count", total=True, align="right", english=12),
    Column("opening_fen", "期初金额", 17, "money", total=True, align="right", english=17.6, under="opening"),
    Column("gift", "捐赠", 9, "count", total=True, align="right", english=9),
    Column("bought", "采购", 9, "count", total=True, align="right", english=10.4),
    Column("moved_in", "调入", 8, "count", total=True, align="right", english=9.6, folded=True),
    Column("gained", "盘盈", 8, "count", total=True, align="right", english=9.2, folded=True),
    Column("came_fen", "收入金额", 17, "money", total=True, align="right", english=17.6),
    Column("issued", "发放", 9, "count", total=True, align="right", english=9.6),
    Column("moved_out", "调出", 8, "count", total=True, align="right", english=9.6, folded=True),
    Column("written_off", "报损", 8, "count", total=True, align="right", english=9.6, folded=True),
    Column("lost", "盘亏", 8, "count", total=True, align="right", english=9.2, folded=True),
    Column("went_fen", "发出金额", 17, "money", total=True, align="right", english=17.6),
    Column("closing", "期末数量", 10, "count", total=True, align="right", english=10.6),
    Column("closing_fen", "期末金额", 17, "money", total=True, align="right", english=17.6, under="closing"),
    Column("near", "近效期", 9, "count", total=True, align="right", english=9.6, folded=True),
)
SUMS = tuple(column.key for column in COLUMNS if column.total)


ACCOUNT_WORDS = {acc.STOCK: "存货", acc.AGENCY_ASSETS: "受托代理资产"}
CAME, WENT = ("gift", "bought", "moved_in", "gained"), ("issued", "moved_out", "written_off", "lost")
"""Columns of movements. What goes out is counted as such: a reversal makes either kind smaller."""
_OF_PLACE = {acc.OPENING: "opening", acc.DONORS: "gift", acc.SUPPLIERS: "bought", acc.HOUSEHOLDS: "issued"}


def way(other: str, direction: int) -> str:
    """The column of a movement by the other place, and by its direction: 1 onto the shelf, -1 off it.

    A reversed intake or issue is taken off its own column. What comes from a place of no kind known
    here (a count, a kit made up) counts as gained or lost.
    """
    if other in _OF_PLACE:
        return _OF_PLACE[other]
    if other.startswith(("transit:", "store:")):
        return {1: "moved_in", -1: "moved_out"}[direction]
    if other.startswith("world:lost"):
        return "written_off"
    return {1: "gained", -1: "lost"}[direction]


@dataclass(slots=True)
class Sheet:
    """The whole register of one period: its rows in order, and where it is not what the books say."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


_sheets: OrderedDict[tuple[int, Filters, int, str], tuple[object, Sheet]] = OrderedDict()
"""With the open database that each was read from: held, so that no later one gets its id."""


async def sheet(filters: Filters, seq_max: int) -> Sheet:
    """All rows. Remembered for the same books, because the pages of one register ask again and again.

    The same books are those of one open database: another one may come to lie at the same address.
    """
    from charity.db import engine  # noqa: PLC0415 - only to tell two databases of one process apart

    opened = engine.state()
    key = (id(opened), filters, seq_max, words.language())
    if key not in _sheets:
        _sheets[key] = (opened, await _made(filters, seq_max))
        while len(_sheets) > KEPT:
            _sheets.popitem(last=False)
    _sheets.move_to_end(key)
    return _sheets[key][1]


async def _made(filters: Filters, seq_max: int) -> Sheet:
    opening = await books.shelves(filters.begin, seq_max, before=True)
    closing = await books.shelves(filters.end, seq_max)
    moves = await books.shelf_moves(filters.begin, filters.end, seq_max)
    lots = await _lots(filters, {unit for _, unit in (*opening, *closing)} | {m["unit"] for m in moves})
    lines = Lines(filters, lots)
    lines.open(opening)
    lines.move(moves)
    lines.close(closing)
    named = await stores.names()
    items = await _items({barcode for _, _, barcode, _ in lines.figures})
    sheet = Sheet(differences=await _value_differences(filters, seq_max, lines.values))
    for key, figures in sorted(lines.figures.items()):
        row = _row(key, figures, named, items)
        if row["opening"] + figures["check"] != row["closing"] or not _adds_up(row):
            sheet.differences.append(
                words.say(
                    "{store} {item}：期初 {opening} ＋ 收发 {moved} ≠ 期末 {closing}",
                    store=row["store"],
                    item=row["item"],
                    opening=row["opening"],
                    moved=figures["check"],
                    closing=row["closing"],
                )
            )
        sheet.rows.append(row | {"n": len(sheet.rows) + 1})
    return sheet


def _adds_up(row: dict[str, Any]) -> bool:
    """Whether the amounts of a line are opening + in - out = closing."""
    return bool(row["opening_fen"] + row["came_fen"] - row["went_fen"] == row["closing_fen"])


class Lines:
    """The figures of each (store, account, barcode, unit cost), and what the shelves are worth by (store, fund)."""

    def __init__(self, filters: Filters, lots: dict[str, dict[str, Any]]) -> None:
        self._store, self._lots = filters[STORE], lots
        self._near_until = (date.fromisoformat(filters.end) + timedelta(days=NEAR_DAYS)).isoformat()
        self.figures: dict[tuple[str, str, str, int], dict[str, int]] = {}
        self.values: dict[tuple[str, str], int] = {}

    def _line(self, place: str, unit: str) -> tuple[dict[str, int], dict[str, Any]] | None:
        """The line of a lot on a shelf, and the lot; None when the filters leave it out."""
        lot, store = self._lots.get(unit), place.removeprefix("store:")
        if lot is None or self._store not in {"", store}:
            return None
        key = (store, lot["account"], lot["barcode"], lot["cost_fen"])
        return self.figures.setdefault(key, dict.fromkeys((*SUMS, "check"), 0)), lot

    def open(self, pieces_by: dict[tuple[str, str], int]) -> None:
        """What stood on the shelves before the period."""
        for (place, unit), pieces in pieces_by.items():
            if line := self._line(place, unit):
                line[0]["opening"] += pieces
                line[0]["opening_fen"] += pieces * line[1]["cost_fen"]

    def move(self, moves: list[dict[str, Any]]) -> None:
        """What came and went; `check` is the plain sum of it."""
        for move in moves:
            if line := self._line(move["place"], move["unit"]):
                column = way(move["other"], move["way"])
                if column == "opening":  # in whatever period the books began: it was there before them
                    line[0]["opening"] += move["net"]
                    line[0]["opening_fen"] += move["net"] * line[1]["cost_fen"]
                    continue
                line[0][column] += -move["net"] if column in WENT else move["net"]
                amount = move["net"] * line[1]["cost_fen"]
                if column in WENT:
                    line[0]["went_fen"] -= amount
                else:
                    line[0]["came_fen"] += amount
                line[0]["check"] += move["net"]

    def close(self, pieces_by: dict[tuple[str, str], int]) -> None:
        """What stands there at the end."""
        for (place, unit), pieces in pieces_by.items():
            if line := self._line(place, unit):
                figures, lot = line
                figures["closing"] += pieces
                figures["closing_fen"] += pieces * lot["cost_fen"]
                if lot["expires_on"] is not None and lot["expires_on"] <= self._near_until:
                    figures["near"] += pieces
                key = (place.removeprefix("store:"), lot["fund"])
                self.values[key] = self.values.get(key, 0) + pieces * lot["cost_fen"]


def _row(
    key: tuple[str, str, str, int], figures: dict[str, int], stores: dict[str, str], items: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    store, account, barcode, cost = key
    item = items.get(barcode, {"name": barcode, "measure": ""})
    return {
        **{name: figures[name] for name in SUMS},
        "store": stores.get(store, store),
        "store_code": store,
        "account": account,
        "barcode": barcode,
        "item": item["name"],
        "item_href": f"/stores/{store}/stock?q={barcode}",
        "measure": item["measure"],
        "cost_fen": cost or words.say("不计价"),
        "cost": cost,
    }


async def _lots(filters: Filters, units: set[str]) -> dict[str, dict[str, Any]]:
    """Barcode, cost, expiry, fund and account of lots, by unit code."""
    lots = await lookup.by_id(
        "SELECT code AS id, barcode, cost_fen, expires_on, fund FROM lot WHERE code IN ({in})",
        (unit.removeprefix("lot:") for unit in units),
    )
    kinds = await books.fund_kinds()
    return {
        acc.lot(code): lot | {"account": acc.AGENCY_ASSETS if kinds[lot["fund"]] == "agency" else acc.STOCK}
        for code, lot in lots.items()
        if filters[FUND] in {"", lot["fund"]}
    }


async def _items(barcodes: set[str]) -> dict[str, dict[str, Any]]:
    return await lookup.by_id("SELECT barcode AS id, name, measure FROM item WHERE barcode IN ({in})", barcodes)


async def _value_differences(filters: Filters, seq_max: int, values: dict[tuple[str, str], int]) -> list[str]:
    """Stores and funds whose shelves are not worth what the accounts of goods say."""
    booked = await books.stock_value(filters.end, seq_max)
    differences = []
    for key in sorted(booked.keys() | values.keys()):
        store, fund = key
        if filters[STORE] not in {"", store} or filters[FUND] not in {"", fund} or store.startswith("transit"):
            continue
        here, there = values.get(key, 0), booked.get(key, 0)
        if here != there:
            differences.append(
                words.say(
                    "{store} {fund}：台账 {rows} 元，账簿存货为 {books} 元",
                    store=store,
                    fund=fund,
                    rows=yuan(here),
                    books=yuan(there),
                )
            )
    return differences[:DIFFERENCES_SHOWN]


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Rows by store, account, barcode and unit cost."""
    place = facts.place(after, (str, str, str, int))
    rows = (await sheet(filters, seq_max)).rows
    if place is not None:
        rows = [row for row in rows if _key(row) > tuple(place)]
    return facts.cut(rows, limit, lambda row: list(_key(row)))


def _key(row: Any) -> tuple[str, str, str, int]:
    return row["store_code"], row["account"], row["barcode"], row["cost"]


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums of all rows, by store and account; with every place where the check line or the books disagree."""
    whole = await sheet(filters, seq_max)
    sums = dict.fromkeys(SUMS, 0)
    groups: dict[str, dict[str, int]] = {}
    for row in whole.rows:
        label = f"{row['store']} · {row['account']} {words.say(ACCOUNT_WORDS[row['account']])}"
        part = groups.setdefault(label, dict.fromkeys(SUMS, 0))
        for name in SUMS:
            sums[name] += row[name]
            part[name] += row[name]
    listed = [Group(label, figures) for label, figures in groups.items()]
    return Totals(len(whole.rows), sums, listed, whole.differences)


def check(totals: Totals) -> str:
    """The check line of rules D9, with the figures of the whole register."""
    sums = totals.sums
    came = sum(sums[key] for key in CAME)
    went = sum(sums[key] for key in WENT)
    return words.say(
        "核对：数量 期初 {opening} ＋ 收入 {came} － 发出 {went} ＝ 期末 {closing}；"
        "金额 {opening_yuan} ＋ {came_yuan} － {went_yuan} ＝ {closing_yuan} 元",
        opening=f"{sums['opening']:,}",
        came=f"{came:,}",
        went=f"{went:,}",
        closing=f"{sums['closing']:,}",
        opening_yuan=yuan(sums["opening_fen"]),
        came_yuan=yuan(sums["came_fen"]),
        went_yuan=yuan(sums["went_fen"]),
        closing_yuan=yuan(sums["closing_fen"]),
    )


DOCUMENT = Document(
    name="stock",
    title="物资收发存台账",
    lead="期初 ＋ 收入 － 发出 ＝ 期末，数量和金额都成立；自有（1201）与代管（1801）分列，期末金额与账簿核对一致。",
    columns=COLUMNS,
    filters=(STORE, FUND),
    page=page,
    totals=totals,
    sign_offs=("制表人", "复核人", "店长", "财务负责人"),
    group_title="按门店和科目合计",
    check=check,
)
