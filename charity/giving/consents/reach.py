"""What a giver gave and promised until now, under all his rows: read beside the writer, and what came since within it.

Neither table is read by its giver otherwise, and a gift pays for no index of it: a withdrawal is rare, and reads long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from charity import clock
from charity.db import reading
from charity.giving.kinds import Consent
from charity.giving.models import DONATION, PLEDGE
from charity.giving.withdrawals import CONSENT_WITHDRAWAL
from charity.ledger import entries
from charity.ledger.loading import Loader
from charity.people import parties, persons

TOGETHER = 500
"""Rows of a giver that one statement asks for."""


@dataclass(slots=True)
class Given:
    """The rows of a giver, those of them with a phone or an e-mail address, his gifts and pledges."""

    persons: list[str]
    reachable: list[str]
    seq: int
    at: str
    gifts: dict[str, None] = field(default_factory=dict)
    pledges: dict[str, None] = field(default_factory=dict)


async def of(person: str) -> Given:
    """All up to this entry and instant."""
    seq, at = (await entries.head()).seq, clock.stamp()
    rows = await parties.rows_of(person)
    given = Given(rows, [row for row in rows if await persons.has_contact(row)], seq, at)
    for part in _parts(rows):
        asked = reading.places(len(part))
        gifts = await reading.rows(f"SELECT key FROM donation WHERE donor IN ({asked}) ORDER BY seq", *part)  # noqa: S608
        pledges = await reading.rows(f"SELECT code FROM pledge WHERE donor IN ({asked}) ORDER BY code", *part)  # noqa: S608
        given.gifts |= dict.fromkeys(row["key"] for row in gifts)
        given.pledges |= dict.fromkeys(row["code"] for row in pledges)
    return given


async def of_pledge(code: str, person: str) -> Given:
    """Of a pledge's row: all of its giver once money has come for it; before that nothing but the pledge itself.

    Anybody may promise in anybody's name and with anybody's number, and whoever only promised has proved nothing.
    """
    if await reading.value("SELECT 1 FROM donation WHERE pledge = $1 LIMIT 1", code):
        return await of(person)
    seq, at = (await entries.head()).seq, clock.stamp()
    reachable = [person] if await persons.has_contact(person) else []
    return Given([person], reachable, seq, at, pledges={code: None})


async def load(given: Given, loader: Loader) -> set[str]:
    """Put all of it in view, with what came since; the rows whose contact was taken back before."""
    before: set[str] = set()
    for part in _parts(given.persons):
        asked = reading.places(len(part), 2)
        later = f"SELECT key FROM donation WHERE seq > $1 AND donor IN ({asked})"  # noqa: S608 - places
        promised = f"SELECT code FROM pledge WHERE created_at >= $1 AND donor IN ({asked})"  # noqa: S608 - places
        taken = f"SELECT person FROM consent_withdrawal WHERE what = $1 AND person IN ({asked})"  # noqa: S608 - places
        given.gifts |= dict.fromkeys(row["key"] for row in await loader.rows(later, given.seq, *part))
        given.pledges |= dict.fromkeys(row["code"] for row in await loader.rows(promised, given.at, *part))
        before |= {row["person"] for row in await loader.rows(taken, Consent.CONTACT.value, *part)}
    for person in given.persons:
        given.gifts |= dict.fromkeys(row["key"] for row in loader.added(DONATION, donor=person))
        given.pledges |= dict.fromkeys(row["code"] for row in loader.added(PLEDGE, donor=person))
        before |= {row["person"] for row in loader.added(CONSENT_WITHDRAWAL, person=person, what=Consent.CONTACT.value)}
    await loader.stored(DONATION, list(given.gifts))
    await loader.stored(PLEDGE, list(given.pledges))
    return before


def _parts(rows: Sequence[str]) -> list[Sequence[str]]:
    return [rows[n : n + TOGETHER] for n in range(0, len(rows), TOGETHER)]
