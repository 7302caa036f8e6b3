"""What a consent that is taken back reaches: read beside the writer, and what came since within it.

With a receipt its gifts, with a pledge the pledge and what comes for it: anybody may promise, and pay, in anybody's
name and with anybody's number, so neither proves anything about other gifts. The desk sees who asks, and reaches all
that he gave and promised until now, under all his rows (one identity, or one phone: people/parties.py). Neither table
is read by its giver otherwise, and a gift pays for no index of it: the desk does this rarely, and reads long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from charity import clock
from charity.db import reading
from charity.giving import receipts
from charity.giving.kinds import Consent
from charity.giving.models import DONATION, PLEDGE, Donation, Receipt
from charity.giving.withdrawals import CONSENT_WITHDRAWAL
from charity.ledger import entries
from charity.ledger.loading import Loader
from charity.people import parties, persons

TOGETHER = 500
"""Rows of a giver that one statement asks for."""
FLAGS = {Consent.NAME: "public_name", Consent.AMOUNT: "public_amount"}


@dataclass(slots=True)
class Given:
    """The rows of a giver, those of them that may still be called or written to, gifts and pledges.

    `whole`: all that these rows gave and promised, also since this entry and instant.
    """

    persons: list[str]
    reachable: list[str]
    gifts: dict[str, None] = field(default_factory=dict)
    pledges: dict[str, None] = field(default_factory=dict)
    whole: bool = False
    seq: int = 0
    at: str = ""


async def of_person(person: str) -> Given:
    """All of whoever this is."""
    seq, at = (await entries.head()).seq, clock.stamp()
    rows = await parties.rows_of(person)
    given = Given(rows, await _reachable(rows), whole=True, seq=seq, at=at)
    for part in _parts(rows):
        asked = reading.places(len(part))
        gifts = await reading.rows(
            f"SELECT key FROM donation WHERE donor IN ({asked}) ORDER BY seq",  # noqa: S608
            *part,
        )
        promised = await reading.rows(
            f"SELECT code FROM pledge WHERE donor IN ({asked}) ORDER BY code",  # noqa: S608
            *part,
        )
        given.gifts |= dict.fromkeys(row["key"] for row in gifts)
        given.pledges |= dict.fromkeys(row["code"] for row in promised)
    return given


async def gifts_of(receipt: Receipt) -> list[Donation]:
    """The gifts that whoever holds a receipt speaks for: none of the staff on the one of their unit."""
    return [] if receipt.roster else await receipts.gifts(receipt.code)


async def of_receipt(person: str, gifts: Iterable[str]) -> Given:
    """The gifts on a receipt, and the giver's row that it names."""
    return Given([person], await _reachable([person]), gifts=dict.fromkeys(gifts))


async def of_pledge(person: str, code: str) -> Given:
    """A pledge, what came for it, and its giver's row."""
    return Given([person], await _reachable([person]), pledges={code: None})


async def load(given: Given, loader: Loader) -> set[str]:
    """Put all of it in view, with what came since; the rows whose contact was taken back before."""
    before: set[str] = set()
    for part in _parts(given.persons):
        asked = reading.places(len(part), 2)
        before |= {row["person"] for row in await loader.rows(_taken(len(part)), Consent.CONTACT.value, *part)}
        if given.whole:
            later = f"SELECT key FROM donation WHERE seq > $1 AND donor IN ({asked})"  # noqa: S608 - places
            promised = f"SELECT code FROM pledge WHERE created_at >= $1 AND donor IN ({asked})"  # noqa: S608 - places
            given.gifts |= dict.fromkeys(row["key"] for row in await loader.rows(later, given.seq, *part))
            given.pledges |= dict.fromkeys(row["code"] for row in await loader.rows(promised, given.at, *part))
    for person in given.persons:
        before |= {row["person"] for row in loader.added(CONSENT_WITHDRAWAL, person=person, what=Consent.CONTACT.value)}
        if given.whole:
            given.gifts |= dict.fromkeys(row["key"] for row in loader.added(DONATION, donor=person))
            given.pledges |= dict.fromkeys(row["code"] for row in loader.added(PLEDGE, donor=person))
    if not given.whole:
        for code in given.pledges:
            came = await loader.rows("SELECT key FROM donation WHERE pledge = $1 ORDER BY seq", code)
            given.gifts |= dict.fromkeys(row["key"] for row in (*came, *loader.added(DONATION, pledge=code)))
    await loader.stored(DONATION, list(given.gifts))
    await loader.stored(PLEDGE, list(given.pledges))
    return before


async def _reachable(rows: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    for part in _parts(rows):
        kept = await reading.rows(_taken(len(part)), Consent.CONTACT.value, *part)
        taken |= {row["person"] for row in kept}
    return [row for row in rows if row not in taken and await persons.has_contact(row)]


def _taken(many: int) -> str:
    return f"SELECT person FROM consent_withdrawal WHERE what = $1 AND person IN ({reading.places(many, 2)})"  # noqa: S608


def _parts(rows: Sequence[str]) -> list[Sequence[str]]:
    return [rows[n : n + TOGETHER] for n in range(0, len(rows), TOGETHER)]
