"""What a cashier says beside what the page shows, and the order of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from charity.bank import rules
from charity.errors import Refusal
from charity.words import Term


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


def not_next(place: str, on: str, before: str) -> Refusal | None:
    """The refusal of a day that is closed, and of one behind the day that is due; None for the day that is."""
    if before and on <= before:
        return seen(rules.DAY_DONE(day=on), "做过的日结", f"/bank/days?{urlencode({'place': place})}")
    if before and on != following(before):
        due = following(before)
        return seen(rules.DAY_ORDER(day=due), "准备日结", new_page(place, due))
    return None


def seen(refusal: Refusal, name: str, href: str) -> Refusal:
    """A refusal with the page that mends it, and what that is called."""
    refusal.see = (Term(name), href)
    return refusal


def new_page(place: str, on: str) -> str:
    """The address where a day is prepared."""
    return f"/bank/days/new?{urlencode({'place': place, 'on': on})}"
