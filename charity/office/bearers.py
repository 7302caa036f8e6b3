"""Bearer tokens of programs: made on the command line, printed once, kept as a digest.

A token acts as one staff account; rules about different persons compare accounts, never tokens.
"""

from charity import clock, tokens
from charity.db import transactions
from charity.db.transactions import Tx
from charity.errors import Rule
from charity.office import accounts
from charity.office.accounts import Account
from charity.roles import SYSTEM, Role

NAME_MAX = 80
STORE_OTHER = Rule("token.store", "账号 {login} 属于另一门店")
DISABLED = Rule("token.disabled", "账号 {login} 已停用")


async def create(*, role: Role, store: str | None = None, login: str = "", name: str = "") -> str:
    """Make a token for an account, and the account when it is missing; answers the secret.

    Without a login the account is `api-<role>` or `api-<role>-<store>`. An account that exists gets the role
    besides its own, unless nobody may hold both; it must be of the store when one is named. The token
    acts as the account, with all its roles: whoever runs this command owns the machine.
    """
    login = login or "-".join(filter(None, ("api", role.value, (store or "").lower())))
    account = await accounts.by_login(login)
    if account is None:
        account = await accounts.create(login=login, name=name or login, roles=[role], store=store, by=SYSTEM)
    _must_fit(account, store)
    key = account.key
    if role not in account.roles:
        await accounts.assign(key=key, name=account.name, roles=[*account.roles, role], store=account.store, by=SYSTEM)
    secret = tokens.secret_token()

    async def work(tx: Tx) -> None:
        at = clock.stamp()
        row = {"digest": tokens.digest(secret), "staff": key, "name": (name or login)[:NAME_MAX], "created_at": at}
        await tx.insert("token", [row])
        event = {"at": at, "actor": SYSTEM.key, "staff": key, "act": "token", "detail": role.value}
        await tx.insert("staff_event", [event])

    await transactions.run(work)
    return secret


def _must_fit(account: Account, store: str | None) -> None:
    if account.disabled_at is not None:
        raise DISABLED(login=account.login)
    if store is not None and account.store != store:
        raise STORE_OTHER(login=account.login)


async def revoke_all(*, login: str) -> int:
    """Stop all tokens of an account; how many."""
    account = await accounts.by_login(login)
    if account is None:
        return 0
    key = account.key

    async def work(tx: Tx) -> int:
        sql = "UPDATE token SET revoked_at = $2 WHERE staff = $1 AND revoked_at IS NULL RETURNING digest"
        return len(await tx.rows(sql, key, clock.stamp()))

    return await transactions.run(work)
