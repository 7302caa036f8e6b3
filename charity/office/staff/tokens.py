"""Access tokens of programs: made on the command line, printed once, kept as a digest, with an end.

A token acts as one staff account; rules about different persons compare accounts, never tokens. It ends by its
time, when it is revoked, when the account is disabled, and when somebody else sets the account's password.
"""

from dataclasses import dataclass
from datetime import timedelta

from charity import clock, tokens
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import Rule
from charity.office import models, rules
from charity.office.models import AccountEvent
from charity.office.staff import effects, readers, verbs
from charity.office.staff.readers import Account
from charity.roles import SYSTEM, Actor, Role

NAME_MAX = 80
DAYS = 365
ID_LENGTH = 12
STORE_OTHER = Rule("token.store", "账号 {login} 属于另一门店")
DISABLED = Rule("token.disabled", "账号 {login} 已停用")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the admin sees it. `id` is the beginning of its digest; `seen_at` its last use, to the hour."""

    id: str
    staff: str
    login: str
    name: str
    created_at: str
    expires_at: str
    seen_at: str | None
    revoked_at: str | None

    @property
    def works(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > clock.stamp()


async def every(*, by: Actor) -> list[Token]:
    """All tokens that this reader may see, those that work first, then by account."""
    rows = await models.Token.visible_to(by).select_related("staff").order_by("staff__login", "created_at")
    listed = [
        Token(
            row.digest[:ID_LENGTH],
            row.staff_id,
            row.staff.login,
            row.name,
            row.created_at,
            row.expires_at or row.created_at,
            row.seen_at,
            row.revoked_at,
        )
        for row in rows
    ]
    return sorted(listed, key=lambda token: not token.works)


async def create(*, role: Role, store: str | None = None, login: str = "", name: str = "", days: int = DAYS) -> str:
    """Make a token for an account, and the account when it is missing; answers the secret.

    Without a login the account is `api-<role>` or `api-<role>-<store>`. An account that exists gets the role
    besides its own, unless nobody may hold both; it must be of the store when one is named. The token
    acts as the account, with all its roles: whoever runs this command owns the machine. It ends after `days`.
    """
    login = login or "-".join(filter(None, ("api", role.value, (store or "").lower())))
    account = await readers.by_login(login, by=SYSTEM)
    if account is None:
        account = await verbs.create(login=login, name=name or login, roles=[role], store=store, by=SYSTEM)
    _must_fit(account, store)
    key = account.key
    if role not in account.roles:
        await verbs.assign(key=key, name=account.name, roles=[*account.roles, role], store=account.store, by=SYSTEM)
    secret = tokens.secret_token()

    async def work(tx: Tx) -> None:
        in_use = "UPDATE staff SET key = key WHERE key = $1 AND disabled_at IS NULL RETURNING key"
        if not await tx.rows(in_use, key):  # looked at and locked
            raise DISABLED(login=login)
        now = clock.now()
        row = {
            "digest": tokens.digest(secret),
            "staff": key,
            "name": (name or login)[:NAME_MAX],
            "created_at": clock.stamp(now),
            "expires_at": clock.stamp(now + timedelta(days=days)),
        }
        await tx.insert("token", [row])
        await effects.note(tx, SYSTEM, key, AccountEvent.TOKEN, role.value)
        await effects.confirm_owner(tx, key)

    await transactions.run(work)
    return secret


def _must_fit(account: Account, store: str | None) -> None:
    if account.disabled_at is not None:
        raise DISABLED(login=account.login)
    if store is not None and account.store != store:
        raise STORE_OTHER(login=account.login)


async def revoke(*, token: str, by: Actor) -> Token:
    """Stop the one working token whose id begins so; answers it. Raises token.none."""
    by.must("account.manage")
    fits = [t for t in await every(by=by) if t.works and token and t.id.startswith(token.lower())]
    if len(fits) != 1:
        raise rules.TOKEN_UNKNOWN()
    (fit,) = fits

    async def work(tx: Tx) -> None:
        sql = (
            "UPDATE token SET revoked_at = $2 WHERE substr(digest, 1, $3) = $1 AND revoked_at IS NULL RETURNING digest"
        )
        if not await tx.rows(sql, fit.id, clock.stamp(), ID_LENGTH):
            raise rules.TOKEN_UNKNOWN()
        await effects.note(tx, by, fit.staff, AccountEvent.TOKEN_ENDED, fit.id)

    await transactions.run(work)
    return fit


async def revoke_all(*, login: str, by: Actor) -> int:
    """Stop all tokens of an account; how many. Raises account.unknown."""
    by.must("account.manage")
    key = (await readers.required(login, by=by)).key
    return await transactions.run(lambda tx: effects.end_tokens(tx, by, key))
