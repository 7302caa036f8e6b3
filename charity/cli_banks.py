"""`charity bank …`: the organisation's bank accounts in the books, and the one that pays when nobody chose another.

Who runs them owns the machine. An account that was opened stays: what was booked through it names it.
"""

import logging
import re

import click

from charity.console import Plainly, opened

log = logging.getLogger("charity.banks")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")


def _code(_context: click.Context, _param: click.Parameter, value: str) -> str:
    if not CODE.fullmatch(value):
        raise click.BadParameter("账户代码用大写字母、数字和连字符，最多 16 个字符，如 CCB-02")
    return value


def _name(_context: click.Context, _param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("请填写名称")
    return value.strip()


def _changed(event: str, code: str) -> None:
    """The log has it, too."""
    from charity.web import logs  # noqa: PLC0415 - rooms are imported when a command needs them

    logs.begin()
    log.info(event, extra={"place": code})


@click.group(cls=Plainly)
def bank() -> None:
    """银行账户：列出、开立、改名，指定默认的付款账户。"""


@bank.command("list")
def list_accounts() -> None:
    """银行账户：代码、名称；默认的付款账户有标记。"""

    async def work() -> list[str]:
        from charity.ledger import accounts, places  # noqa: PLC0415 - rooms are imported when a command needs them

        pays = await places.paying()
        every = await places.every((accounts.BANK,))
        return [f"{one.place}  {one.name}{'  默认付款' if one == pays else ''}" for one in every]

    click.echo("\n".join(opened(work)))


@bank.command("open")
@click.argument("code", callback=_code)
@click.option("--name", required=True, callback=_name, help="名称，印在付款凭证上")
@click.option("--english", default="", help="英文名称")
def open_account(code: str, name: str, english: str) -> None:
    """登记一个新开立的银行账户。"""

    async def work() -> None:
        from charity.db import transactions  # noqa: PLC0415 - see above
        from charity.ledger import accounts, places  # noqa: PLC0415 - see above

        row = {"chart": accounts.BANK, "place": code, "name": name, "name_en": english}
        await transactions.run(lambda tx: places.open_place(tx, **row))

    opened(work)
    _changed("bank.opened", code)
    click.echo(f"已登记 {code} {name}")


@bank.command("rename")
@click.argument("code", callback=_code)
@click.option("--name", required=True, callback=_name, help="名称，印在付款凭证上")
@click.option("--english", default="", help="英文名称")
def rename_account(code: str, name: str, english: str) -> None:
    """改银行账户的名称；以前的付款也显示新的名称。"""

    async def work() -> None:
        from charity.db import transactions  # noqa: PLC0415 - see above
        from charity.ledger import accounts, places  # noqa: PLC0415 - see above

        place = await places.get(f"{accounts.BANK}/{code}", field="code")
        await transactions.run(lambda tx: places.rename(tx, place.code, name=name, name_en=english))

    opened(work)
    _changed("bank.renamed", code)
    click.echo(f"{code}：{name}")


@bank.command("pay-from")
@click.argument("code", callback=_code)
def pay_from(code: str) -> None:
    """指定默认的付款账户；出纳付款时仍可另选。"""

    async def work() -> None:
        from charity.db import transactions  # noqa: PLC0415 - see above
        from charity.ledger import accounts, places  # noqa: PLC0415 - see above

        await transactions.run(lambda tx: places.pay_from(tx, f"{accounts.BANK}/{code}"))

    opened(work)
    _changed("bank.pays", code)
    click.echo(f"默认从 {code} 付款")
