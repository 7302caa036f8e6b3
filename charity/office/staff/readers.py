"""Staff accounts as pages and other rooms read them: who works here, in which roles, and names by key."""

from collections.abc import Iterable
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from charity.office import rules
from charity.office.models import Staff, StaffRole
from charity.roles import SYSTEM, Actor, Role

NAMES_CHUNK = 500


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


async def every(*, by: Actor) -> list[Account]:
    """All accounts that this reader may see, by login."""
    return await _accounts(Staff.visible_to(by).order_by("login"), by)


async def get(key: str, *, by: Actor) -> Account:
    """One account, or the refusal account.unknown (404)."""
    return _known(await _accounts(Staff.visible_to(by).filter(key=key), by))


async def by_login(login: str, *, by: Actor) -> Account | None:
    """The account with this login."""
    rows = await _accounts(Staff.visible_to(by).filter(login=login), by)
    return rows[0] if rows else None


async def required(login: str, *, by: Actor) -> Account:
    """The account with this login, or the refusal account.unknown (404)."""
    return _known(await _accounts(Staff.visible_to(by).filter(login=login), by))


def _known(rows: list[Account]) -> Account:
    if not rows:
        raise rules.ACCOUNT_UNKNOWN()
    return rows[0]


async def names(keys: Iterable[str]) -> dict[str, str]:
    """Names by key, for whoever may see the rows that hold the keys; keys of nobody are left out."""
    wanted = sorted(set(keys))
    answer: dict[str, str] = {}
    for start in range(0, len(wanted), NAMES_CHUNK):
        rows = await Staff.with_keys(wanted[start : start + NAMES_CHUNK]).only("key", "name")
        answer |= {row.key: row.name for row in rows}
    return answer


async def has_admin() -> bool:
    """Whether an admin who can sign in exists."""
    admins = await StaffRole.visible_to(SYSTEM).filter(role=Role.ADMIN).values_list("staff", flat=True)
    return await Staff.visible_to(SYSTEM).filter(key__in=admins, disabled_at=None).exclude(password_hash=None).exists()


async def _accounts(query: QuerySet[Staff], by: Actor) -> list[Account]:
    rows = await query
    roles: dict[str, list[Role]] = {row.key: [] for row in rows}
    for held in await StaffRole.visible_to(by).filter(staff__in=list(roles)).order_by("role"):
        roles[held.staff].append(Role(held.role))
    return [
        Account(
            row.key,
            row.login,
            row.name,
            tuple(roles[row.key]),
            row.store_id,
            row.disabled_at,
            row.created_at,
            can_sign_in=row.password_hash is not None,
            two_step=row.totp_secret is not None,
        )
        for row in rows
    ]
