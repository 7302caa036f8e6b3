"""Staff accounts: who works here, in which roles, for which store.

Always true: nobody is cashier and accountant at once; there is an admin who can sign in once `init` has
made the first one; every change leaves an event. A change of roles, store or state ends the account's
sessions, so that nobody goes on with rights that were taken away.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from charity import clock, texts, tokens
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, unreadable
from charity.office import organisation, passwords, rules, weakness
from charity.roles import Actor, Role, conflicts

LOGIN = re.compile(r"^[a-z][a-z0-9._-]{1,39}$")
NAME_MAX = 40


@dataclass(frozen=True, slots=True)
class Account:
    """A staff account as the admin sees it."""

    key: str
    login: str
    name: str
    roles: tuple[Role, ...]
    store: str | None
    disabled_at: str | None
    created_at: str
    can_sign_in: bool

    @property
    def actor(self) -> Actor:
        """The actor that this account is in a request."""
        return Actor(self.key, self.name, frozenset(self.roles), self.store)


_SELECT = (
    "SELECT s.key, s.login, s.name, s.store, s.disabled_at, s.created_at, s.password_hash, r.role "
    "FROM staff s LEFT JOIN staff_role r ON r.staff = s.key"
)


async def every() -> list[Account]:
    """All accounts by login."""
    return _accounts(await reading.rows(f"{_SELECT} ORDER BY s.login, r.role"))


async def get(key: str) -> Account:
    """One account, or the refusal account.unknown (404)."""
    found = _accounts(await reading.rows(f"{_SELECT} WHERE s.key = $1 ORDER BY r.role", key))
    if not found:
        raise rules.ACCOUNT_UNKNOWN()
    return found[0]


async def by_login(login: str) -> Account | None:
    """The account with this login."""
    found = _accounts(await reading.rows(f"{_SELECT} WHERE s.login = $1 ORDER BY r.role", login))
    return found[0] if found else None


async def names(keys: Collection[str]) -> dict[str, str]:
    """Names by key; keys of nobody are left out."""
    wanted = sorted(set(keys))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        sql = f"SELECT key, name FROM staff WHERE key IN ({reading.places(len(part))})"  # noqa: S608 - places only
        found |= {row["key"]: row["name"] for row in await reading.rows(sql, *part)}
    return found


def _accounts(rows: Sequence[dict[str, str | None]]) -> list[Account]:
    found: dict[str, dict[str, str | None]] = {}
    roles: dict[str, list[Role]] = {}
    for row in rows:
        key = str(row["key"])
        found[key] = row
        roles.setdefault(key, [])
        if row["role"]:
            roles[key].append(Role(row["role"]))
    return [
        Account(
            key,
            str(row["login"]),
            str(row["name"]),
            tuple(roles[key]),
            row["store"],
            row["disabled_at"],
            str(row["created_at"]),
            row["password_hash"] is not None,
        )
        for key, row in found.items()
    ]


async def create(
    *,
    login: str,
    name: str,
    roles: Iterable[Role],
    by: Actor,
    store: str | None = None,
    password: str = "",
    key: str = "",
) -> Account:
    """Make an account. Without a password it cannot sign in, only be used by tokens.

    Raises login_taken, roles_conflict, roles_none, store unknown, password.weak, or field errors.
    """
    by.must("account.manage")
    chosen = _must_be_possible(frozenset(roles))
    _must_be_named(login, name)
    if password:
        await _must_be_good(password, login)
    secret = await passwords.hashed(password) if password else None
    row = {
        "key": key or tokens.key16(),
        "login": login,
        "name": name,
        "password_hash": secret,
        "store": store or None,
        "created_at": clock.stamp(),
    }

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT key FROM staff WHERE login = $1", login):
            raise rules.LOGIN_TAKEN(login=login)
        await _must_be_store(tx, store)
        await tx.insert("staff", [row])
        await tx.insert("staff_role", [{"staff": row["key"], "role": role.value} for role in sorted(chosen)])
        await _note(tx, by, str(row["key"]), "created", _list(chosen))

    await transactions.run(work)
    return await get(str(row["key"]))


def _must_be_possible(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles:
        raise rules.ROLES_NONE()
    if conflicts(roles):
        raise rules.ROLES_CONFLICT()
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


def _list(roles: Iterable[Role]) -> str:
    return " ".join(sorted(roles))


async def _note(tx: Tx, by: Actor, staff: str, act: str, detail: str = "") -> None:
    event = {"at": clock.stamp(), "actor": by.key, "staff": staff, "act": act, "detail": detail}
    await tx.insert("staff_event", [event])


async def _end_sessions(tx: Tx, staff: str) -> None:
    await tx.rows(
        "UPDATE session SET revoked_at = $2 WHERE staff = $1 AND revoked_at IS NULL RETURNING digest",
        staff,
        clock.stamp(),
    )


async def _must_leave_an_admin(tx: Tx) -> None:
    """Raise last_admin when this transaction took the last admin who can sign in."""
    left = await tx.row(
        "SELECT s.key FROM staff s JOIN staff_role r ON r.staff = s.key AND r.role = 'admin' "
        "WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL LIMIT 1"
    )
    if left is None:
        raise rules.LAST_ADMIN()


async def assign(*, key: str, name: str, roles: Iterable[Role], store: str | None, by: Actor) -> None:
    """Give an account its name, roles and store; its sessions end when its rights changed."""
    by.must("account.manage")
    chosen = _must_be_possible(frozenset(roles))
    before = await get(key)
    _must_be_named(before.login, name)

    async def work(tx: Tx) -> None:
        await _must_be_store(tx, store)
        await tx.rows("UPDATE staff SET name = $2, store = $3 WHERE key = $1 RETURNING key", key, name, store or None)
        if frozenset(before.roles) != chosen:
            await tx.rows("DELETE FROM staff_role WHERE staff = $1 RETURNING role", key)
            await tx.insert("staff_role", [{"staff": key, "role": role.value} for role in sorted(chosen)])
            await _note(tx, by, key, "roles", _list(chosen))
        if before.store != (store or None):
            await _note(tx, by, key, "store", store or "")
        if Role.ADMIN in before.roles and Role.ADMIN not in chosen:
            await _must_leave_an_admin(tx)
        if frozenset(before.roles) != chosen or before.store != (store or None):
            await _end_sessions(tx, key)

    await transactions.run(work)


async def disable(*, key: str, by: Actor) -> None:
    """Close an account: its sessions end, its tokens stop working. The row stays for the books."""
    by.must("account.manage")
    if key == by.key:
        raise rules.NOT_ONESELF()
    before = await get(key)

    async def work(tx: Tx) -> None:
        at = clock.stamp()
        if not await tx.rows(
            "UPDATE staff SET disabled_at = $2 WHERE key = $1 AND disabled_at IS NULL RETURNING key", key, at
        ):
            return
        await _end_sessions(tx, key)
        await _note(tx, by, key, "disabled")
        if Role.ADMIN in before.roles:
            await _must_leave_an_admin(tx)

    await transactions.run(work)


async def enable(*, key: str, by: Actor) -> None:
    """Open a closed account again."""
    by.must("account.manage")
    await get(key)

    async def work(tx: Tx) -> None:
        if await tx.rows(
            "UPDATE staff SET disabled_at = NULL WHERE key = $1 AND disabled_at IS NOT NULL RETURNING key", key
        ):
            await _note(tx, by, key, "enabled")

    await transactions.run(work)


async def set_password(*, key: str, password: str, by: Actor) -> None:
    """Let the admin set a password; the account's sessions end."""
    by.must("account.manage")
    await _store_password(key, password, by)


