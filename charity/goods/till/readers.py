"""What a basket needs is read here, outside any transaction; and the till's preview of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from charity import clock, tokens
from charity.db import reading
from charity.goods import barcodes, items, points, rules, stock
from charity.goods.cards import CardView
from charity.goods.items import Item
from charity.goods.limits import CANDIDATES_MAX
from charity.goods.stock import Lot
from charity.goods.till import picking
from charity.goods.till.picking import Line, Plan, Reason, Shelf
from charity.ledger import funds
from charity.roles import Actor

PROGRAMME: Final = "P05"
"""爱心超市: what households choose at a till is spent for this programme (field.md 7.7)."""
FIRST_LOTS: Final = 16
"""So many lots of each item are enough for nearly every basket; the rest is read when they are not."""


@dataclass(slots=True)
class Known:
    """What was read for a basket before it is decided."""

    items: dict[str, Item]
    lots: list[Lot]
    by_code: dict[str, Lot]
    pieces: dict[str, int]
    household: str | None
    units: list[str]
    day: str

    def shelf(self, left: Callable[[str], int], allows: Callable[[str], bool]) -> Shelf:
        """What picking looks at: `left` pieces of a lot, and the funds that it `allows`."""
        return Shelf(self.items, self.lots, self.by_code, left, allows, self.day, PROGRAMME)

    @property
    def funds(self) -> set[str]:
        """The funds of all lots in sight."""
        return {lot.fund for lot in [*self.lots, *self.by_code.values()]}


async def read(store: str, card: str, lines: Sequence[Line], first: int = CANDIDATES_MAX) -> Known:
    """Everything a basket may need, read without locks; only the holdings are asked again when deciding."""
    by_code = await stock.known(line.lot for line in lines if line.lot)
    on_hand = await stock.on_hand(store, (line.barcode for line in lines if not line.lot), first=first)
    asked = {line.barcode for line in lines if not line.lot} | {lot.barcode for lot in by_code.values()}
    pieces = {lot.code: quantity for lot, quantity in on_hand}
    pieces |= await stock.pieces(store, sorted(by_code))
    day = clock.today()
    return Known(
        items=await items.known(asked),
        lots=[lot for lot, _ in on_hand],
        by_code=by_code,
        pieces=pieces,
        household=await reading.value("SELECT household FROM card WHERE code = $1", card),
        units=points.spendable_units(await points.schemes(), day),
        day=day.isoformat(),
    )


def normalised(lines: Sequence[Line]) -> list[Line]:
    """Lines as they are compared: codes as we keep them."""
    return [Line(ln.quantity, barcodes.kept(ln.barcode), tokens.normalise(ln.lot)) for ln in lines]


@dataclass(frozen=True, slots=True)
class Preview:
    """A basket as it would be decided now; nothing is held back for it."""

    card: CardView | None
    plan: Plan
    items: dict[str, Item]
    by_code: dict[str, Lot]
    reasons: list[Reason]


async def preview(*, store: str, card: CardView | None, lines: Sequence[Line], by: Actor) -> Preview:
    """How an issue of this basket would be decided now."""
    by.must("goods.move")
    lines = normalised(lines)
    known = await read(store, card.code if card else "", lines)
    allowed = {f.code: not f.programmes or PROGRAMME in f.programmes for f in await funds.every()}
    plan = picking.plan(lines, known.shelf(lambda lot: known.pieces.get(lot, 0), lambda fund: allowed[fund]))
    reasons = list(card.refusals) if card else []
    reasons += plan.reasons
    if card is not None and card.points < plan.points:
        facts = {"left": card.points, "needed": plan.points}
        reasons.append((rules.at("points", rules.POINTS_SHORT, **facts), rules.POINTS_SHORT))
    return Preview(card, plan, known.items, known.by_code, reasons)
