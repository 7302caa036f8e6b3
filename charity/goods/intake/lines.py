"""One counted line of an intake: what it is worth and until when it is good, and what keeps it from coming in.

What is far from usual is asked about, never refused for good: whoever brought the goods may have looked. The same at
page, call and paper; opening stock asks the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from charity import money
from charity.errors import FieldError, Refusal, Rule
from charity.goods import barcodes, rules
from charity.goods.intake.lots import Evidence
from charity.goods.items import Item
from charity.goods.limits import EXPIRY_DAYS_MAX, SHELF_LIVES_MAX, VALUE_FACTOR


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One counted line. Its value is given per piece or in total, in fen; a gift's value with its evidence, or not.

    `expires_checked`, `value_checked`: somebody looked again at a last good day or a value that is far from usual.
    """

    barcode: str
    quantity: int
    expires_on: date | None = None
    unit_value_fen: int | None = None
    total_value_fen: int | None = None
    evidence: Evidence | None = None
    expires_checked: bool = False
    value_checked: bool = False

    def __post_init__(self) -> None:
        """A barcode is kept with 13 digits, however it came in."""
        object.__setattr__(self, "barcode", barcodes.kept(self.barcode))

    @property
    def valued(self) -> bool:
        """Whether a value was given."""
        return self.unit_value_fen is not None or self.total_value_fen is not None

    @property
    def value_fen(self) -> int:
        """The value that was given, fen; 0 for none."""
        return self.total_value_fen or (self.unit_value_fen or 0) * self.quantity

    def costs(self) -> list[tuple[int, int]]:
        """(pieces, cost per piece) pairs whose sum is the value: one, or two when a total does not divide."""
        if self.unit_value_fen is not None:
            return [(self.quantity, self.unit_value_fen)]
        if self.total_value_fen is not None:
            return money.split_total(self.total_value_fen, self.quantity)
        return [(self.quantity, 0)]


def faults(n: int, line: IntakeLine, item: Item | None, source: str, day: date) -> list[tuple[FieldError, Rule]]:
    """Everything that keeps line n from coming in today, at its fields."""
    if item is None:
        wrong = [("barcode", barcodes.unreadable(line.barcode) or rules.BARCODE_UNKNOWN(barcode=line.barcode))]
    else:
        wrong = [*_expiry(line, item, day), *_value(line, item, source)]
    return [
        (FieldError(f"lines.{n}.{part}", r.words, tuple(r.facts.items())), Rule(r.code, r.words, r.status))
        for part, r in wrong
    ]


def _expiry(line: IntakeLine, item: Item, day: date) -> Iterator[tuple[str, Refusal]]:
    on = line.expires_on
    if on is None:
        if item.shelf_life_days is not None:
            yield "expires_on", rules.EXPIRY_MISSING(name=item.name)
    elif on < day:
        yield "expires_on", rules.EXPIRY_PAST(name=item.name, on=on.isoformat())
    elif facts := far_day(line, item, day):
        yield "expires_checked", rules.EXPIRY_FAR(**facts)


def _value(line: IntakeLine, item: Item, source: str) -> Iterator[tuple[str, Refusal]]:
    counts = source == "purchase" or line.evidence not in {None, "none"}
    if counts and not line.valued:
        yield "unit_value_fen", rules.PRICE_MISSING() if source == "purchase" else rules.VALUE_MISSING()
    elif line.valued and not counts:
        yield "evidence", rules.EVIDENCE_MISSING()
    elif line.value_fen > money.AMOUNT_MAX_FEN:
        yield "unit_value_fen", rules.VALUE_TOO_LARGE()
    elif line.total_value_fen is not None and line.total_value_fen < line.quantity:
        yield "unit_value_fen", rules.VALUE_TOO_SMALL()
    elif counts and (facts := far_value(line, item)):
        yield "value_checked", rules.VALUE_FAR(**facts)


def far_day(line: IntakeLine, item: Item, day: date) -> dict[str, Any] | None:
    """What is asked about a last good day further off than usual, until somebody looked again."""
    on, lasts = line.expires_on, item.shelf_life_days
    usual = EXPIRY_DAYS_MAX if lasts is None else SHELF_LIVES_MAX * lasts
    if on is None or line.expires_checked or on <= day + timedelta(days=usual):
        return None
    return {"name": item.name, "on": on.isoformat(), "days": usual}


def far_value(line: IntakeLine, item: Item) -> dict[str, Any] | None:
    """What is asked about a value far from the catalogue's, until somebody looked again."""
    if not item.fair_value_fen or not line.valued or line.value_checked:
        return None
    usual = item.fair_value_fen * line.quantity
    if usual <= line.value_fen * VALUE_FACTOR <= usual * VALUE_FACTOR**2:
        return None
    unit = money.round_half_up_ratio(line.value_fen, 1, line.quantity)
    yuan = {"unit_yuan": money.yuan(unit), "usual_yuan": money.yuan(item.fair_value_fen)}
    return {"name": item.name, "factor": VALUE_FACTOR, **yuan}
