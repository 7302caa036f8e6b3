"""Staff accounts: who works here, in which roles, for which store.

Always true: nobody holds roles that exclude each other (roles.FORBIDDEN_TOGETHER); nobody gives themselves a role;
there is an admin who can sign in once `init` has made the first one; every change leaves an event. A change of
roles, store or state ends the account's sessions, so that nobody goes on with rights that were taken away. What
would let one administrator reach money alone waits for a second person (charity/office/staff/changes.py).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from charity import clock, texts, tokens
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.office import organisation, rules
from charity.office.models import AccountEvent, ChangeKind, Staff
from charity.office.staff import changes, effects, passwords, weakness
from charity.office.staff.readers import Account, get
from charity.roles import GUARDED, Actor, Role, conflicts

LOGIN = re.compile(r"^[a-z][a-z0-9._-]{1,39}$")
NAME_MAX = 40


@dataclass(frozen=True, slots=True)
class Prepared:
    """An account that is not kept yet."""

    row: dict[str, Any]
    roles: frozenset[Role]

    @property
    def key(self) -> str:
        """The key that the account will have."""
        return str(self.row["key"])


async def create(
    *,
    login: str,
    name: str,
    roles: Iterable[Role],
    by: Actor,
    store: str | None = None,
    password: str = "",
    initial: bool = True,
    key: str = "",
) -> Account:
    """Make an account. Without a password it cannot sign in, only be used by tokens.

    Guarded roles may have to wait; the account then begins with the others, and with none it cannot sign in.
    `initial`: the password is to be changed at the first sign-in. Raises login_taken, roles_conflict, roles_none,
    store unknown, password.weak, password.common, or field errors.
    """
    by.must("account.manage")
    account = await prepared(
        login=login, name=name, roles=roles, store=store, password=password, initial=initial, key=key
    )
    await transactions.run(lambda tx: add(tx, account, by=by))
    return await get(account.key, by=by)


async def prepared(
    *,
    login: str,
    name: str,
    roles: Iterable[Role],
    store: str | None = None,
    password: str = "",
    initial: bool = True,
    key: str = "",
    words: Iterable[str] = (),
) -> Prepared:
    """An account as `add` keeps it: checked, its password hashed. Whether its maker may is asked by the caller.

    `words`: what else somebody who knows its owner tries first, beside our own names and places.
    """
    chosen = _must_be_possible(frozenset(roles))
    _must_be_named(login, name)
    if password:
        await _must_be_good(password, login, words)
    secret = await passwords.hashed(password) if password else None
    row = {
        "key": key or tokens.key16(),
        "login": login,
        "name": name,
        "password_hash": secret,
        "password_initial": initial and secret is not None,
        "store": store or None,
        "created_at": clock.stamp(),
    }
    return Prepared(row, chosen)


async def add(tx: Tx, account: Prepared, *, by: Actor) -> None:
    """Keep the account in the caller's transaction. Raises login_taken, store unknown."""
    row, staff = account.row, account.key
    if await tx.row("SELECT key FROM staff WHERE login = $1", row["login"]):
        raise rules.LOGIN_TAKEN(login=row["login"])
    await _must_be_store(tx, row["store"])
    waits = await changes.must_wait(tx, by, account.roles)
    held = account.roles - GUARDED if waits else account.roles
    await tx.insert("staff", [row])
    await tx.insert("staff_role", [{"staff": staff, "role": role.value} for role in sorted(held)])
    await effects.note(tx, by, staff, AccountEvent.CREATED, effects.listed(held))
    await effects.confirm_owner(tx, staff)
    if waits:
        await changes.ask(tx, by, staff, ChangeKind.ROLES, roles=account.roles)


