"""Inviting an organiser, joining by a code, and ending.

A new invitation ends the open one at once. Whoever joins ends the organiser before: his account is closed, with its
sessions. All of one unit happens one after the other: each change takes the lock of the unit's row first.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from charity import clock, texts, tokens
from charity.db import sealed, transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.giving import rules
from charity.giving.organisers.readers import OPENED, digest_of, opened, over, own_unit
from charity.office import staff
from charity.roles import SYSTEM, Actor, Role

HOLDS_DAYS: Final = 14
"""Days that an invitation is good, the last one whole."""
NAME_MAX: Final = 40
FORGOTTEN_DAYS: Final = 30
"""Days after its last day for which an unused invitation still says whom it was for."""
ORGANISERS_MAX: Final = 500
"""Of one unit, with all that have ended."""
HANDED_OVER_MAX: Final = 250
"""So many of these may there be when an organiser makes one: he cannot use up those of the office."""

_JOINED = (
    "UPDATE unit_roster SET status = 'joined', version = version + 1, changed_at = $2, changed_by = $3 "
    "WHERE work_unit = $1 AND status = 'invited'"
)
_LOCKED = "UPDATE work_unit SET code = code WHERE code = $1 RETURNING name, retired_at"


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation. `code` is shown to whoever made it, once: only its hash is kept."""

    key: str
    code: str
    expires_on: str


async def invite(unit: str, *, name: str, by: Actor) -> Made:
    """Invite somebody to be the unit's organiser; an open invitation of it ends. The organiser at work stays till then.

    Refuses a unit that there is not or that takes part no more, and a name that is none.
    """
    by.must("organiser.invite")
    return await _invite(unit, name, by, ORGANISERS_MAX)


async def hand_over(*, name: str, by: Actor) -> Made:
    """Let an organiser invite whoever comes next to his own unit."""
    by.must("roster.fill")
    return await _invite(await own_unit(by=by), name, by, HANDED_OVER_MAX)


async def _invite(unit: str, name: str, by: Actor, most: int) -> Made:
    plain = " ".join(name.split())
    if not 0 < len(plain) <= NAME_MAX or texts.refused(plain):
        raise unreadable(FieldError("name", "请填写姓名，最多 40 个字符"))
    code = tokens.invitation_code()
    made = Made(tokens.key16(), code, (clock.today() + timedelta(days=HOLDS_DAYS)).isoformat())

    async def work(tx: Tx) -> None:
        row = await _locked(tx, unit)
        if row["retired_at"]:
            raise rules.WORK_UNIT_RETIRED(name=row["name"])
        known = await tx.row("SELECT COUNT(*) AS n FROM organiser WHERE work_unit = $1", unit)
        if known is not None and known["n"] >= most:
            raise rules.ORGANISERS_TOO_MANY(most=most)
        await _end_invitation(tx, unit, by)
        fresh = {
            "key": made.key,
            "work_unit": unit,
            "digest": digest_of(code),
            "name": sealed.seal("organiser", "name", made.key, plain),
            "expires_on": made.expires_on,
            "made_by": by.key,
            "made_at": clock.stamp(),
        }
        await tx.insert("organiser", [fresh])

    await transactions.run(work)
    return made


async def end(unit: str, *, by: Actor) -> None:
    """Take the unit away from its organiser, and end an open invitation. Refuses where there is neither."""
    by.must("organiser.invite")

    async def work(tx: Tx) -> None:
        await _locked(tx, unit)
        open_one, at_work = await _end_invitation(tx, unit, by), await _end_at_work(tx, unit, by)
        if not (open_one or at_work):
            raise rules.ORGANISER_NONE()

    await transactions.run(work)


async def join(code: str, *, login: str, password: str) -> None:
    """Make the account of whoever holds the code: it has the role organiser, and the unit. Of two at once one wins.

    Raises what `opened` raises, and what a login and a password are refused for.
    """
    invited = await opened(code)
    account = await staff.prepared(
        login=login,
        name=invited.name,
        roles=[Role.ORGANISER],
        password=password,
        initial=False,
        words=staff.weakness.words_of(invited.unit, invited.name),
    )

    async def work(tx: Tx) -> None:
        await _locked(tx, invited.work_unit)
        row = await tx.row(OPENED, digest_of(code))
        assert row is not None, "organisers are never deleted"
        refusal = over(row, clock.today().isoformat())
        if refusal is not None:
            raise refusal
        await staff.add(tx, account, by=SYSTEM)
        await _end_at_work(tx, invited.work_unit, Actor(account.key, invited.name, frozenset()))
        await tx.rows(
            "UPDATE organiser SET staff = $2, joined_at = $3, name = NULL WHERE key = $1 RETURNING key",
            row["key"],
            account.key,
            clock.stamp(),
        )
        await tx.many(_JOINED, [(invited.work_unit, clock.stamp(), account.key)])

    await transactions.run(work)


async def forget() -> int:
    """End invitations that nobody used long after their last day, with the names in them; how many."""
    day = clock.today() - timedelta(days=FORGOTTEN_DAYS)

    async def work(tx: Tx) -> int:
        ended = await tx.rows(
            "UPDATE organiser SET ended_at = $2, ended_by = $3, name = NULL "
            "WHERE staff IS NULL AND ended_at IS NULL AND expires_on < $1 RETURNING key",
            day.isoformat(),
            clock.stamp(),
            SYSTEM.key,
        )
        return len(ended)

    return await transactions.run(work)


async def _locked(tx: Tx, unit: str) -> dict[str, Any]:
    rows = await tx.rows(_LOCKED, unit)
    if not rows:
        raise rules.WORK_UNIT_NOT_FOUND()
    return rows[0]


async def _end_invitation(tx: Tx, unit: str, by: Actor) -> bool:
    """End the open invitation of a unit; its name is needed by nobody any more."""
    ended = await tx.rows(
        "UPDATE organiser SET ended_at = $2, ended_by = $3, name = NULL "
        "WHERE work_unit = $1 AND staff IS NULL AND ended_at IS NULL RETURNING key",
        unit,
        clock.stamp(),
        by.key,
    )
    return bool(ended)


async def _end_at_work(tx: Tx, unit: str, by: Actor) -> bool:
    """End the organiser at work. An account that was made for this alone is closed; all its sessions end."""
    ended = await tx.rows(
        "UPDATE organiser SET ended_at = $2, ended_by = $3 "
        "WHERE work_unit = $1 AND staff IS NOT NULL AND ended_at IS NULL RETURNING staff",
        unit,
        clock.stamp(),
        by.key,
    )
    for row in ended:
        _, held = await staff.effects.locked(tx, row["staff"])
        if held <= {Role.ORGANISER}:
            await staff.close(tx, key=row["staff"], by=by)
    return bool(ended)
