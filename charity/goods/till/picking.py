"""Which pieces of which lots make up a basket: pure arithmetic, the same for the till's preview and the books.

A scanned lot is taken exactly. A barcode is served from the lots on hand here, first expiring first,
passing over expired lots and lots whose fund does not allow the programme (I8); those are marked picked.
Nothing is refused here: every reason is collected, so that the clerk sees all of them at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from charity.errors import FieldError, Rule
from charity.goods import barcodes, rules
from charity.goods.items import Item
from charity.goods.stock import Lot
from charity.tokens import lot_valid

Reason = tuple[FieldError, Rule]


@dataclass(frozen=True, slots=True)
class Line:
    """What the clerk scanned: a barcode (lots are picked) or a lot (exactly that one), and how many pieces."""

    quantity: int
    barcode: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """Pieces of one lot for one line. `points` are those of all its pieces."""

    line: int
    lot: Lot
    quantity: int
    points: int
    picked: bool


@dataclass(slots=True)
class Shelf:
    """What is known for a basket: the items, the lots that could serve it, and how many pieces are on hand here."""

    items: Mapping[str, Item]
    lots: Sequence[Lot]
    by_code: Mapping[str, Lot]
    left: Callable[[str], int]
    allows: Callable[[str], bool]
    day: str
    programme: str


@dataclass(slots=True)
class Plan:
    """The picks, what they cost in points, and every reason against them."""

    picks: list[Pick] = field(default_factory=list)
    points: int = 0
    reasons: list[Reason] = field(default_factory=list)
    by_line: dict[int, Reason] = field(default_factory=dict)


class _Planner:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.taken: dict[str, int] = {}
        self.plan = Plan()

    def left(self, lot: Lot) -> int:
        return self.shelf.left(lot.code) - self.taken.get(lot.code, 0)

    def take(self, n: int, lot: Lot, quantity: int, *, picked: bool) -> None:
        points = self.shelf.items[lot.barcode].points * quantity
        self.taken[lot.code] = self.taken.get(lot.code, 0) + quantity
        self.plan.picks.append(Pick(n, lot, quantity, points, picked))

    def refuse(self, n: int, part: str, rule: Rule, **facts: object) -> None:
        reason = (rules.at(f"lines.{n}.{part}", rule, **facts), rule)
        self.plan.reasons.append(reason)
        self.plan.by_line.setdefault(n, reason)

    def exact(self, n: int, line: Line) -> None:
        """A scanned lot: that one, or a reason."""
        lot = self.shelf.by_code.get(line.lot)
        if lot is None:
            self.refuse(n, "lot", rules.LOT_UNKNOWN if lot_valid(line.lot) else rules.LOT_CODE, lot=line.lot)
            return
        item = self.shelf.items[lot.barcode]
        if lot.expired(self.shelf.day):
            self.refuse(n, "lot", rules.LOT_EXPIRED, name=item.name, lot=lot.code, on=lot.expires_on)
        if not self.shelf.allows(lot.fund):
            programme = self.shelf.programme
            self.refuse(n, "lot", rules.LOT_NOT_FOR, name=item.name, lot=lot.code, fund=lot.fund, programme=programme)
        left = self.left(lot)
        if left < line.quantity:
            facts = {"lot": lot.code, "left": left, "needed": line.quantity, "measure": item.measure}
            self.refuse(n, "quantity", rules.LOT_SHORT, name=item.name, **facts)
        self.take(n, lot, min(line.quantity, left), picked=False)

    def first_expiring(self, n: int, line: Line) -> None:
        """A barcode: the lots that may go, first expiring first."""
        item = self.shelf.items.get(line.barcode)
        if item is None:
            refusal = barcodes.unreadable(line.barcode) or rules.BARCODE_UNKNOWN(barcode=line.barcode)
            rule = Rule(refusal.code, refusal.words, refusal.status)
            self.refuse(n, "barcode", rule, **refusal.facts)
            return
        needed, held = line.quantity, 0
        for lot in self.shelf.lots:
            if lot.barcode != line.barcode:
                continue
            left = self.left(lot)
            if lot.expired(self.shelf.day) or not self.shelf.allows(lot.fund):
                held += left
            elif part := min(left, needed):
                self.take(n, lot, part, picked=True)
                needed -= part
        if needed:
            facts = {
                "name": item.name,
                "left": line.quantity - needed,
                "needed": line.quantity,
                "measure": item.measure,
            }
            if held:
                self.refuse(n, "quantity", rules.STOCK_SHORT_HELD, **facts, held=held)
            else:
                self.refuse(n, "quantity", rules.STOCK_SHORT, **facts)


def plan(lines: Sequence[Line], shelf: Shelf) -> Plan:
    """The plan of a basket. Scanned lots go first, so that picking does not take them away."""
    planner = _Planner(shelf)
    for n, line in enumerate(lines):
        if line.lot:
            planner.exact(n, line)
    for n, line in enumerate(lines):
        if not line.lot:
            planner.first_expiring(n, line)
    result = planner.plan
    for line in lines:
        item = shelf.items.get(line.barcode or _barcode(shelf, line.lot))
        result.points += item.points * line.quantity if item is not None else 0
    result.picks = [pick for pick in result.picks if pick.quantity]
    result.picks.sort(key=lambda pick: pick.line)
    result.reasons.sort(key=lambda reason: int(reason[0].field.split(".")[1]))
    return result


def _barcode(shelf: Shelf, lot: str) -> str:
    known = shelf.by_code.get(lot)
    return known.barcode if known is not None else ""