def _must_be_possible(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles:
        raise rules.ROLES_NONE()
    if conflicts(roles):
        raise rules.ROLES_ADMIN() if Role.ADMIN in roles else rules.ROLES_CONFLICT()
    return roles


def _must_be_named(login: str, name: str) -> None:
    errors = []
    if not LOGIN.match(login):
        errors.append(FieldError("login", "账号名用 2–40 个小写字母、数字和 . _ -，以字母开头"))
    if not name.strip() or len(name) > NAME_MAX or texts.refused(name):
        errors.append(FieldError("name", "请填写姓名，最多 40 个字符"))
    if errors:
        raise unreadable(*errors)


async def _must_be_store(tx: Tx, store: str | None) -> None:
    if store and not await tx.row("SELECT code FROM store WHERE code = $1", store):
        raise rules.STORE_NEEDED(store=store)


async def _must_be_good(password: str, login: str, words: Iterable[str] = ()) -> None:
    tried = {*await weakness.own_words(), *words}
    weakness.must_be_good(password, login, tried, demo=(await organisation.get()).demo)


async def assign(*, key: str, name: str, roles: Iterable[Role], store: str | None, by: Actor) -> None:
    """Give an account its name, roles and store; its sessions end when its rights changed.

    A new guarded role may have to wait, and with it the whole change of roles. Raises not_to_oneself.
    """
    by.must("account.manage")
    chosen = _must_be_possible(frozenset(roles))
    before = await get(key, by=by)
    _must_be_named(before.login, name)

    async def work(tx: Tx) -> None:
        await _must_be_store(tx, store)
        old_store, held = await effects.locked(tx, key)
        if key == by.key and chosen - held:
            raise rules.NOT_TO_ONESELF()
        await tx.rows("UPDATE staff SET name = $2, store = $3 WHERE key = $1 RETURNING key", key, name, store or None)
        if before.name != name:
            await effects.note(tx, by, key, AccountEvent.NAME)
        if old_store != (store or None):
            await effects.note(tx, by, key, AccountEvent.STORE, store or "")
            await effects.end_sessions(tx, key)
        if held != chosen:
            await _change_roles(tx, by, key, held, chosen)

    await transactions.run(work)


async def _change_roles(tx: Tx, by: Actor, key: str, held: frozenset[Role], chosen: frozenset[Role]) -> None:
    if await changes.must_wait(tx, by, chosen - held):
        await changes.ask(tx, by, key, ChangeKind.ROLES, roles=chosen)
        return
    await changes.withdraw(tx, by, staff=key, kinds=[ChangeKind.ROLES])
    await effects.put_roles(tx, by, key, chosen)
    if Role.ADMIN in held - chosen:
        await effects.must_leave_an_admin(tx)
        await changes.withdraw_asked_by(tx, by, key)


async def disable(*, key: str, by: Actor) -> None:
    """Close an account: its sessions and tokens end, and what waits for it or was asked by it. The row stays."""
    by.must("account.manage")
    if key == by.key:
        raise rules.NOT_ONESELF()

    await transactions.run(lambda tx: close(tx, key=key, by=by))


async def close(tx: Tx, *, key: str, by: Actor) -> None:
    """Close an account in the caller's transaction, who has asked whether he may; one that is closed stays so."""
    _, held = await effects.locked(tx, key)
    if not await tx.rows(
        "UPDATE staff SET disabled_at = $2 WHERE key = $1 AND disabled_at IS NULL RETURNING key", key, clock.stamp()
    ):
        return
    await effects.end_sessions(tx, key)
    await effects.note(tx, by, key, AccountEvent.DISABLED)
    await effects.end_tokens(tx, by, key)
    await changes.withdraw(tx, by, staff=key)
    await changes.withdraw_asked_by(tx, by, key)
    if Role.ADMIN in held:
        await effects.must_leave_an_admin(tx)


async def enable(*, key: str, by: Actor) -> None:
    """Open a closed account again; its tokens stay stopped."""
    by.must("account.manage")
    await get(key, by=by)

    async def work(tx: Tx) -> None:
        if await tx.rows(
            "UPDATE staff SET disabled_at = NULL WHERE key = $1 AND disabled_at IS NOT NULL RETURNING key", key
        ):
            await effects.note(tx, by, key, AccountEvent.ENABLED)

    await transactions.run(work)


async def set_password(*, key: str, password: str, by: Actor, initial: bool = True) -> None:
    """Let the admin set somebody else's password; for who holds a guarded role it may have to wait.

    When it takes effect the account's sessions and tokens end, and its owner changes it at the next sign-in.
    """
    by.must("account.manage")
    if key == by.key:
        raise rules.OWN_PASSWORD()
    account = await get(key, by=by)
    await _must_be_good(password, account.login)
    secret = await passwords.hashed(password)

    async def work(tx: Tx) -> None:
        _, held = await effects.locked(tx, key)
        if await changes.must_wait(tx, by, held):
            await changes.ask(tx, by, key, ChangeKind.PASSWORD, password_hash=secret)
            return
        await changes.withdraw(tx, by, staff=key, kinds=[ChangeKind.PASSWORD])
        await effects.put_password(tx, by, key, secret, initial=initial)

    await transactions.run(work)


async def end_two_step(*, key: str, by: Actor) -> None:
    """Take somebody else's second factor away, who lost it; for who holds a guarded role it may have to wait."""
    by.must("account.manage")
    if key == by.key:
        raise rules.OWN_TWO_STEP()

    async def work(tx: Tx) -> None:
        _, held = await effects.locked(tx, key)
        if await changes.must_wait(tx, by, held):
            await changes.ask(tx, by, key, ChangeKind.TWO_STEP)
            return
        await changes.withdraw(tx, by, staff=key, kinds=[ChangeKind.TWO_STEP])
        await effects.drop_two_step(tx, by, key)

    await transactions.run(work)


async def with_password(*, current: str, by: Actor) -> Staff:
    """One's own account, when this is its password. Raises password.wrong."""
    row = await Staff.visible_to(by).get_or_none(key=by.key)
    if row is None or not await passwords.matches(row.password_hash, current):
        raise rules.PASSWORD_WRONG()
    return row


async def change_password(*, current: str, password: str, by: Actor) -> None:
    """Let somebody change their own password; all their sessions end. Raises password.wrong, password.same."""
    row = await with_password(current=current, by=by)
    if password == current:
        raise rules.PASSWORD_SAME()
    await _must_be_good(password, row.login)
    secret = await passwords.hashed(password)

    async def work(tx: Tx) -> None:
        # Another change may have come while these were hashed: the password that was checked must still be stored.
        if not await tx.rows(
            "UPDATE staff SET password_hash = $2, password_initial = FALSE WHERE key = $1 AND password_hash = $3 "
            "AND disabled_at IS NULL RETURNING key",
            by.key,
            secret,
            row.password_hash,
        ):
            raise rules.PASSWORD_WRONG()
        await changes.withdraw(tx, by, staff=by.key, kinds=[ChangeKind.PASSWORD])
        await effects.end_sessions(tx, by.key)
        await effects.note(tx, by, by.key, AccountEvent.PASSWORD)
        await effects.confirm_owner(tx, by.key)

    await transactions.run(work)
