"""Entering the account that a household is paid into, and the second look at it.

A confirmed account is part of what a voucher pays (its content has a digest of it): one made before is refused at
approval and payment until its maker has saved it anew, which takes its approvals back.
"""

from charity.aid import rules
from charity.db import transactions
from charity.db.transactions import Tx
from charity.people import accounts, households
from charity.people.models import AccountStatus, HouseholdAccount
from charity.roles import Actor


async def enter(*, household: str, account: str, by: Actor) -> str:
    """Enter an account for a household (its code): the key under which it waits for the second look."""
    by.must("payee.enter")
    home = await households.with_code(household, by=by)
    if home is None:
        raise rules.HOUSEHOLD_UNKNOWN(household=household)
    digits = _digits(account)
    key = await transactions.run(lambda tx: accounts.enter(tx, home.key, digits, by=by))
    if key is None:
        raise rules.ACCOUNT_WAITING(household=household)
    return key


async def confirm(*, key: str, account: str, by: Actor) -> None:
    """The second look: the account, typed once more, becomes the household's."""
    by.must("payee.confirm")
    entry = await _waiting(key, by)
    if not accounts.same(entry, _digits(account)):
        raise rules.ACCOUNT_OTHER()
    await _see(key, AccountStatus.CONFIRMED, by)


async def refuse(*, key: str, by: Actor) -> None:
    """The second look found it wrong: it is not the household's, and another one may be entered."""
    by.must("payee.confirm")
    await _waiting(key, by)
    await _see(key, AccountStatus.REFUSED, by)


async def _waiting(key: str, by: Actor) -> HouseholdAccount:
    entry = await accounts.one(key, by=by)
    if entry is None:
        raise rules.ACCOUNT_UNKNOWN()
    if entry.entered_by == by.key:
        raise rules.ACCOUNT_OWN()
    if entry.status != AccountStatus.WAITING:
        raise rules.ACCOUNT_SEEN()
    return entry


async def _see(key: str, status: AccountStatus, by: Actor) -> None:
    async def work(tx: Tx) -> bool:
        return await accounts.see(tx, key, status, by=by) is not None

    if not await transactions.run(work):
        raise rules.ACCOUNT_SEEN()


def _digits(account: str) -> str:
    digits = accounts.normal(account)
    if digits is None:
        raise rules.ACCOUNT_UNREADABLE()
    return digits
