"""`charity bank …`: the organisation's bank accounts in the books, and which of them pays and receives.

Who runs them owns the machine. An account that was opened stays: what was booked through it names it.
"""

import logging

import click

from charity.console import Plainly, opened

log = logging.getLogger("charity.banks")


def _name(_context: click.Context, _param: click.Parameter, value: str) -> str:
    return value.strip()


def _changed(event: str, code: str) -> None:
    """The log has it, too."""
    from charity.web import logs  # noqa: PLC0415 - rooms are imported when a command needs them

    logs.begin()
    log.info(event, extra={"place": code})


@click.group(cls=Plainly)
def bank() -> None:
    """银行账户：列出、开立、改名，指定默认的付款账户和捐款的收款账户。"""


@bank.command("list")
def list_accounts() -> None:
    """银行账户：代码、名称；默认的付款账户和收款账户有标记。"""

    async def work() -> list[str]:
        from charity.ledger import accounts, places  # noqa: PLC0415 - rooms are imported when a command needs them

        marks = ((await places.paying(), "  默认付款"), (await places.receiving(), "  收款"))
        every = await places.every((accounts.BANK,))
        return [f"{one.place}  {one.name}{''.join(mark for place, mark in marks if place == one)}" for one in every]

    click.echo("\n".join(opened(work)))


@bank.command("open")
@click.argument("code")
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
@click.argument("code")
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
@click.argument("code")
def pay_from(code: str) -> None:
    """指定默认的付款账户；出纳付款时仍可另选。"""

    async def work() -> None:
        from charity.db import transactions  # noqa: PLC0415 - see above
        from charity.ledger import accounts, places  # noqa: PLC0415 - see above

        await transactions.run(lambda tx: places.pay_from(tx, f"{accounts.BANK}/{code}"))

    opened(work)
    _changed("bank.pays", code)
    click.echo(f"默认从 {code} 付款")


@bank.command("receive-into")
@click.argument("code")
def receive_into(code: str) -> None:
    """指定银行转账捐款进入的收款账户；以前的捐款不变。"""

    async def work() -> None:
        from charity.db import transactions  # noqa: PLC0415 - see above
        from charity.ledger import accounts, places  # noqa: PLC0415 - see above

        await transactions.run(lambda tx: places.receive_into(tx, f"{accounts.BANK}/{code}"))

    opened(work)
    _changed("bank.receives", code)
    click.echo(f"银行转账的捐款记入 {code}")
