"""What is done to an account's rows, each inside the caller's transaction: roles, password, second factor, ends.

Whoever changes an account takes `locked` first: everything about one account happens one after the other, and
what was read before is read again under the lock.
"""

from collections.abc import Collection, Iterable

from charity import clock
from charity.db.transactions import Tx
from charity.office import rules
from charity.office.models import AccountEvent
from charity.roles import MONEY, Actor, Role


async def locked(tx: Tx, staff: str) -> tuple[str | None, frozenset[Role]]:
    """Lock an account; its store and its present roles. Raises account.unknown."""
    row = await tx.rows("UPDATE staff SET key = key WHERE key = $1 RETURNING store", staff)
    if not row:
        raise rules.ACCOUNT_UNKNOWN()
    roles = await tx.rows("SELECT role FROM staff_role WHERE staff = $1", staff)
    return row[0]["store"], frozenset(Role(r["role"]) for r in roles)


async def note(tx: Tx, by: Actor, staff: str, event: AccountEvent, detail: str = "") -> None:
    """Write an event; `detail` holds codes, never a name."""
    row = {"at": clock.stamp(), "actor": by.key, "staff": staff, "act": event.value, "detail": detail}
    await tx.insert("staff_event", [row])


def listed(roles: Iterable[Role]) -> str:
    """Roles as one stored text."""
    return " ".join(sorted(roles))


async def end_sessions(tx: Tx, staff: str) -> None:
    """Sign the account out everywhere."""
    sql = "UPDATE session SET revoked_at = $2 WHERE staff = $1 AND revoked_at IS NULL RETURNING digest"
    await tx.rows(sql, staff, clock.stamp())


async def end_tokens(tx: Tx, by: Actor, staff: str) -> int:
    """Stop all tokens of the account; how many."""
    sql = "UPDATE token SET revoked_at = $2 WHERE staff = $1 AND revoked_at IS NULL RETURNING digest"
    ended = await tx.rows(sql, staff, clock.stamp())
    if ended:
        await note(tx, by, staff, AccountEvent.TOKEN_ENDED, str(len(ended)))
    return len(ended)


async def put_roles(tx: Tx, by: Actor, staff: str, roles: Collection[Role]) -> None:
    """Let the account hold exactly these roles; its sessions end."""
    await tx.rows("DELETE FROM staff_role WHERE staff = $1 RETURNING role", staff)
    await tx.insert("staff_role", [{"staff": staff, "role": role.value} for role in sorted(roles)])
    await note(tx, by, staff, AccountEvent.ROLES, listed(roles))
    await end_sessions(tx, staff)
    await confirm_owner(tx, staff)


async def put_password(tx: Tx, by: Actor, staff: str, secret: str, *, initial: bool) -> None:
    """Store the hash of a password; `initial` when its owner does not know it yet. Sessions and tokens end."""
    sql = "UPDATE staff SET password_hash = $2, password_initial = $3 WHERE key = $1 RETURNING key"
    await tx.rows(sql, staff, secret, initial)
    await end_sessions(tx, staff)
    await end_tokens(tx, by, staff)
    await note(tx, by, staff, AccountEvent.PASSWORD)


async def drop_two_step(tx: Tx, by: Actor, staff: str) -> None:
    """Forget the second factor and its recovery codes; sessions end."""
    await tx.rows("UPDATE staff SET totp_secret = NULL, totp_step = NULL WHERE key = $1 RETURNING key", staff)
    await tx.rows("DELETE FROM recovery_code WHERE staff = $1 RETURNING digest", staff)
    await end_sessions(tx, staff)
    await note(tx, by, staff, AccountEvent.TWO_STEP_OFF)


async def confirm_owner(tx: Tx, staff: str) -> None:
    """Note from when on the owner of a money role is at work: with a password of the own, or by a token.

    From the first one on new money roles wait for a second person (charity/office/staff/changes.py).
    """
    await tx.rows(
        "UPDATE staff SET confirmed_at = $2 WHERE key = $1 AND confirmed_at IS NULL AND NOT password_initial "
        "AND (password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM token t WHERE t.staff = staff.key "
        "AND t.revoked_at IS NULL)) AND EXISTS (SELECT 1 FROM staff_role r WHERE r.staff = staff.key "
        "AND r.role IN ($3, $4, $5, $6)) RETURNING key",
        staff,
        clock.stamp(),
        *sorted(role.value for role in MONEY),
    )


async def must_leave_an_admin(tx: Tx) -> None:
    """Raise last_admin when this transaction took the last admin who can sign in."""
    left = await tx.row(
        "SELECT s.key FROM staff s JOIN staff_role r ON r.staff = s.key AND r.role = 'admin' "
        "WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL LIMIT 1"
    )
    if left is None:
        raise rules.LAST_ADMIN()
