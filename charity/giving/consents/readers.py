"""What a giver can take back today, as far as a receipt or a pledge reaches, and whether anything was."""

from charity.db import reading
from charity.giving import receipts
from charity.giving.consents import reach
from charity.giving.consents.reach import Given
from charity.giving.kinds import Consent
from charity.giving.models import Donation, Pledge
from charity.roles import SYSTEM

Allowed = tuple[Consent, ...]


async def of_receipt(code: str) -> Allowed:
    """Of the gifts on a receipt, for whoever proved to be its giver."""
    row = await receipts.get(code)
    gifts = await reach.gifts_of(row)
    return _allowed(await reach.of_receipt(row.donor_id, [gift.key for gift in gifts]), *gifts)


async def of_pledge(pledge: Pledge) -> Allowed:
    """Of a pledge and what came for it, for whoever has its address."""
    gifts = await Donation.visible_to(SYSTEM).filter(pledge_id=pledge.code)
    return _allowed(await reach.of_pledge(pledge.donor_id, pledge.code), pledge, *gifts)


def _allowed(given: Given, *rows: Pledge | Donation) -> Allowed:
    agreed = {consent for consent, flag in reach.FLAGS.items() for row in rows if getattr(row, flag)}
    if given.reachable:
        agreed.add(Consent.CONTACT)
    return tuple(consent for consent in Consent if consent in agreed)


async def taken_back_since(at: str) -> bool:
    """Whether anybody took back that a name or an amount is published, at this instant or later."""
    sql = "SELECT 1 FROM consent_withdrawal WHERE what IN ('name', 'amount') AND withdrawn_at >= $1 LIMIT 1"
    return await reading.value(sql, at) is not None
