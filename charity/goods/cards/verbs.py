"""Aid cards. A card only points to a household, so a lost card loses no points.

Always true: a household has at most one active card (unique index); a lost card never comes back.
"""

from datetime import date
from typing import Any

from charity import clock, tokens
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.goods import rules
from charity.goods.cards.readers import SUSPENSIONS
from charity.roles import Actor


async def issue(*, household: str, by: Actor, allowed_until: date | None = None) -> str:
    """Give a household (key) its card; refuses a second active one. The new code."""
    by.must("card.manage")
    return await transactions.run(lambda tx: _add(tx, household, allowed_until.isoformat() if allowed_until else None))


async def replace_lost(*, card: str, by: Actor) -> str:
    """Mark a card lost and give the same household a new one; the new code."""
    by.must("card.manage")

    async def work(tx: Tx) -> str:
        old = await _changed(tx, card, "lost", "", ("active", "suspended"))
        code = await _add(tx, old["household"], old["allowed_until"])
        await tx.rows("UPDATE card SET replaced_by = $2 WHERE code = $1 RETURNING code", card, code)
        return code

    return await transactions.run(work)


async def suspend(*, card: str, reason: str, by: Actor) -> None:
    """Suspend an active card; `reason` is one of SUSPENSIONS."""
    by.must("card.manage")
    assert reason in SUSPENSIONS, reason
    await transactions.run(lambda tx: _changed(tx, card, "suspended", reason, ("active",)))


async def resume(*, card: str, by: Actor) -> None:
    """Let a suspended card be used again."""
    by.must("card.manage")
    await transactions.run(lambda tx: _changed(tx, card, "active", "", ("suspended",)))


async def add_many(tx: Tx, household_keys: list[str], *, allowed_until: str | None = None) -> list[str]:
    """Cards for households that have none, in the caller's transaction; codes in the same order."""
    day, at = clock.today().isoformat(), clock.stamp()
    rows: list[dict[str, Any]] = [
        {
            "code": tokens.card_code(),
            "household": key,
            "status": "active",
            "status_on": day,
            "allowed_until": allowed_until,
            "created_at": at,
        }
        for key in household_keys
    ]
    await tx.insert("card", rows)
    return [row["code"] for row in rows]


async def _add(tx: Tx, household: str, allowed_until: str | None) -> str:
    active = await tx.row("SELECT code FROM card WHERE household = $1 AND status = 'active'", household)
    if active is not None:
        raise rules.CARD_HAD()
    return (await add_many(tx, [household], allowed_until=allowed_until))[0]


async def _changed(tx: Tx, card: str, status: str, reason: str, from_: tuple[str, ...]) -> dict[str, Any]:
    """Change a card's state by a conditional update; the row as it is now."""
    row = await tx.row(
        f"UPDATE card SET status = $2, reason = $3, status_on = $4 WHERE code = $1 "  # noqa: S608
        f"AND status IN ({reading.places(len(from_), 5)}) RETURNING code, household, allowed_until",
        tokens.normalise(card),
        status,
        reason,
        clock.today().isoformat(),
        *from_,
    )
    if row is not None:
        return row
    known = await tx.row("SELECT code FROM card WHERE code = $1", tokens.normalise(card))
    raise rules.CARD_NOT_ACTIVE() if known else rules.CARD_NOT_FOUND()
