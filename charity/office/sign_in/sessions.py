"""Signing in: sessions on the server, found by the SHA-256 of a random cookie.

A new secret at each sign-in. A session ends after the idle time of its roles (IDLE), after ABSOLUTE in any case,
when the clock was set back behind its beginning or its last use (its times would begin only then), at sign-out, when
its owner ends it on the page of sessions, and when the account is disabled, its rights or its password change. While
it still owes something (`Owes`) it is nobody's. `Authenticator` is what app gives to web.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from charity import clock, tokens
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.office import models, rules
from charity.office.sign_in import two_step
from charity.office.staff import passwords
from charity.roles import GUARDED, Actor, Role
from charity.web.auth import LiveSession, Owes

log = logging.getLogger("charity.office")
SHIFT = frozenset({Role.CLERK, Role.MANAGER})
IDLE_GUARDED = timedelta(minutes=30)
IDLE_SHIFT = timedelta(hours=12)
IDLE_OTHERS = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
AHEAD = timedelta(minutes=5)
"""How far the clocks of several servers may differ."""
LAST_KEPT = 2
"""Sessions of an account that stay after they have ended: the present one and the one before, to say when that was."""
SEEN_EVERY = timedelta(minutes=1)
TOKEN_SEEN_EVERY = timedelta(hours=1)

_LIVE = (
    "SELECT x.staff, x.created_at, x.seen_at, x.code_at, s.name, s.store, s.password_initial, "
    "s.totp_secret IS NOT NULL AS two_step, (SELECT o.demo FROM organisation o WHERE o.id = 1) AS demo, r.role "
    "FROM session x JOIN staff s ON s.key = x.staff JOIN staff_role r ON r.staff = s.key "
    "WHERE x.digest = $1 AND x.revoked_at IS NULL AND s.disabled_at IS NULL"
)
_BEARER = (
    "SELECT t.staff, t.seen_at, s.name, s.store, r.role FROM token t JOIN staff s ON s.key = t.staff "
    "JOIN staff_role r ON r.staff = s.key "
    "WHERE t.digest = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND s.disabled_at IS NULL"
)


def idle(roles: Collection[Role]) -> timedelta:
    """How long a session lives without being used: as its most guarded role wants it.

    Who moves money or manages accounts sits at a desk that others pass; a till is used all day.
    """
    if not GUARDED.isdisjoint(roles):
        return IDLE_GUARDED
    return IDLE_SHIFT if SHIFT.issuperset(roles) else IDLE_OTHERS


def _ended(seen_at: str, created_at: str, roles: Collection[Role], now: datetime) -> bool:
    """Whether the time of a session is over."""
    idled, old = clock.stamp(now - idle(roles)), clock.stamp(now - ABSOLUTE)
    return seen_at <= idled or created_at <= old or max(seen_at, created_at) > clock.stamp(now + AHEAD)


def _owes(row: dict[str, Any], roles: Collection[Role]) -> Owes | None:
    """What a session still has to do: give its code; outside the demo also change a first password, set up a code."""
    if row["two_step"] and row["code_at"] is None:
        return Owes.CODE
    if row["demo"]:
        return None
    if row["password_initial"]:
        return Owes.PASSWORD
    missing = not row["two_step"] and not two_step.ASKED_OF.isdisjoint(roles)
    return Owes.TWO_STEP if missing else None


def _actor(rows: list[dict[str, Any]]) -> Actor:
    first = rows[0]
    return Actor(first["staff"], first["name"], frozenset(Role(r["role"]) for r in rows), first["store"])


class Authenticator:
    """Finds live sessions and working tokens (charity.web.auth.Authenticator)."""

    async def session(self, digest: str) -> LiveSession | None:
        """The live session with this digest; notes now and then that it was seen."""
        now = clock.now()
        rows = await reading.rows(_LIVE, digest)
        if not rows:
            return None
        actor = _actor(rows)
        if _ended(rows[0]["seen_at"], rows[0]["created_at"], actor.roles, now):
            return None
        if rows[0]["seen_at"] < clock.stamp(now - SEEN_EVERY):
            await _seen(_SEEN, digest)
        return LiveSession(digest, actor, _owes(rows[0], actor.roles))

    async def token(self, digest: str) -> Actor | None:
        """The account that an access token acts as; notes the hour in which it was used."""
        now = clock.now()
        rows = await reading.rows(_BEARER, digest, clock.stamp(now))
        if not rows:
            return None
        if (rows[0]["seen_at"] or "") < clock.stamp(now - TOKEN_SEEN_EVERY):
            await _seen(_USED, digest)
        return _actor(rows)


_SEEN = "UPDATE session SET seen_at = $2 WHERE digest = $1 AND revoked_at IS NULL RETURNING digest"
_USED = "UPDATE token SET seen_at = $2 WHERE digest = $1 AND revoked_at IS NULL RETURNING digest"


async def _seen(sql: str, digest: str) -> None:
    if transactions.stopped() is not None:
        return  # where writing has stopped, people may still look: their sessions end by the last note
    await transactions.run(lambda tx: tx.rows(sql, digest, clock.stamp()))


async def sign_in(*, login: str, password: str, device: str = "") -> str:
    """Begin a session and answer its secret.

    Raises sign_in.wrong without saying what was wrong, and sign_in.waiting for an account that has no role yet.
    """
    row = await reading.row(
        "SELECT key, password_hash FROM staff WHERE login = $1 AND disabled_at IS NULL",
        login.strip().lower(),
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
        if not await tx.rows("SELECT role FROM staff_role WHERE staff = $1 LIMIT 1", row["key"]):
            raise rules.SIGN_IN_WAITING()
        new = {"digest": tokens.digest(secret), "staff": row["key"], "created_at": at, "seen_at": at, "device": device}
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


async def own(by: Actor) -> list[models.Session]:
    """The live sessions of an account, the one used last first."""
    rows = await models.Session.visible_to(by).filter(revoked_at=None).order_by("-seen_at", "digest")
    now = clock.now()
    return [row for row in rows if not _ended(row.seen_at, row.created_at, by.roles, now)]


async def before(*, session: str, by: Actor) -> models.Session | None:
    """The sign-in to one's own account before this session, whoever it was; None when there is none."""
    mine = models.Session.visible_to(by)
    here = await mine.get_or_none(digest=session)
    return here and await mine.filter(created_at__lt=here.created_at).order_by("-created_at").first()


