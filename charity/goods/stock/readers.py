"""Lots and what is on hand where: the shelves as they are kept (`keeping`), joined with what a lot is.

A lot is pieces of one item with one fund, one source, one expiry and one integer cost per piece, for ever.
Its last good day is `expires_on` (保质期至); from the day after it is expired and cannot be handed out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from charity import clock, tokens
from charity.db import reading
from charity.db.paging import Where
from charity.goods import barcodes, rules
from charity.goods.limits import ALERT_DAYS, CANDIDATES_MAX
from charity.roles import Actor

PAGE: Final = 50
PAGE_MAX: Final = 1_000
TAIL: Final = 4
"""The fewest characters off a label that look for a lot: they stand in an index of their own."""
NEVER: Final = "9999-12-31"
_COLUMNS = "l.code, l.barcode, l.fund, l.source, l.expires_on, l.cost_fen"
_SHOWN = (
    "SELECT s.store, s.barcode, i.name, i.measure, s.lot, s.pieces AS quantity, l.expires_on, l.fund, l.cost_fen, "
    "s.expires_on AS day"
)
# From the shelves to what stands there, each by its key: CROSS JOIN tells SQLite, without statistics, to begin there.
_SHELVES = "shelf_lot s CROSS JOIN item i CROSS JOIN lot l"
_BY_BARCODE = ("s.barcode", "s.expires_on", "s.lot", "s.store")
_BY_DAY = ("s.expires_on", "s.barcode", "s.lot", "s.store")
_NAMES = ("name", "sku", "barcode")
_KEYS = {"s.barcode": "barcode", "s.expires_on": "day", "s.lot": "lot", "s.store": "store"}


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot. `expires_on` None: it does not expire; `cost_fen` per piece, 0 when unvalued."""

    code: str
    barcode: str
    fund: str
    source: str
    expires_on: str | None
    cost_fen: int

    def expired(self, day: str) -> bool:
        """Whether its last good day has passed."""
        return self.expires_on is not None and self.expires_on < day


@dataclass(frozen=True, slots=True)
class StockLine:
    """One lot at one store."""

    store: str
    barcode: str
    name: str
    measure: str
    lot: str
    quantity: int
    expires_on: str | None
    fund: str
    cost_fen: int


async def on_hand(store: str, of: Iterable[str], *, first: int = CANDIDATES_MAX) -> list[tuple[Lot, int]]:
    """The lots `of` these barcodes that a store has on hand, in the order of picking, with their pieces.

    With `first`, only that many of each barcode, expired ones passed over: enough for nearly every basket.
    """
    todo = sorted(set(of))
    if not todo:
        return []
    good_from = "" if first >= CANDIDATES_MAX else clock.today().isoformat()
    each = (  # its index gives the first ones without looking at the others: a shelf may have thousands
        "SELECT * FROM (SELECT s.lot, s.pieces, s.expires_on FROM shelf_lot s WHERE s.pieces > 0 AND s.store = $1 "  # noqa: S608
        f"AND s.expires_on >= $2 AND s.barcode = ${n} ORDER BY s.expires_on, s.lot LIMIT {first}) of_{n}"
        for n in range(3, len(todo) + 3)
    )
    rows = await reading.rows(
        f"SELECT {_COLUMNS}, x.pieces AS quantity FROM ({' UNION ALL '.join(each)}) x "  # noqa: S608
        f"JOIN lot l ON l.code = x.lot ORDER BY x.expires_on, x.lot LIMIT {CANDIDATES_MAX}",
        store,
        good_from,
        *todo,
    )
    return [_lot(row) for row in rows]


def _lot(row: dict[str, Any]) -> tuple[Lot, int]:
    quantity = row.pop("quantity")
    return Lot(**row), quantity


async def known(codes: Iterable[str]) -> dict[str, Lot]:
    """Lots by code, wherever they are; unknown ones are missing."""
    todo = sorted(set(codes))
    if not todo:
        return {}
    sql = f"SELECT {_COLUMNS} FROM lot l WHERE l.code IN ({reading.places(len(todo))})"  # noqa: S608
    return {row["code"]: Lot(**row) for row in await reading.rows(sql, *todo)}


