"""Changes of an account that wait for a second person, so that one administrator alone never moves money.

A new guarded role (roles.GUARDED), and a password or the end of the second factor for somebody who holds one,
waits until another administrator confirms it; where there is no other who can sign in, for NOTICE. Every
administrator and every holder of a money role sees it on the desk meanwhile and may stop it. Nobody confirms
their own request, or a change of their own account. A later change of the same kind replaces the waiting one; whoever
is disabled, or is no administrator any more, takes along what they asked for.

Two exceptions take effect at once and leave the event alone: the command line, whose user owns the machine, and
the time before the first owner of a money role was at work (effects.confirm_owner), when the accounts are being set up.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tortoise.queryset import QuerySet

from charity import clock, tokens
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.office import rules
from charity.office.models import AccountEvent, ChangeKind, Outcome, StaffChange
from charity.office.staff import effects
from charity.roles import GUARDED, SYSTEM, Actor, Role

log = logging.getLogger("charity.office")
NOTICE = timedelta(hours=24)
SETTLED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A change that waits, or how it ended. `due_at` is when it takes effect by itself; None: never."""

    key: str
    staff: str
    login: str
    name: str
    kind: ChangeKind
    roles: tuple[Role, ...]
    asked_at: str
    asked_by: str
    asked_by_name: str
    due_at: str | None
    settled_at: str | None
    settled_by_name: str | None
    outcome: Outcome | None


async def waiting(*, by: Actor) -> list[Change]:
    """All changes that wait, the oldest first."""
    return await _changes(StaffChange.visible_to(by).filter(settled_at=None).order_by("asked_at", "key"))


async def waiting_for(staff: str, *, by: Actor) -> list[Change]:
    """The changes of one account that wait."""
    rows = StaffChange.visible_to(by).filter(staff_id=staff, settled_at=None)
    return await _changes(rows.order_by("asked_at", "key"))


async def settled(*, by: Actor) -> list[Change]:
    """The changes that ended last, the newest first."""
    rows = StaffChange.visible_to(by).exclude(settled_at=None)
    return await _changes(rows.order_by("-settled_at", "key").limit(SETTLED_SHOWN))


async def _changes(query: QuerySet[StaffChange]) -> list[Change]:
    return [
        Change(
            key=row.key,
            staff=row.staff_id,
            login=row.staff.login,
            name=row.staff.name,
            kind=ChangeKind(row.kind),
            roles=_roles(row.roles),
            asked_at=row.asked_at,
            asked_by=row.asked_by_id,
            asked_by_name=row.asked_by.name,
            due_at=row.due_at,
            settled_at=row.settled_at,
            settled_by_name=row.settled_by.name if row.settled_by else None,
            outcome=Outcome(row.outcome) if row.outcome else None,
        )
        for row in await query.select_related("staff", "asked_by", "settled_by")
    ]


def _roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(word) for word in text.split())


async def must_wait(tx: Tx, by: Actor, roles: Collection[Role]) -> bool:
    """Whether a change that gives these roles, or is about somebody who holds them, waits for a second person."""
    if by.key == SYSTEM.key or GUARDED.isdisjoint(roles):
        return False
    return await tx.row("SELECT key FROM staff WHERE confirmed_at IS NOT NULL LIMIT 1") is not None


async def ask(
    tx: Tx, by: Actor, staff: str, kind: ChangeKind, *, roles: Collection[Role] = (), password_hash: str | None = None
) -> None:
    """Let a change wait; it replaces one of the same kind. The account is locked by the caller."""
    await withdraw(tx, by, staff=staff, kinds=[kind])
    now = clock.now()
    change = {
        "key": tokens.key16(),
        "staff": staff,
        "kind": kind.value,
        "roles": effects.listed(roles),
        "password_hash": password_hash,
        "asked_at": clock.stamp(now),
        "asked_by": by.key,
        "due_at": None if await _has_second(tx, by.key, staff) else clock.stamp(now + NOTICE),
    }
    await tx.insert("staff_change", [change])
    await effects.note(tx, by, staff, AccountEvent.ASKED, f"{kind.value} {change['roles']}".strip())


async def _has_second(tx: Tx, asked_by: str, staff: str) -> bool:
    """Whether there is an administrator who could confirm: another than who asks and whom it is about."""
    row = await tx.row(
        "SELECT s.key FROM staff s JOIN staff_role r ON r.staff = s.key AND r.role = 'admin' "
        "WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL AND s.key <> $1 AND s.key <> $2 LIMIT 1",
        asked_by,
        staff,
    )
    return row is not None


