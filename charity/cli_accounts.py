"""`charity token …` and `charity account …`: who runs them owns the machine, so they take effect at once.

They leave the same events as the pages, in the name of `system` (charity/office/staff/changes.py says what the
pages wait for). Passwords are read from a prompt or from standard input, never from an option, which others could see.
"""

import sys
from typing import TYPE_CHECKING

import click

from charity import clock
from charity.console import Plainly, opened
from charity.roles import SYSTEM, Role

if TYPE_CHECKING:
    from charity.office import staff

ROLES = click.Choice([role.value for role in Role])
DAYS = 365
DAYS_MAX = 730


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("新密码（至少 10 个字符）", hide_input=True, confirmation_prompt=True)
    return typed


@click.group(cls=Plainly)
def token() -> None:
    """程序用的令牌。"""


@token.command("create")
@click.option("--role", required=True, type=ROLES, help="岗位")
@click.option("--store", default=None, help="门店代码")
@click.option("--account", default="", help="账号名；默认 api-岗位[-门店]，没有就建立")
@click.option("--name", default="", help="用途，便于日后辨认")
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, DAYS_MAX), help="几天后到期")
def create_token(role: str, store: str | None, account: str, name: str, days: int) -> None:
    """建立令牌，只显示一次。"""

    async def work() -> str:
        from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

        return await staff.tokens.create(role=Role(role), store=store, login=account, name=name, days=days)

    click.echo(opened(work))


@token.command("list")
@click.option("--account", default="", help="只看这个账号")
def list_tokens(account: str) -> None:
    """令牌：编号、账号、状态、到期日、最近使用、用途。"""
    from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

    for listed in opened(lambda: staff.tokens.every(by=SYSTEM)):
        if account in {"", listed.login}:
            click.echo(token_line(listed))


def token_line(listed: "staff.tokens.Token") -> str:
    """A token as one line; its days and hours are those of Shanghai."""
    state = "有效" if listed.works else "已停用" if listed.revoked_at else "已到期"
    seen = clock.instant(listed.seen_at).astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H") if listed.seen_at else "—"
    return f"{listed.id}  {listed.login}  {state}  {clock.business_date(listed.expires_at)}  {seen}  {listed.name}"


@token.command("revoke")
@click.argument("token_id", required=False)
@click.option("--account", default="", help="停用这个账号的全部令牌")
def revoke_token(token_id: str | None, account: str) -> None:
    """停用一个令牌（编号见 token list，可只写开头），或一个账号的全部令牌。"""
    from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

    if bool(token_id) == bool(account):
        raise click.UsageError("请给出令牌编号，或 --account 账号名")
    if token_id:
        ended = opened(lambda: staff.tokens.revoke(token=token_id, by=SYSTEM))
        click.echo(f"已停用 {ended.id}（{ended.login}）")
    else:
        click.echo(f"已停用 {opened(lambda: staff.tokens.revoke_all(login=account, by=SYSTEM))} 个令牌")


@click.group(cls=Plainly)
def account() -> None:
    """工作人员账号：立即生效，并留下记录。"""


@account.command("list")
def list_accounts() -> None:
    """账号：账号名、岗位、门店、状态。"""
    from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

    for listed in opened(lambda: staff.every(by=SYSTEM)):
        state = "已停用" if listed.disabled_at else "可登录" if listed.can_sign_in else "仅限令牌"
        click.echo(f"{listed.login}  {' '.join(listed.roles)}  {listed.store or '—'}  {state}")


@account.command("create")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option("--role", "roles", required=True, multiple=True, type=ROLES, help="岗位，可多次")
@click.option("--store", default=None, help="门店代码")
@click.option("--password-stdin", is_flag=True, help="从标准输入读初始密码")
@click.option("--rare", is_flag=True, help="姓名里确有字体里没有的字，打印成〓")
def create_account(
    login: str, name: str, roles: tuple[str, ...], store: str | None, *, password_stdin: bool, rare: bool
) -> None:
    """建立账号；本人第一次登录时要换成自己的密码。"""
    from charity.printing import glyphs  # noqa: PLC0415 - fonts are read when a command needs them

    if not rare and glyphs.missing(name):
        raise click.UsageError("姓名里有字体里没有的字，会印成〓；确实是这个字，请加 --rare")
    password = _password(stdin=password_stdin)

    async def work() -> None:
        from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

        chosen = [Role(role) for role in roles]
        await staff.create(login=login, name=name, roles=chosen, store=store, password=password, by=SYSTEM)

    opened(work)
    click.echo(f"已建立 {login}")


@account.command("roles")
@click.argument("login")
@click.option("--role", "roles", required=True, multiple=True, type=ROLES, help="岗位，可多次；替换原有岗位")
def set_roles(login: str, roles: tuple[str, ...]) -> None:
    """改岗位。"""

    async def work() -> None:
        from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

        held = await staff.required(login, by=SYSTEM)
        chosen = [Role(role) for role in roles]
        await staff.assign(key=held.key, name=held.name, roles=chosen, store=held.store, by=SYSTEM)

    opened(work)
    click.echo(f"{login}：{' '.join(roles)}")


@account.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码")
def set_password(login: str, *, password_stdin: bool) -> None:
    """换密码；本人下次登录时要换成自己的，令牌全部停用。"""
    password = _password(stdin=password_stdin)

    async def work() -> None:
        from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

        held = await staff.required(login, by=SYSTEM)
        await staff.set_password(key=held.key, password=password, by=SYSTEM)

    opened(work)
    click.echo(f"已更换 {login} 的密码")


@account.command("end-two-step")
@click.argument("login")
def end_two_step(login: str) -> None:
    """停用两步验证：本人丢了手机和恢复码时。"""

    async def work() -> None:
        from charity.office import staff  # noqa: PLC0415 - rooms are imported when a command needs them

        await staff.end_two_step(key=(await staff.required(login, by=SYSTEM)).key, by=SYSTEM)

    opened(work)
    click.echo(f"已停用 {login} 的两步验证")
