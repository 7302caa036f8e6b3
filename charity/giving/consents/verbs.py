"""Taking back a consent: the flags of pledge and gifts are taken down and a dated row is kept, in one transaction.

It reaches the gifts of the receipt, or the pledge and what comes for it, at the desk all that the giver gave and
promised until now (reach.py). Source: PIPL 15 and 16 (as easy as giving it, without a disadvantage), Charity Law 82.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from charity import clock, tokens
from charity.db import sealed
from charity.giving import copies, donations, receipts, rules
from charity.giving.consents import reach
from charity.giving.consents.reach import Given
from charity.giving.fields import must_say_why
from charity.giving.kinds import Consent, ConsentDoor
from charity.giving.models import DONATION, PLEDGE
from charity.giving.pledges import get as pledge_of
from charity.giving.withdrawals import CONSENT_WITHDRAWAL, ConsentWithdrawalRow
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, submit
from charity.roles import Actor


async def by_receipt(
    code: str, what: Collection[Consent], *, number: str = "", secret: str = "", pledge: str = ""
) -> Answer:
    """The giver, who proves himself as for the whole copy (copies/proving.py): `{withdrawn, on}`."""
    await copies.prove(code, number=number, secret=secret, pledge=pledge)
    row = await receipts.get(code)
    gifts = [gift.key for gift in await reach.gifts_of(row)]
    return await _withdraw(await reach.of_receipt(row.donor_id, gifts), what, door=ConsentDoor.RECEIPT)


async def by_pledge(code: str, what: Collection[Consent]) -> Answer:
    """Whoever has the address of the pledge, as whole copies open by it."""
    row = await pledge_of(code)
    return await _withdraw(await reach.of_pledge(row.donor_id, code), what, door=ConsentDoor.PLEDGE)


async def at_the_desk(donation: str, what: Collection[Consent], *, reason: str, by: Actor) -> Answer:
    """The desk in the giver's name; the reason says how he asked for it."""
    by.must("consent.withdraw")
    must_say_why(reason)
    gift = await donations.get(donation, by=by)
    given = await reach.of_person(gift.donor_id)
    return await _withdraw(given, what, door=ConsentDoor.DESK, by=by.key, reason=reason.strip())


async def _withdraw(
    given: Given, what: Collection[Consent], *, door: ConsentDoor, by: str = "", reason: str = ""
) -> Answer:
    if not what:
        raise rules.CONSENT_UNCHOSEN()
    today = clock.today().isoformat()

    def decide(state: State, asked_before: set[str]) -> Answer:
        taken = _take_down(state, given, what)
        if Consent.CONTACT in what:
            taken += [(one, Consent.CONTACT) for one in given.reachable if one not in asked_before]
        if not taken:
            raise rules.CONSENT_NONE()
        for one, consent in taken:
            state.add(CONSENT_WITHDRAWAL, _row(one, consent, door, by, reason, state.now))
        named = [consent for consent in Consent if consent in {c for _, c in taken}]
        return Answer(200, {"withdrawn": [str(consent) for consent in named], "on": today})

    return await submit(Command(decide, load=partial(reach.load, given)))


def _take_down(state: State, given: Given, what: Collection[Consent]) -> list[tuple[str, Consent]]:
    """Nothing of it is public from now on; whose rows and which consents were."""
    rows: list[tuple[Any, str, Any]] = [(DONATION, key, state.row(DONATION, key)) for key in given.gifts]
    rows += [(PLEDGE, code, state.row(PLEDGE, code)) for code in given.pledges]
    taken: dict[tuple[str, Consent], None] = {}
    for consent, flag in reach.FLAGS.items():
        for table, key, row in rows:
            if consent in what and row and row[flag]:
                taken[row["donor"], consent] = None
                state.change(table, key, **{flag: False})
    return list(taken)


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
