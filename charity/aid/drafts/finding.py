"""Payees by the beginning of their name, by their code or by their township.

Whoever makes a voucher sees the whole name, to choose the right one; the account is not looked at here.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from charity.aid.payees import PayeeKind, institution_kind
from charity.office import stores
from charity.people import households, institutions, persons
from charity.people.models import HouseholdStatus
from charity.roles import Actor

MATCHES_MAX = 20
"""Payees in one answer; who is not among them types more of the name."""

_ACTIVE = HouseholdStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Match:
    """A payee that was found; `open` is False for a household that is closed and cannot be paid."""

    kind: PayeeKind
    code: str
    name: str
    township: str = ""
    open: bool = True


def query(typed: str) -> str:
    """What was typed as it is compared: NFKC, without blanks around it."""
    return unicodedata.normalize("NFKC", typed).strip()


async def search(typed: str, *, by: Actor) -> tuple[list[Match], bool]:
    """The first payees, institutions first, and whether there are more."""
    by.must("voucher.make")
    text = query(typed)
    if not text:
        return [], False
    names = await stores.township_names()
    townships = [code for code, name in names.items() if name.startswith(text) or code == text]
    wanted = MATCHES_MAX + 1
    matches = [
        *(
            Match(institution_kind(row.kind), row.code, row.name, _named(row.township, names))
            for row in await institutions.matching(text, townships, by=by, limit=wanted)
        ),
        *(
            Match(
                "household", row.code, row.head_name, _named(row.township, names), row.status == HouseholdStatus.ACTIVE
            )
            for row in await households.matching(text, townships, by=by, limit=wanted)
        ),
        *(Match("person", one.key, one.name) for one in await persons.payees_matching(text, by=by, limit=wanted)),
    ]
    return matches[:MATCHES_MAX], len(matches) > MATCHES_MAX


def _named(township: str, names: Mapping[str, str]) -> str:
    return names.get(township, township)
