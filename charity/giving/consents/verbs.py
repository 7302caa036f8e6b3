"""Taking back a consent: the flags of pledge and gifts are taken down and a dated row is kept, in one transaction.

It reaches all gifts that were made with the same row of the giver: those on the receipt, those of the pledge, and what
comes for the pledge later. Source: PIPL 15 and 16 (as easy as giving it, without a disadvantage), Charity Law 82.
"""

from collections.abc import Collection
from typing import Any

from charity import clock, tokens
from charity.db import sealed
from charity.giving import copies, donations, receipts, rules
from charity.giving.fields import must_say_why
from charity.giving.kinds import Consent, ConsentDoor
from charity.giving.models import DONATION, PLEDGE
from charity.giving.pledges import get as pledge_of
from charity.giving.withdrawals import CONSENT_WITHDRAWAL, ConsentWithdrawalRow
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, submit
from charity.people import persons
from charity.roles import Actor

_FLAGS = {Consent.NAME: "public_name", Consent.AMOUNT: "public_amount"}
_TOGETHER = (
    "SELECT d.key FROM receipt_line a JOIN receipt_line b ON b.number = a.number JOIN donation d ON d.key = b.donation "
    "WHERE a.donation = $1 AND d.donor = $2"
)
Reached = tuple[list[str], str | None, bool]
"""The gifts and the pledge that a consent is kept with, and whether the contact was withdrawn before."""


async def by_receipt(
    code: str, what: Collection[Consent], *, number: str = "", secret: str = "", pledge: str = ""
) -> Answer:
    """The giver, who proves himself as for the whole copy (copies/proving.py): `{withdrawn, on}`."""
    await copies.prove(code, number=number, secret=secret, pledge=pledge)
    row = await receipts.get(code)
    gifts = [gift.key for gift in await receipts.gifts(code)]
    return await _withdraw(row.donor_id, gifts, what, door=ConsentDoor.RECEIPT)


async def by_pledge(code: str, what: Collection[Consent]) -> Answer:
    """Whoever has the address of the pledge, as whole copies open by it."""
    row = await pledge_of(code)
    return await _withdraw(row.donor_id, [], what, pledge=code, door=ConsentDoor.PLEDGE)


async def at_the_desk(donation: str, what: Collection[Consent], *, reason: str, by: Actor) -> Answer:
    """The desk in the giver's name; the reason says how he asked for it."""
    by.must("consent.withdraw")
    must_say_why(reason)
    gift = await donations.get(donation, by=by)
    return await _withdraw(gift.donor_id, [donation], what, door=ConsentDoor.DESK, by=by.key, reason=reason.strip())


async def _withdraw(
    person: str,
    gifts: Collection[str],
    what: Collection[Consent],
    *,
    door: ConsentDoor,
    pledge: str | None = None,
    by: str = "",
    reason: str = "",
) -> Answer:
    if not what:
        raise rules.CONSENT_UNCHOSEN()
    reachable = await persons.has_contact(person)
    today = clock.today().isoformat()

    async def load(loader: Loader) -> Reached:
        return await _load(loader, person, gifts, pledge)

    def decide(state: State, reached: Reached) -> Answer:
        taken = _take_down(state, reached, what)
        if Consent.CONTACT in what and reachable and not reached[2]:
            taken.append(Consent.CONTACT)
        if not taken:
            raise rules.CONSENT_NONE()
        for consent in taken:
            state.add(CONSENT_WITHDRAWAL, _row(person, consent, door, by, reason, state.now))
        return Answer(200, {"withdrawn": [str(consent) for consent in taken], "on": today})

    return await submit(Command(decide, load=load))


async def _load(loader: Loader, person: str, gifts: Collection[str], pledge: str | None) -> Reached:
    keys = {str(key) for key in gifts}
    await loader.stored(DONATION, sorted(keys))
    own = [row for key in sorted(keys) if (row := loader.state.row(DONATION, key)) and row["donor"] == person]
    pledges = {code for code in (pledge, *(row["pledge"] for row in own)) if code}
    for code in sorted(pledges):
        await loader.stored(PLEDGE, [code])
        stored = await loader.rows("SELECT key FROM donation WHERE pledge = $1 AND donor = $2", code, person)
        keys |= {row["key"] for row in [*stored, *loader.added(DONATION, pledge=code, donor=person)]}
    for gift in own:  # one transfer for several purposes, whatever receipts its gifts are on today
        keys |= {row["key"] for row in await loader.rows(_TOGETHER, gift["key"], person)}
    await loader.stored(DONATION, sorted(keys))
    earlier = await loader.rows(
        "SELECT 1 FROM consent_withdrawal WHERE person = $1 AND what = $2", person, Consent.CONTACT.value
    )
    added = loader.added(CONSENT_WITHDRAWAL, person=person, what=Consent.CONTACT.value)
    assert len(pledges) <= 1, "a person's row is one pledge's, or none's"
    return sorted(keys), next(iter(pledges), None), bool(earlier or added)


def _take_down(state: State, reached: Reached, what: Collection[Consent]) -> list[Consent]:
    """Nothing of it is public from now on; which of them were."""
    keys, pledge, _ = reached
    rows: list[tuple[Any, str, Any]] = [(DONATION, key, state.row(DONATION, key)) for key in keys]
    if pledge:
        rows.append((PLEDGE, pledge, state.row(PLEDGE, pledge)))
    taken = []
    for consent, flag in _FLAGS.items():
        public = [(table, key) for table, key, row in rows if row and row[flag]]
        if consent in what and public:
            taken.append(consent)
            for table, key in public:
                state.change(table, key, **{flag: False})
    return taken


def _row(person: str, consent: Consent, door: ConsentDoor, by: str, reason: str, now: str) -> ConsentWithdrawalRow:
    key = tokens.key16()
    return ConsentWithdrawalRow(
        key=key,
        person=person,
        what=consent.value,
        door=door.value,
        withdrawn_by=by,
        reason=sealed.seal("consent_withdrawal", "reason", key, reason),
        withdrawn_at=now,
    )
