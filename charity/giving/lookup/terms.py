"""What a gift is looked up by: `n` and the folded name of its giver, `a` and its amount in fen, of fixed width."""

from typing import Final

from charity.people import names
from charity.people.models import PersonKind
from charity.people.persons import Person

GIFT: Final = "gift"
PLEDGE: Final = "pledge"
LAST: Final = "\U0010ffff"
"""Behind every character of a folded name."""


def of_name(folded: str) -> str:
    """The term of a folded name."""
    return f"n{folded}"


def of_amount(fen: int) -> str:
    """The term of an amount: as texts they stand in the order of the amounts."""
    return f"a{fen:014d}"


def place(seq: int) -> str:
    """A seq as a text in its order."""
    return f"{seq:014d}"


def of_giver(person: Person | None) -> str:
    """The term of a giver; "" for the nameless and the erased."""
    if person is None or person.kind == PersonKind.ANONYMOUS or not person.name:
        return ""
    return of_name(names.folded(person.name))
