"""What a giver allows today, and what was taken back before."""

from collections.abc import Iterable
from dataclasses import dataclass

from charity.db import reading
from charity.giving import donations, receipts
from charity.giving.kinds import Consent
from charity.giving.models import Donation, Pledge
from charity.giving.withdrawals import ConsentWithdrawal
from charity.people import persons
from charity.roles import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Allowed:
    """What can be taken back, and the person whose it is."""

    person: str
    consents: tuple[Consent, ...]


async def of_receipt(code: str) -> Allowed:
    """Of the gifts on a receipt, for whoever proved to be its giver."""
    row = await receipts.get(code)
    return await _allowed(row.donor_id, await receipts.gifts(code))


async def of_pledge(pledge: Pledge) -> Allowed:
    """Of a pledge and what came for it, for whoever has its address."""
    gifts = await Donation.visible_to(SYSTEM).filter(pledge_id=pledge.code)
    return await _allowed(pledge.donor_id, [pledge, *gifts])


async def of_gift(key: str, *, by: Actor) -> Allowed:
    """Of a gift, for the desk."""
    gift = await donations.get(key, by=by)
    return await _allowed(gift.donor_id, [gift])


async def taken_back_since(at: str) -> bool:
    """Whether anybody took back that a name or an amount is published, at this instant or later."""
    sql = "SELECT 1 FROM consent_withdrawal WHERE what IN ('name', 'amount') AND withdrawn_at >= $1 LIMIT 1"
    return await reading.value(sql, at) is not None


async def _allowed(person: str, given: Iterable[Pledge | Donation]) -> Allowed:
    rows = list(given)
    agreed = {
        Consent.NAME: any(row.public_name for row in rows),
        Consent.AMOUNT: any(row.public_amount for row in rows),
        Consent.CONTACT: await persons.has_contact(person)
        and not await ConsentWithdrawal.visible_to(SYSTEM).filter(person=person, what=Consent.CONTACT).exists(),
    }
    return Allowed(person, tuple(consent for consent, so in agreed.items() if so))