async def slip_numbers(codes: Iterable[str]) -> dict[str, str]:
    """By lot: the number of the slip it came in with."""
    todo = sorted(set(codes))
    if not todo:
        return {}
    sql = f"SELECT code, document FROM lot WHERE code IN ({reading.places(len(todo))})"  # noqa: S608
    return {row["code"]: row["document"] for row in await reading.rows(sql, *todo)}


async def get(code: str) -> Lot:
    """A lot by its code, or the refusal that says what is wrong with it."""
    code = tokens.normalise(code[: tokens.TEXT_MAX])
    if not tokens.lot_valid(code):
        raise rules.LOT_CODE(lot=code)
    lot = (await known([code])).get(code)
    if lot is None:
        raise rules.LOT_UNKNOWN(lot=code)
    return lot


async def pieces(store: str, codes: Sequence[str]) -> dict[str, int]:
    """How many pieces of these lots a store has on hand."""
    if not codes:
        return {}
    asked = reading.places(len(codes), 2)
    sql = f"SELECT lot, pieces FROM shelf_lot WHERE pieces > 0 AND store = $1 AND lot IN ({asked})"  # noqa: S608
    rows = await reading.rows(sql, store, *codes)
    return {row["lot"]: row["pieces"] for row in rows}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a stock list shows. `within_days`: only lots that expire within so many days, expired ones too.

    `text`: a part of an item's name, number or barcode, or the end of a lot's code from TAIL characters on.
    """

    store: str = ""
    barcode: str = ""
    text: str = ""
    within_days: int | None = None
    expired: bool = False
    named: bool = False
    """Only by name, number or barcode: of a list by item."""

    @property
    def ending(self) -> str:
        """What the code of a lot may end in, as a volunteer types it off a label; "" when no code can end so."""
        code = tokens.normalise(self.text)
        return code if len(code) >= TAIL and not self.named and set(code).issubset(tokens.ALPHABET) else ""

    @property
    def dated(self) -> bool:
        """Whether it asks for a last good day."""
        return self.expired or self.within_days is not None

    @property
    def order(self) -> tuple[str, ...]:
        """The order of the list, always that of an index: what expires is shown by its day, all else by barcode."""
        return _BY_DAY if self.dated and not self.text else _BY_BARCODE


def _due(where: Where, chosen: Filter, day: date) -> Where:
    """That the last good day has passed, or will within the days of the filter."""
    if chosen.expired:
        where.add("s.expires_on < ?", day.isoformat())
    if chosen.within_days is not None:
        where.add("s.expires_on <= ?", (day + timedelta(days=chosen.within_days)).isoformat())
    return where


def _where(where: Where, chosen: Filter, day: date, after: Sequence[str]) -> Where:
    """Conditions of every list, behind the row with the key `after`."""
    where.add("s.pieces > 0").add("i.barcode = s.barcode").add("l.code = s.lot")
    _due(where.chosen("s.store", chosen.store).chosen("s.barcode", barcodes.kept(chosen.barcode)), chosen, day)
    return where.after(chosen.order, after) if after else where


def _named(where: Where, text: str, *, but: bool = False) -> Where:
    """Of the items whose name, number or barcode has the text; `but`: of all others."""
    needle = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    like = " OR ".join(f"n.{name} LIKE ? ESCAPE '!'" for name in _NAMES)
    named = f"s.barcode {'NOT IN' if but else 'IN'} (SELECT n.barcode FROM item n WHERE {like})"  # noqa: S608 - names from this file
    return where.add(named, *[f"%{needle}%"] * len(_NAMES))


def _ending(where: Where, ending: str) -> Where:
    where.add("t.pieces > 0").add("substr(t.lot, LENGTH(t.lot) - 3) = ?", ending[-TAIL:])
    return where.add("substr(t.lot, LENGTH(t.lot) - ?) = ?", len(ending) - 1, ending)


def _query(chosen: Filter, day: date, after: Sequence[str], most: int) -> tuple[str, list[Any]]:
    """The first rows of a list. Items by name and lots by ending are read each in its own index, then put together."""
    where = _where(Where(), chosen, day, after)
    if chosen.text:
        _named(where, chosen.text)
    parts = [f"{_SHOWN} FROM {_SHELVES} WHERE {where.text}"]
    if chosen.ending:
        tail = _ending(Where(*where.values), chosen.ending)
        where = _where(Where(*tail.values), chosen, day, after).add("s.lot = ended.lot")
        # LIMIT tells PostgreSQL to begin with the lots of any shelf that end so.
        parts.append(
            f"{_SHOWN} FROM (SELECT t.lot FROM shelf_lot t WHERE {tail.text} LIMIT {PAGE_MAX}) ended "  # noqa: S608
            f"CROSS JOIN {_SHELVES} WHERE {where.text}"
        )
    order, names = ", ".join(chosen.order), ", ".join(_KEYS[column] for column in chosen.order)
    read = (f"SELECT * FROM ({part} ORDER BY {order} LIMIT {most}) x" for part in parts)  # noqa: S608
    return f"{' UNION '.join(read)} ORDER BY {names} LIMIT {most}", where.values


async def page(chosen: Filter, *, by: Actor, after: str = "", limit: int = PAGE) -> tuple[list[StockLine], str | None]:
    """Lots on hand in the order of the filter; and the cursor of the next page, None on the last."""
    by.must("goods.read")
    if by.store is not None:
        by.must_serve(chosen.store)
    keys = after.split("~") if after else []
    if keys and len(keys) != len(chosen.order):
        raise rules.CURSOR_UNREADABLE()
    limit = min(max(limit, 1), PAGE_MAX)
    sql, values = _query(chosen, clock.today(), keys, limit + 1)
    rows = await reading.rows(sql, *values)
    cut = rows[:limit]
    after = "~".join(cut[-1][_KEYS[name]] for name in chosen.order) if cut else ""
    lines = [StockLine(**{name: value for name, value in row.items() if name != "day"}) for row in cut]
    return lines, after if len(rows) > limit else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What all lots of a list add up to, whatever page of it is shown."""

    lots: int = 0
    pieces: int = 0
    cost_fen: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(self.lots + other.lots, self.pieces + other.pieces, self.cost_fen + other.cost_fen)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item at one store. `first_on`: the first last good day among its lots, NEVER when they have none."""

    barcode: str
    name: str
    measure: str
    lots: int
    pieces: int
    cost_fen: int
    first_on: str


_SUMS = (
    "CAST(COALESCE(SUM({lots}), 0) AS BIGINT) AS lots, CAST(COALESCE(SUM({pieces}), 0) AS BIGINT) AS pieces, "
    "CAST(COALESCE(SUM({fen}), 0) AS BIGINT) AS cost_fen"
)
_KEPT = _SUMS.format(lots="s.lots", pieces="s.pieces", fen="s.cost_fen")
_ADDED = _SUMS.format(lots="1", pieces="s.pieces", fen="s.pieces * l.cost_fen")


def _items(where: Where, chosen: Filter) -> Where:
    """Conditions on what is kept of each item on a shelf."""
    where.add("s.lots > 0").chosen("s.store", chosen.store).chosen("s.barcode", barcodes.kept(chosen.barcode))
    return _named(where, chosen.text) if chosen.text else where


async def totals(chosen: Filter, *, by: Actor) -> Totals:
    """What the whole list adds up to: read from what is kept, of days only those that expire within the filter."""
    by.must("goods.read")
    if by.store is not None:
        by.must_serve(chosen.store)
    day = clock.today()
    if chosen.dated and not chosen.text and not chosen.barcode:
        where = _due(Where().add("s.lots > 0").chosen("s.store", chosen.store), chosen, day)
        named = await _totals(f"SELECT {_KEPT} FROM shelf_day s WHERE {where.text}", where)  # noqa: S608
    elif chosen.dated:
        where = _where(Where(), chosen, day, ())
        where = _named(where, chosen.text) if chosen.text else where
        named = await _totals(f"SELECT {_ADDED} FROM {_SHELVES} WHERE {where.text}", where)  # noqa: S608
    else:
        where = _items(Where(), chosen)
        named = await _totals(f"SELECT {_KEPT} FROM shelf_item s WHERE {where.text}", where)  # noqa: S608
    if not chosen.ending:
        return named
    tail = _ending(Where(), chosen.ending)
    where = _named(_where(Where(*tail.values), chosen, day, ()).add("s.lot = ended.lot"), chosen.text, but=True)
    return named + await _totals(
        f"SELECT {_ADDED} FROM (SELECT t.lot FROM shelf_lot t WHERE {tail.text} LIMIT {PAGE_MAX}) ended "  # noqa: S608
        f"CROSS JOIN {_SHELVES} WHERE {where.text}",
        where,
    )


async def _totals(sql: str, where: Where) -> Totals:
    return Totals(**await reading.only(sql, *where.values))


async def items(chosen: Filter, *, by: Actor, after: str = "", limit: int = PAGE) -> tuple[list[ItemLine], str | None]:
    """What a store has of each item, by barcode; and the cursor of the next page. Of the filter: store, item, text."""
    by.must("goods.read")
    by.must_serve(chosen.store)
    limit = min(max(limit, 1), PAGE_MAX)
    where = _items(Where(), chosen).add("i.barcode = s.barcode")
    if after:
        where.after(("s.barcode",), (after,))
    rows = await reading.rows(
        "SELECT s.barcode, i.name, i.measure, s.lots, s.pieces, s.cost_fen, (SELECT MIN(f.expires_on) FROM shelf_lot f "  # noqa: S608
        "WHERE f.pieces > 0 AND f.store = s.store AND f.barcode = s.barcode) AS first_on "
        f"FROM shelf_item s CROSS JOIN item i WHERE {where.text} ORDER BY s.barcode LIMIT {limit + 1}",
        *where.values,
    )
    return [ItemLine(**row) for row in rows[:limit]], rows[limit - 1]["barcode"] if len(rows) > limit else None


@dataclass(frozen=True, slots=True)
class StockFigures:
    """Sums over everything that stands in a store."""

    lots: int
    pieces: int
    cost_fen: int
    expired: int
    within: dict[int, int]


async def figures(stores: Iterable[str], *, by: Actor) -> dict[str, StockFigures]:
    """Sums of what stands in each of these stores; how many lots have expired or expire within 7, 30 and 90 days."""
    by.must("goods.read")
    todo = sorted(set(stores))
    if not todo:
        return {}
    for store in todo:
        by.must_serve(store)
    day = clock.today()
    bounds = [day.isoformat(), *((day + timedelta(days=n)).isoformat() for n in ALERT_DAYS)]
    counts = ", ".join(
        f"SUM(CASE WHEN expires_on {'<' if n == 0 else '<='} ${n + 1} THEN lots ELSE 0 END) AS c{n}"
        for n in range(len(bounds))
    )
    rows = await reading.rows(
        f"SELECT store, SUM(lots) AS lots, SUM(pieces) AS pieces, SUM(cost_fen) AS cost_fen, {counts} FROM shelf_day "  # noqa: S608
        f"WHERE lots > 0 AND store IN ({reading.places(len(todo), len(bounds) + 1)}) GROUP BY store",
        *bounds,
        *todo,
    )
    sums = dict.fromkeys(todo, StockFigures(0, 0, 0, 0, dict.fromkeys(ALERT_DAYS, 0)))
    for row in rows:
        expired = int(row["c0"])
        within = {days: int(row[f"c{n}"]) - expired for n, days in enumerate(ALERT_DAYS, 1)}
        sums[row["store"]] = StockFigures(int(row["lots"]), int(row["pieces"]), int(row["cost_fen"]), expired, within)
    return sums