async def end_own(*, digest: str, by: Actor) -> None:
    """End one of one's own sessions; nothing happens to anybody else's."""

    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE session SET revoked_at = $3 WHERE digest = $1 AND staff = $2 AND revoked_at IS NULL "
            "RETURNING digest",
            digest,
            by.key,
            clock.stamp(),
        )

    await transactions.run(work)


async def end_others(*, keep: str, by: Actor) -> None:
    """End all of one's own sessions but this one."""

    async def work(tx: Tx) -> None:
        await tx.rows(
            "UPDATE session SET revoked_at = $3 WHERE digest <> $1 AND staff = $2 AND revoked_at IS NULL "
            "RETURNING digest",
            keep,
            by.key,
            clock.stamp(),
        )

    await transactions.run(work)


async def sweep() -> int:
    """Delete sessions that have ended for a day, but the last ones of each account; how many. The timetable calls it.

    Those from the future too: what a wrong clock began or used must not come alive when that time has come.
    """

    async def work(tx: Tx) -> int:
        now = clock.now()
        ended = await tx.rows(
            "DELETE FROM session WHERE created_at > $2 OR seen_at > $2 OR (created_at < $1 AND (SELECT COUNT(*) "
            "FROM session y WHERE y.staff = session.staff AND y.created_at > session.created_at) >= $3) "
            "RETURNING digest",
            clock.stamp(now - ABSOLUTE - timedelta(days=1)),
            clock.stamp(now + AHEAD),
            LAST_KEPT,
        )
        return len(ended)

    return await transactions.run(work)
