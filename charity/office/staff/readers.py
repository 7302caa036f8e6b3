"""Staff accounts as pages and other rooms read them: who works here, in which roles, and names by key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from charity.db import reading
from charity.office import rules
from charity.roles import Actor, Role


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
    two_step: bool = False

    @property
    def actor(self) -> Actor:
        """The actor that this account is in a request."""
        return Actor(self.key, self.name, frozenset(self.roles), self.store)


_SELECT = (
    "SELECT s.key, s.login, s.name, s.store, s.disabled_at, s.created_at, s.password_hash, "
    "s.totp_secret IS NOT NULL AS two_step, r.role "
    "FROM staff s LEFT JOIN staff_role r ON r.staff = s.key"
)


async def every() -> list[Account]:
    """All accounts by login."""
    return _accounts(await reading.rows(f"{_SELECT} ORDER BY s.login, r.role"))


async def get(key: str) -> Account:
    """One account, or the refusal account.unknown (404)."""
    rows = _accounts(await reading.rows(f"{_SELECT} WHERE s.key = $1 ORDER BY r.role", key))
    if not rows:
        raise rules.ACCOUNT_UNKNOWN()
    return rows[0]


async def by_login(login: str) -> Account | None:
    """The account with this login."""
    rows = _accounts(await reading.rows(f"{_SELECT} WHERE s.login = $1 ORDER BY r.role", login))
    return rows[0] if rows else None


async def required(login: str) -> Account:
    """The account with this login, or the refusal account.unknown (404)."""
    account = await by_login(login)
    if account is None:
        raise rules.ACCOUNT_UNKNOWN()
    return account


async def names(keys: Collection[str]) -> dict[str, str]:
    """Names by key; keys of nobody are left out."""
    wanted = sorted(set(keys))
    answer: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        sql = f"SELECT key, name FROM staff WHERE key IN ({reading.places(len(part))})"  # noqa: S608 - places only
        answer |= {row["key"]: row["name"] for row in await reading.rows(sql, *part)}
    return answer


def _accounts(rows: Sequence[dict[str, str | None]]) -> list[Account]:
    accounts: dict[str, dict[str, str | None]] = {}
    roles: dict[str, list[Role]] = {}
    for row in rows:
        key = str(row["key"])
        accounts[key] = row
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
            bool(row["two_step"]),
        )
        for key, row in accounts.items()
    ]


async def has_admin() -> bool:
    """Whether an admin who can sign in exists."""
    return bool(
        await reading.row(
            "SELECT s.key FROM staff s JOIN staff_role r ON r.staff = s.key AND r.role = 'admin' "
            "WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL LIMIT 1"
        )
    )
