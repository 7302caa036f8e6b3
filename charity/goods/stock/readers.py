"""Lots and what is on hand where: the books' holdings, joined with what a lot is.

A lot is pieces of one item with one fund, one source, one expiry and one integer cost per piece, for ever.
Its last good day is `expires_on` (保质期至); from the day after it is expired and cannot be handed out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from charity import clock, tokens
from charity.db import reading
from charity.goods import rules
from charity.goods.limits import ALERT_DAYS, CANDIDATES_MAX
from charity.ledger import accounts as acc
from charity.roles import Actor

PAGE: Final = 50
PAGE_MAX: Final = 1_000
NEVER: Final = "9999-12-31"
_COLUMNS = "l.code, l.barcode, l.fund, l.source, l.expires_on, l.cost_fen"
# From the lots that are on hand to what they are, each by its key.
_ON_HAND = "FROM on_hand o JOIN lot l ON l.code = o.lot JOIN item i ON i.barcode = l.barcode "


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

    @property
    def first_out(self) -> tuple[str, str]:
        """The order of picking: first expiring first, then by code, so that it is always the same."""
        return (self.expires_on or NEVER, self.code)


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


async def on_hand(store: str, barcodes: Iterable[str], *, first: int = CANDIDATES_MAX) -> list[tuple[Lot, int]]:
    """The lots of these barcodes that a store has on hand, in the order of picking, with their pieces.

    With `first`, only that many of each barcode, expired ones passed over: enough for nearly every basket.
    """
    todo = sorted(set(barcodes))
    if not todo:
        return []
    good_from = "" if first >= CANDIDATES_MAX else clock.today().isoformat()
    order = f"COALESCE(l.expires_on, '{NEVER}'), l.code"
    rows = await reading.rows(
        f"SELECT x.code, x.barcode, x.fund, x.source, x.expires_on, x.cost_fen, x.quantity FROM (SELECT {_COLUMNS}, "  # noqa: S608
        f"o.quantity, ROW_NUMBER() OVER (PARTITION BY l.barcode ORDER BY {order}) AS n {_ON_HAND} WHERE o.place = $1 "
        f"AND COALESCE(l.expires_on, '{NEVER}') >= $2 AND l.barcode IN ({reading.places(len(todo), 3)})) x "
        f"WHERE x.n <= {first} ORDER BY COALESCE(x.expires_on, '{NEVER}'), x.code LIMIT {CANDIDATES_MAX}",
        acc.shelf(store),
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
    rows = await reading.rows(
        f"SELECT l.code, o.quantity {_ON_HAND} WHERE o.place = $1 AND l.code IN ({reading.places(len(codes), 2)})",
        acc.shelf(store),
        *codes,
    )
    return {row["code"]: row["quantity"] for row in rows}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a stock list shows. `within_days`: only lots that expire within so many days, expired ones too."""

    store: str = ""
    barcode: str = ""
    text: str = ""
    within_days: int | None = None
    expired: bool = False


def _where(chosen: Filter, day: date) -> tuple[str, list[Any]]:
    parts, values = ["o.place LIKE 'store:%'"], []

    def add(sql: str, value: Any) -> None:
        values.append(value)
        parts.append(sql.replace("?", f"${len(values)}"))

    if chosen.store:
        add("o.place = ?", acc.shelf(chosen.store))
    if chosen.barcode:
        add("l.barcode = ?", chosen.barcode)
    if chosen.text:
        needle = chosen.text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        add("(i.name LIKE ? ESCAPE '!' OR i.sku LIKE ? ESCAPE '!' OR l.barcode LIKE ? ESCAPE '!' "
            "OR l.code LIKE ? ESCAPE '!')", f"%{needle}%")  # fmt: skip
    if chosen.expired:
        add("l.expires_on < ?", day.isoformat())
    if chosen.within_days is not None:
        add("l.expires_on <= ?", (day + timedelta(days=chosen.within_days)).isoformat())
    return " AND ".join(parts), values


async def page(chosen: Filter, *, by: Actor, after: str = "", limit: int = PAGE) -> tuple[list[StockLine], str | None]:
    """Lots on hand, by barcode, expiry and lot; and the cursor of the next page, None on the last."""
    by.must("goods.read")
    if by.store is not None:
        by.must_serve(chosen.store)
    where, values = _where(chosen, clock.today())
    if after:
        keys = after.split("~")
        if len(keys) != 4:  # noqa: PLR2004 - barcode, expiry, lot, store: the order below
            raise rules.CURSOR_UNREADABLE()
        at = len(values)
        where += (
            f" AND (l.barcode, COALESCE(l.expires_on, '{NEVER}'), l.code, o.place) "
            f"> (${at + 1}, ${at + 2}, ${at + 3}, ${at + 4})"
        )
        values += [*keys[:3], acc.shelf(keys[3])]
    limit = min(max(limit, 1), PAGE_MAX)
    rows = await reading.rows(
        "SELECT o.place AS store, l.barcode, i.name, i.measure, l.code AS lot, o.quantity, l.expires_on, l.fund, "
        f"l.cost_fen {_ON_HAND} WHERE {where} "
        f"ORDER BY l.barcode, COALESCE(l.expires_on, '{NEVER}'), l.code, o.place LIMIT {limit + 1}",
        *values,
    )
    lines = [StockLine(**{**row, "store": row["store"].partition(":")[2]}) for row in rows[:limit]]
    if len(rows) <= limit:
        return lines, None
    last = lines[-1]
    return lines, "~".join((last.barcode, last.expires_on or NEVER, last.lot, last.store))


@dataclass(frozen=True, slots=True)
class StockFigures:
    """Sums over everything a filter shows, not over a page."""

    lots: int
    pieces: int
    cost_fen: int
    expired: int
    within: dict[int, int]


async def figures(chosen: Filter, *, by: Actor) -> StockFigures:
    """Sums of a stock list, and how many lots have expired or expire within 7, 30 and 90 days."""
    by.must("goods.read")
    if by.store is not None:
        by.must_serve(chosen.store)
    day = clock.today()
    where, values = _where(chosen, day)
    at = len(values)
    bounds = [day.isoformat(), *((day + timedelta(days=n)).isoformat() for n in ALERT_DAYS)]
    counts = ", ".join(
        f"COALESCE(SUM(CASE WHEN l.expires_on {'<' if n == 0 else '<='} ${at + n + 1} THEN 1 ELSE 0 END), 0) AS c{n}"
        for n in range(len(bounds))
    )
    row = await reading.row(
        f"SELECT COUNT(*) AS lots, COALESCE(SUM(o.quantity), 0) AS pieces, "
        f"COALESCE(SUM(o.quantity * l.cost_fen), 0) AS cost_fen, {counts} {_ON_HAND} WHERE {where}",
        *values,
        *bounds,
    )
    assert row is not None
    expired = int(row["c0"])
    within = {days: int(row[f"c{n}"]) - expired for n, days in enumerate(ALERT_DAYS, 1)}
    return StockFigures(int(row["lots"]), int(row["pieces"]), int(row["cost_fen"]), expired, within)
