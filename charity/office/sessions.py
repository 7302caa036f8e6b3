"""Signing in: sessions on the server, found by the SHA-256 of a random cookie.

A new secret at each sign-in; it ends after 8 idle hours, after 24 hours in any case, at sign-out, and
when the account is disabled or its rights change. `Doors` is the finder that app hands to web.
"""

import logging
from datetime import timedelta

from charity import clock, tokens
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.office import passwords, rules
from charity.roles import Actor, Role
from charity.web.auth import Found

log = logging.getLogger("charity.office")
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
LOGIN_MAX = 64

_LIVE = (
    "SELECT x.staff, x.seen_at, s.name, s.store, r.role FROM session x JOIN staff s ON s.key = x.staff "
    "LEFT JOIN staff_role r ON r.staff = s.key "
    "WHERE x.digest = $1 AND x.revoked_at IS NULL AND x.seen_at > $2 AND x.created_at > $3 AND s.disabled_at IS NULL"
)
_BEARER = (
    "SELECT t.staff, s.name, s.store, r.role FROM token t JOIN staff s ON s.key = t.staff "
    "LEFT JOIN staff_role r ON r.staff = s.key "
    "WHERE t.digest = $1 AND t.revoked_at IS NULL AND s.disabled_at IS NULL"
)


def _actor(rows: list[dict[str, str]]) -> Actor:
    first = rows[0]
    return Actor(first["staff"], first["name"], frozenset(Role(r["role"]) for r in rows if r["role"]), first["store"])


class Doors:
    """Finds live sessions and working tokens (charity.web.auth.Finder)."""

    async def session(self, digest: str) -> Found | None:
        """The live session with this digest; notes now and then that it was seen."""
        now = clock.now()
        rows = await reading.rows(_LIVE, digest, clock.stamp(now - IDLE), clock.stamp(now - ABSOLUTE))
        if not rows:
            return None
        # Where writing has stopped, people may still look: their sessions end by the last note.
        if rows[0]["seen_at"] < clock.stamp(now - SEEN_EVERY) and transactions.stopped() is None:
            await _seen(digest)
        return Found(digest, _actor(rows))

    async def token(self, digest: str) -> Actor | None:
        """Whom a bearer token acts as."""
        rows = await reading.rows(_BEARER, digest)
        return _actor(rows) if rows else None


async def _seen(digest: str) -> None:
    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE session SET seen_at = $2 WHERE digest = $1 AND revoked_at IS NULL RETURNING digest",
            digest,
            clock.stamp(),
        )

    await transactions.run(work)


async def sign_in(*, login: str, password: str) -> str:
    """Begin a session and answer its secret; raises sign_in.wrong without saying what was wrong."""
    row = await reading.row(
        "SELECT key, password_hash FROM staff WHERE login = $1 AND disabled_at IS NULL",
        login.strip().lower()[:LOGIN_MAX],
    )
    stored = row["password_hash"] if row else None
    if not await passwords.matches(stored, password) or row is None:
        log.info("sign_in.wrong", extra={"account": row["key"] if row else ""})
        raise rules.SIGN_IN_WRONG()
    fresh = await passwords.hashed(password) if passwords.outdated(str(stored)) else stored
    secret = tokens.secret_token()
    at = clock.stamp()

    async def work(tx: Tx) -> None:
        # The password may have been changed, or the account closed, while this one was hashed: such a change ends
        # the sessions that it sees. So the row is looked at again, and locked, where the session is made.
        same = await tx.rows(
            "UPDATE staff SET password_hash = $2 WHERE key = $1 AND password_hash = $3 AND disabled_at IS NULL "
            "RETURNING key",
            row["key"],
            fresh,
            stored,
        )
        if not same:
            raise rules.SIGN_IN_WRONG()
        new = {"digest": tokens.digest(secret), "staff": row["key"], "created_at": at, "seen_at": at}
        await tx.insert("session", [new])

    await transactions.run(work)
    log.info("sign_in", extra={"account": row["key"]})
    return secret


async def sign_out(digest: str) -> None:
    """End one session."""

    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE session SET revoked_at = $2 WHERE digest = $1 AND revoked_at IS NULL RETURNING digest",
            digest,
            clock.stamp(),
        )

    await transactions.run(work)


async def sweep() -> int:
    """Delete sessions that have ended for a day; how many. The timetable calls it."""

    async def work(tx: Tx) -> int:
        before = clock.stamp(clock.now() - ABSOLUTE - timedelta(days=1))
        return len(await tx.rows("DELETE FROM session WHERE created_at < $1 RETURNING digest", before))

    return await transactions.run(work)
