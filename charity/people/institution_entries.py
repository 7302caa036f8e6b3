"""Institutions as staff register and change them: entered by one person, and seen by another, who types the account.

Always true: whoever entered does not confirm (also a CHECK of the table); one entry waits at most for each code; an
institution is what was confirmed last, and an entry without an account leaves the account as it is.
"""

import hmac
from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import reading, sealed
from charity.db.transactions import Tx
from charity.people import institutions
from charity.people.models import EntryStatus, InstitutionEntry
from charity.roles import Actor

LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class New:
    """What is entered; `account` is "" where there is none, or none that is new."""

    code: str
    name: str
    kind: str
    credit_code: str
    township: str
    account: str


async def enter(tx: Tx, new: New, *, by: Actor) -> str | None:
    """Keep an entry until it was seen; its key, or None while another one of this code waits."""
    key = tokens.key16()
    rows = await tx.rows(
        "INSERT INTO institution_entry "
        "(key, code, name, kind, credit_code, township, bank_account, status, entered_by, entered_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9) "
        "ON CONFLICT (code) WHERE status = 'waiting' DO NOTHING RETURNING key",
        key,
        new.code,
        new.name,
        new.kind,
        new.credit_code,
        new.township,
        sealed.seal("institution_entry", "bank_account", key, new.account),
        by.key,
        clock.stamp(),
    )
    return key if rows else None


async def see(tx: Tx, key: str, status: EntryStatus, *, by: Actor) -> dict[str, Any] | None:
    """Confirm or refuse what waits; None when it waits no longer. What was confirmed is the institution from now on."""
    row = await tx.row(
        "UPDATE institution_entry SET status = $2, seen_by = $3, seen_at = $4 "
        "WHERE key = $1 AND status = 'waiting' AND entered_by <> $3 "
        "RETURNING code, name, kind, credit_code, township, bank_account",
        key,
        status.value,
        by.key,
        clock.stamp(),
    )
    if row is None or status is not EntryStatus.CONFIRMED:
        return row
    account = sealed.unseal("institution_entry", "bank_account", key, row["bank_account"])
    names = (row["code"], row["name"], row["credit_code"], row["township"])
    changed = await tx.rows(
        "UPDATE institution SET name = $2, credit_code = $3, township = $4 WHERE code = $1 RETURNING code", *names
    )
    if not changed:
        facts = {name: row[name] for name in ("code", "name", "kind", "credit_code", "township")}
        await institutions.add(tx, **facts, bank_account=account)
    elif account:
        kept = sealed.seal("institution", "bank_account", row["code"], account)
        await tx.rows("UPDATE institution SET bank_account = $2 WHERE code = $1 RETURNING code", row["code"], kept)
    return row


async def withdraw(tx: Tx, key: str, *, by: Actor) -> bool:
    """Whoever entered it takes it back; False when it waits no longer."""
    row = await tx.row(
        "UPDATE institution_entry SET status = 'withdrawn', seen_at = $3 "
        "WHERE key = $1 AND status = 'waiting' AND entered_by = $2 RETURNING key",
        key,
        by.key,
        clock.stamp(),
    )
    return row is not None


def account_of(entry: InstitutionEntry) -> str:
    """The account that was entered; "" for none."""
    return sealed.unseal("institution_entry", "bank_account", entry.key, entry.bank_account)


def same(entry: InstitutionEntry, account: str) -> bool:
    """Whether the account that was typed again is the one that was entered."""
    return hmac.compare_digest(account_of(entry).encode(), account.encode())


async def one(key: str, *, by: Actor) -> InstitutionEntry | None:
    """What was entered."""
    return await InstitutionEntry.visible_to(by).get_or_none(key=key)


async def newest(*, by: Actor, code: str = "") -> list[InstitutionEntry]:
    """What was entered, of one code or of all, the newest first, at most LISTED_MAX."""
    chosen = InstitutionEntry.visible_to(by)
    chosen = chosen.filter(code=code) if code else chosen
    return await chosen.order_by("-entered_at", "-key").limit(LISTED_MAX)


async def waiting(*, by: Actor) -> list[InstitutionEntry]:
    """What waits for its second look, the oldest first."""
    chosen = InstitutionEntry.visible_to(by).filter(status=EntryStatus.WAITING)
    return await chosen.order_by("entered_at", "key").limit(LISTED_MAX)


_CONFIRMED = (
    "SELECT i.code, i.name, i.credit_code, i.township, i.bank_account, e.key, e.name AS e_name, "
    "e.credit_code AS e_credit_code, e.township AS e_township, e.bank_account AS e_bank_account "
    "FROM institution_entry e LEFT JOIN institution i ON i.code = e.code WHERE e.status = 'confirmed' "
    "ORDER BY e.code, e.seen_at, e.key"
)


async def not_as_confirmed() -> list[str]:
    """Codes of institutions that are not what was confirmed last."""
    async with reading.snapshot():
        rows = await reading.rows(_CONFIRMED)
    last: dict[str, bool] = {}
    accounts: dict[str, str] = {}
    for row in rows:
        code = row["code"] or ""
        last[code] = all(row[name] == row[f"e_{name}"] for name in ("name", "credit_code", "township"))
        try:
            entered = sealed.unseal("institution_entry", "bank_account", row["key"], row["e_bank_account"])
            accounts[code] = entered or accounts.get(code, "")
            kept = sealed.unseal("institution", "bank_account", code, row["bank_account"])
        except (sealed.SealBroken, ValueError):
            last[code] = False
            continue
        last[code] = last[code] and (not accounts[code] or kept == accounts[code])
    return sorted(code for code, right in last.items() if not right)
