"""Reads one lot: what it is, where its pieces are, and every slip that moved them.

A lot moves at most once a piece, so its movements are read whole: what was left after each is added up from the first.
"""

from dataclasses import dataclass
from typing import Final

from charity import tokens
from charity.db import reading
from charity.goods import rules
from charity.goods.stock.readers import Lot
from charity.roles import Actor

PAGE: Final = 100
PAGE_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class LotFacts(Lot):
    """A lot with its item, and the pieces on hand by store: only those that the reader serves."""

    name: str
    measure: str
    store: str
    slip: str
    on_hand: dict[str, int]


@dataclass(frozen=True, slots=True)
class Movement:
    """Pieces of a lot that a slip moved: in (+) or out (−), and what was left of it in that store."""

    slip: str
    kind: str
    store: str
    effective_on: str
    seq: int
    quantity: int
    remaining: int
    reverses: str | None
    reversed_by: str | None


async def lot(code: str, *, by: Actor) -> LotFacts:
    """A lot by the code of its label; a store sees its own."""
    by.must("goods.read")
    code = tokens.normalise(code[: tokens.TEXT_MAX])
    row = await reading.row(
        "SELECT l.code, l.barcode, i.name, i.measure, l.store, l.fund, l.source, l.expires_on, l.cost_fen, "
        "l.document AS slip FROM lot l JOIN item i ON i.barcode = l.barcode WHERE l.code = $1",
        code,
    )
    if row is None:
        raise rules.LOT_NOT_FOUND(lot=code)
    shelves = await reading.rows("SELECT store, pieces FROM shelf_lot WHERE lot = $1 ORDER BY store", code)
    on_hand = {shelf["store"]: shelf["pieces"] for shelf in shelves if by.store in {None, shelf["store"]}}
    if not on_hand:
        by.must_serve(row["store"])
    return LotFacts(**row, on_hand=on_hand)


async def of(code: str, *, by: Actor, after: int | None = None, limit: int = PAGE) -> tuple[list[Movement], int | None]:
    """The movements of a lot, newest first; and the cursor (seq) of the next page."""
    by.must("goods.read")
    limit = min(max(limit, 1), PAGE_MAX)
    served = "" if by.store is None else " AND d.store = $2"
    values = [code] if by.store is None else [code, by.store]
    behind = "" if after is None else f" WHERE x.seq < ${len(values) + 1}"
    rows = await reading.rows(
        "SELECT x.* FROM (SELECT d.number AS slip, d.kind, d.store, d.effective_on, d.seq, l.quantity, "  # noqa: S608
        "CAST(SUM(l.quantity) OVER (PARTITION BY d.store ORDER BY d.seq) AS BIGINT) AS remaining, d.reverses, "
        "d.reversed_by FROM (SELECT document, CAST(SUM(quantity) AS BIGINT) AS quantity FROM goods_line WHERE lot = $1 "
        "GROUP BY document) l "
        # CROSS JOIN: SQLite then begins with the lines of the lot, not with all slips.
        f"CROSS JOIN goods_document d WHERE d.number = l.document{served}) x{behind} "
        f"ORDER BY x.seq DESC LIMIT {limit + 1}",
        *values,
        *([] if after is None else [after]),
    )
    return [Movement(**row) for row in rows[:limit]], rows[limit - 1]["seq"] if len(rows) > limit else None
