"""The catalogue: what a barcode names, its measure, fair value and points.

A barcode is kept with 13 digits (`barcodes`); our own goods use the in-store range 20 (GB/T 18283).
Fair value (fen, for the books) and points (for the till) are two numbers that never mix (field.md 3.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.goods import barcodes, rules
from charity.roles import Actor

NAME_MAX = 60
POINTS_MAX = 100_000
SEARCH_MAX = 20
_CHUNK = 500
_COLUMNS = "barcode, sku, category, name, measure, fair_value_fen, points, shelf_life_days"


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of goods. `shelf_life_days` None: it does not expire; `fair_value_fen` None: no market value."""

    barcode: str
    name: str
    measure: str
    points: int
    sku: str = ""
    category: str = ""
    fair_value_fen: int | None = None
    shelf_life_days: int | None = None


async def known(barcodes: Iterable[str]) -> dict[str, Item]:
    """The items of these barcodes as they are kept; unknown ones are missing."""
    todo = sorted(set(barcodes))
    items: dict[str, Item] = {}
    for n in range(0, len(todo), _CHUNK):
        part = todo[n : n + _CHUNK]
        sql = f"SELECT {_COLUMNS} FROM item WHERE barcode IN ({reading.places(len(part))})"  # noqa: S608
        items.update((row["barcode"], Item(**row)) for row in await reading.rows(sql, *part))
    return items


async def get(barcode: str) -> Item:
    """The item of a barcode, or the refusal that says what is wrong with it."""
    barcode = barcodes.read(barcode)
    item = (await known([barcode])).get(barcode)
    if item is None:
        raise rules.BARCODE_UNKNOWN(barcode=barcode)
    return item


async def search(text: str) -> list[Item]:
    """Items whose name, code or barcode contains the text, for the register form; at most SEARCH_MAX."""
    needle = "%" + barcodes.sought(text).replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    rows = await reading.rows(
        f"SELECT {_COLUMNS} FROM item WHERE name LIKE $1 ESCAPE '!' OR sku LIKE $1 ESCAPE '!' "  # noqa: S608
        "OR barcode LIKE $1 ESCAPE '!' ORDER BY barcode LIMIT $2",
        needle,
        SEARCH_MAX,
    )
    return [Item(**row) for row in rows]


async def register(item: Item, *, by: Actor) -> Item:
    """Enter an item; refuses a barcode that cannot be one or is known already."""
    by.must("goods.move")
    item = replace(item, barcode=barcodes.read(item.barcode))

    async def work(tx: Tx) -> dict[str, Any] | None:
        other = await tx.row("SELECT name FROM item WHERE barcode = $1", item.barcode)
        if other is None:
            await add(tx, [item])
        return other

    other = await transactions.run(work)
    if other is not None:
        raise rules.ITEM_KNOWN(barcode=item.barcode, name=other["name"])
    return item


async def add(tx: Tx, items: Sequence[Item]) -> None:
    """Enter a whole catalogue in the caller's transaction."""
    at = clock.stamp()
    rows = [
        {
            "barcode": item.barcode,
            "sku": item.sku,
            "category": item.category,
            "name": item.name,
            "measure": item.measure,
            "fair_value_fen": item.fair_value_fen,
            "points": item.points,
            "shelf_life_days": item.shelf_life_days,
            "created_at": at,
        }
        for item in items
    ]
    await tx.insert("item", rows)
