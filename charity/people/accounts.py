"""The account that a household is paid into: entered by one person, and typed once more by another from the same paper.

Always true: whoever entered an account does not confirm it (also a CHECK of the table); one waits at most for each
household; `household.bank_account` is the last one that was confirmed. Nobody is shown the digits: they are compared.
"""

import hmac
import re
import unicodedata
from typing import Any

from charity import clock, tokens
from charity.db import reading, sealed
from charity.db.transactions import Tx
from charity.people.models import AccountStatus, Household, HouseholdAccount
from charity.roles import Actor

DIGITS_MIN, DIGITS_MAX = 8, 32
_ACCOUNT = re.compile(rf"[0-9]{{{DIGITS_MIN},{DIGITS_MAX}}}")
WAITING_MAX = 200
_BETWEEN = re.compile(r"[\s-]+")


def normal(typed: str) -> str | None:
    """An account as it is kept: digits alone, full width or not, blanks and hyphens left out; None for what is none."""
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    return digits if _ACCOUNT.fullmatch(digits) else None


async def enter(tx: Tx, household: str, account: str, *, by: Actor) -> str | None:
    """Keep an account (as `normal` gives it) until it was seen; its key, or None while another one waits."""
    key = tokens.key16()
    rows = await tx.rows(
        "INSERT INTO household_account (key, household, bank_account, status, entered_by, entered_at) "
        "VALUES ($1, $2, $3, 'waiting', $4, $5) ON CONFLICT (household) WHERE status = 'waiting' DO NOTHING "
        "RETURNING key",
        key,
        household,
        sealed.seal("household_account", "bank_account", key, account),
        by.key,
        clock.stamp(),
    )
    return key if rows else None


async def see(tx: Tx, key: str, status: AccountStatus, *, by: Actor) -> dict[str, Any] | None:
    """Confirm or refuse what waits; None when it waits no longer. A confirmed one is the household's from now on."""
    row = await tx.row(
        "UPDATE household_account SET status = $2, seen_by = $3, seen_at = $4 "
        "WHERE key = $1 AND status = 'waiting' AND entered_by <> $3 RETURNING household, bank_account",
        key,
        status.value,
        by.key,
        clock.stamp(),
    )
    if row is not None and status is AccountStatus.CONFIRMED:
        account = sealed.unseal("household_account", "bank_account", key, row["bank_account"])
        kept = sealed.seal("household", "bank_account", row["household"], account)
        await tx.rows("UPDATE household SET bank_account = $2 WHERE key = $1 RETURNING key", row["household"], kept)
    return row


def same(entry: HouseholdAccount, account: str) -> bool:
    """Whether the account that was typed again is the one that was entered."""
    kept = sealed.unseal("household_account", "bank_account", entry.key, entry.bank_account)
    return hmac.compare_digest(kept.encode(), account.encode())


async def one(key: str, *, by: Actor) -> HouseholdAccount | None:
    """What was entered, for whoever may have the second look."""
    return await HouseholdAccount.visible_to(by).get_or_none(key=key)


async def waiting(*, by: Actor) -> list[HouseholdAccount]:
    """What waits for its second look, oldest first, at most WAITING_MAX: what is seen makes room for the next."""
    chosen = HouseholdAccount.visible_to(by).filter(status=AccountStatus.WAITING)
    return await chosen.order_by("entered_at", "key").limit(WAITING_MAX)


async def waiting_of_others(*, by: Actor) -> tuple[int, HouseholdAccount | None]:
    """How many wait for this account's look, and the oldest of them."""
    chosen = HouseholdAccount.visible_to(by).filter(status=AccountStatus.WAITING).exclude(entered_by=by.key)
    return await chosen.count(), await chosen.order_by("entered_at", "key").first()


def of_household(household: Household) -> str:
    """The account that a household is paid into; empty when none was confirmed."""
    return sealed.unseal("household", "bank_account", household.key, household.bank_account)


_CONFIRMED = (
    "SELECT h.key, h.code, h.bank_account AS kept, a.key AS entry, a.bank_account FROM household h "
    "JOIN household_account a ON a.household = h.key AND a.status = 'confirmed' AND NOT EXISTS ("
    "SELECT 1 FROM household_account b WHERE b.household = h.key AND b.status = 'confirmed' AND b.seen_at > a.seen_at) "
    "ORDER BY h.code"
)


async def paid_elsewhere() -> list[str]:
    """Codes of households whose account is not the one that was confirmed last."""
    async with reading.snapshot():
        rows = await reading.rows(_CONFIRMED)
    return [row["code"] for row in rows if not _is_confirmed(row)]


def _is_confirmed(row: dict[str, Any]) -> bool:
    try:
        kept = sealed.unseal("household", "bank_account", row["key"], row["kept"])
        return kept == sealed.unseal("household_account", "bank_account", row["entry"], row["bank_account"])
    except (sealed.SealBroken, ValueError):
        return False
