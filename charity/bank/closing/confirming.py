"""What a cashier says beside what the page shows, and the order of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from charity.bank import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Of a bank without movements its balance; of cash how many sheets of each, and what names a difference."""

    balance_fen: int | None = None
    sheets: Mapping[int, int] = field(default_factory=dict)
    note: str = ""


NOTHING = Prepared()


def following(day: str) -> str:
    """The day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def must_be_next(on: str, before: str) -> None:
    """Refuse a day that is closed, and one behind the day that is due."""
    if before and on <= before:
        raise rules.DAY_DONE(day=on)
    if before and on != following(before):
        raise rules.DAY_ORDER(day=following(before))