async def change_password(*, current: str, password: str, by: Actor) -> None:
    """Let somebody change their own password; all their sessions end. Raises password.wrong."""
    row = await reading.row("SELECT password_hash FROM staff WHERE key = $1", by.key)
    if row is None or not await passwords.matches(row["password_hash"], current):
        raise rules.PASSWORD_WRONG()
    await _store_password(by.key, password, by, replacing=row["password_hash"])


async def _must_be_good(password: str, login: str) -> None:
    words = await weakness.house_words()
    weakness.must_be_good(password, login, words, demo=(await organisation.get()).demo)


async def _store_password(key: str, password: str, by: Actor, *, replacing: str | None = None) -> None:
    """Store a password; with `replacing` only instead of that one, which may have been changed meanwhile."""
    account = await get(key)
    await _must_be_good(password, account.login)
    secret = await passwords.hashed(password)

    async def work(tx: Tx) -> None:
        stored = await tx.rows(
            "UPDATE staff SET password_hash = $2 WHERE key = $1 "
            "AND (CAST($3 AS TEXT) IS NULL OR password_hash = $3) RETURNING key",
            key,
            secret,
            replacing,
        )
        if not stored:
            raise rules.PASSWORD_WRONG()
        await _end_sessions(tx, key)
        await _note(tx, by, key, "password")

    await transactions.run(work)


async def has_admin() -> bool:
    """Whether an admin who can sign in exists."""
    return bool(
        await reading.row(
            "SELECT s.key FROM staff s JOIN staff_role r ON r.staff = s.key AND r.role = 'admin' "
            "WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL LIMIT 1"
        )
    )
