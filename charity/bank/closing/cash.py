"""A day of cash 现金盘点: what lies in the till, sheet by sheet, beside what the books have.

A difference is named by the cashier and closed with its name; nothing books it by itself (docs/field.md 9, row 71).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charity import addresses
from charity.bank import rules
from charity.bank.closing.confirming import Prepared, not_next, seen
from charity.errors import Refusal
from charity.giving.boxes import DENOMINATIONS, counted_fen
from charity.ledger.content import Content
from charity.ledger.places import Place
from charity.money import yuan


@dataclass(frozen=True, slots=True)
class CashDay:
    """A day of a till: what the books have at its end, and the last closed day before it."""

    place: Place
    on: str
    before: str
    book_fen: int
    boxes: Sequence[str]
    """Openings of boxes up to this day that wait for a second person, by their numbers."""

    covered: bool = True
    """No statement is asked for."""

    def facts(self) -> dict[str, Any]:
        """What is shown before it is counted."""
        return {"place": self.place.code, "on": self.on, "before": self.before, "book_fen": self.book_fen}

    def shown(self) -> Content:
        """What the cashier confirms who counts."""
        return Content(facts=self.facts())

    def counted(self, asked: Prepared) -> int:
        """What was counted."""
        return counted_fen(asked.sheets)

    def prepared(self, asked: Prepared, *, by: str, key: str) -> Content:
        """What the accountant confirms who closes it: the count, the difference, and its name as a digest."""
        counted = self.counted(asked)
        facts = {
            **self.facts(),
            "sheets": [[fen, asked.sheets[fen]] for fen in DENOMINATIONS if asked.sheets.get(fen)],
            "counted_fen": counted,
            "apart_fen": counted - self.book_fen,
            "prepared_by": by,
        }
        return Content(facts=facts, personal={"note": asked.note}, salt=key)

    def missing(self, today: str) -> list[Refusal]:
        """What has to be mended before it can be counted; each with the page that mends it."""
        refusals = [not_next(self.place.code, self.on, self.before)]
        if self.on > today:
            refusals.append(rules.DAY_NOT_OVER(day=self.on))
        refusals += [
            seen(rules.DAY_BOX_WAITS(number=number), number, addresses.of("box_opening", number))
            for number in self.boxes
        ]
        return [one for one in refusals if one is not None]

    def must_be_closable(self, asked: Prepared, today: str) -> None:
        """Refuse a day of which something is missing, and a difference without a name."""
        for refusal in self.missing(today):
            raise refusal
        if asked.balance_fen is not None:
            raise rules.STATEMENT_PLACE()
        apart = self.counted(asked) - self.book_fen
        if apart and not asked.note:
            raise rules.CASH_APART(
                counted_yuan=yuan(self.counted(asked)), book_yuan=yuan(self.book_fen), apart_yuan=yuan(apart)
            )