async def _give_notice() -> None:
    """Let a change wait a day from now when the administrator who could have confirmed it is gone."""
    alone = [change for change in await waiting(by=SYSTEM) if change.due_at is None]
    if not alone:
        return

    async def work(tx: Tx) -> None:
        for change in alone:
            if not await _has_second(tx, change.asked_by, change.staff):
                await tx.rows(
                    "UPDATE staff_change SET due_at = $2 WHERE key = $1 AND due_at IS NULL AND settled_at IS NULL "
                    "RETURNING key",
                    change.key,
                    clock.stamp(clock.now() + NOTICE),
                )

    await transactions.run(work)


async def withdraw(tx: Tx, by: Actor, *, staff: str, kinds: Collection[ChangeKind] = tuple(ChangeKind)) -> None:
    """End the waiting changes of these kinds of an account: something else was decided about it."""
    for kind in kinds:
        await tx.rows(
            "UPDATE staff_change SET settled_at = $3, settled_by = $4, outcome = $5, password_hash = NULL "
            "WHERE staff = $1 AND kind = $2 AND settled_at IS NULL RETURNING key",
            staff,
            kind.value,
            clock.stamp(),
            _account(by),
            Outcome.REPLACED.value,
        )


async def withdraw_asked_by(tx: Tx, by: Actor, asker: str) -> None:
    """End what somebody asked for who is no administrator any more."""
    await tx.rows(
        "UPDATE staff_change SET settled_at = $2, settled_by = $3, outcome = $4, password_hash = NULL "
        "WHERE asked_by = $1 AND settled_at IS NULL RETURNING key",
        asker,
        clock.stamp(),
        _account(by),
        Outcome.STOPPED.value,
    )


def _account(by: Actor) -> str | None:
    """The account that settles; None for the clock and the command line, which have none."""
    return None if by.key == SYSTEM.key else by.key


async def confirm(*, key: str, by: Actor) -> None:
    """Let a waiting change take effect: not by the one who asked, and not by the one it is about.

    Raises change.unknown, change.settled, change.same_person.
    """
    by.must("account.manage")
    change = await _get(key, by)
    if by.key in {change.asked_by, change.staff}:
        raise rules.CHANGE_SAME_PERSON()
    await _settle(change, by, Outcome.CONFIRMED)


async def stop(*, key: str, by: Actor) -> None:
    """End a waiting change without effect: whoever sees it on the desk may."""
    by.must("account.watch")
    change = await _get(key, by)

    async def work(tx: Tx) -> None:
        await _end(tx, change, by, Outcome.STOPPED)
        await effects.note(tx, by, change.staff, AccountEvent.STOPPED, change.kind.value)

    await transactions.run(work)


async def settle_due() -> int:
    """Let the changes take effect whose time has come; how many. The timetable calls it."""
    await _give_notice()
    due = [c for c in await waiting(by=SYSTEM) if c.due_at and c.due_at <= clock.stamp()]
    done = 0
    for change in due:
        try:
            await _settle(change, SYSTEM, Outcome.DUE)
            done += 1
        except Refusal as refusal:  # settled by somebody else just now, or it would take the last administrator
            log.info("change.refused", extra={"code": refusal.code, "account": change.staff})
    return done


async def _get(key: str, by: Actor) -> Change:
    rows = await _changes(StaffChange.visible_to(by).filter(key=key))
    if not rows:
        raise rules.CHANGE_UNKNOWN()
    return rows[0]


async def _end(tx: Tx, change: Change, by: Actor, outcome: Outcome) -> str | None:
    """Settle the change once; the hash of its password. Raises change.settled."""
    rows = await tx.rows("SELECT password_hash FROM staff_change WHERE key = $1", change.key)
    ended = await tx.rows(
        "UPDATE staff_change SET settled_at = $2, settled_by = $3, outcome = $4, password_hash = NULL "
        "WHERE key = $1 AND settled_at IS NULL RETURNING key",
        change.key,
        clock.stamp(),
        _account(by),
        outcome.value,
    )
    if not ended:
        raise rules.CHANGE_SETTLED()
    secret: str | None = rows[0]["password_hash"]
    return secret


async def _settle(change: Change, by: Actor, outcome: Outcome) -> None:
    async def work(tx: Tx) -> None:
        _, before = await effects.locked(tx, change.staff)
        secret = await _end(tx, change, by, outcome)
        await effects.note(tx, by, change.staff, AccountEvent.CONFIRMED, change.kind.value)
        if change.kind is ChangeKind.ROLES:
            await effects.put_roles(tx, by, change.staff, change.roles)
            if Role.ADMIN in before and Role.ADMIN not in change.roles:
                await effects.must_leave_an_admin(tx)
                await withdraw_asked_by(tx, by, change.staff)
        elif change.kind is ChangeKind.PASSWORD:
            assert secret is not None
            await effects.put_password(tx, by, change.staff, secret, initial=True)
        else:
            await effects.drop_two_step(tx, by, change.staff)

    await transactions.run(work)
