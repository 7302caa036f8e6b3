"""`charity demo`: load the demo city, and never over anything that is not a demo.

Whether a database is a demo, and whether all of it is loaded, stands in the database itself; a file beside it can
be missing, or another database's. Without `--reset` nothing is ever taken away.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import click

from charity.console import migrate, opened

if TYPE_CHECKING:
    from charity.demo.reset import Rights


class Kind(StrEnum):
    """What a database holds."""

    EMPTY = "empty"
    DEMO = "demo"
    REAL = "real"


def bring(as_of: date | None, *, again: bool) -> None:
    """Load the demo whose story ends on `as_of` (today), or say that it is there; `again`: instead of the one there."""
    from charity.demo import reset  # noqa: PLC0415 - rooms are imported when a command needs them

    kind, database = asyncio.run(_look())
    if kind is Kind.REAL:
        raise reset.NOT_A_DEMO()
    if kind is Kind.DEMO and not again:
        _say_what_is_there()
    else:
        rights = asyncio.run(reset.wipe(database)) if kind is Kind.DEMO else []
        _load(as_of, rights)
    _say_accounts()


async def _look() -> tuple[Kind, str | None]:
    """What the database holds, and its id if it has one.

    Refuses a head.json that does not fit: it may be the only witness of real entries.
    """
    from charity.app import CHAPTERS, MODELS  # noqa: PLC0415
    from charity.db import engine, installation, reading  # noqa: PLC0415
    from charity.demo import story  # noqa: PLC0415
    from charity.office import organisation  # noqa: PLC0415

    async with engine.opened(MODELS):
        catalog = "pg_tables WHERE tablename" if engine.state().postgres else "sqlite_master WHERE name"
        staff, ids = [
            await reading.value(f"SELECT count(*) FROM {catalog} = '{table}'")  # noqa: S608 - constants
            for table in ("staff", "installation")
        ]
        if not staff:
            kind = Kind.EMPTY
        elif (await organisation.get()).demo:
            kind = Kind.DEMO
        else:
            kind = Kind.EMPTY if await story.is_empty(CHAPTERS) else Kind.REAL
        database = await installation.database_id() if ids else None
        if kind is not Kind.REAL:
            await _head_file_must_fit(kind, database)
    return kind, database


async def _head_file_must_fit(kind: Kind, database: str | None) -> None:
    """Refuse what head.json says against a demo here; that entries of a demo are gone is no matter to a new one."""
    from charity.demo import reset  # noqa: PLC0415
    from charity.ledger import head_file, rules  # noqa: PLC0415

    foreign = reset.HEAD_OF_ANOTHER(path=str(head_file.path()))
    if database is None:  # nothing of ours yet, or older than head.json
        if head_file.path().exists():
            raise foreign
        return
    wrong = await head_file.problem()
    if wrong is None:
        return
    if wrong.code == rules.HEAD_FOREIGN.code:
        raise foreign
    if kind is Kind.EMPTY or wrong.code == rules.HEAD_UNREADABLE.code:
        raise wrong  # an empty database that has lost all its entries is no place for a demo


def _say_what_is_there() -> None:
    from charity.db import installation  # noqa: PLC0415
    from charity.demo import reset  # noqa: PLC0415

    migrate()  # a demo of an older version is brought up to date
    day = opened(installation.demo_as_of)
    if day is None:
        raise reset.NOT_WHOLE()
    click.echo(f"演示城市已在（{day}）；重新装入：charity demo --reset")


def _load(as_of: date | None, rights: Sequence["Rights"]) -> None:
    from charity import clock  # noqa: PLC0415
    from charity.db import installation  # noqa: PLC0415
    from charity.demo import reset  # noqa: PLC0415

    migrate()
    asyncio.run(reset.restore(rights))
    day = as_of or clock.today()
    seconds, entries = opened(partial(_play, day), writing=True, loading=True)
    os.sync()
    opened(partial(installation.note_demo, day))
    click.echo(f"已装入：{entries:,} 笔分录，用时 {seconds:.1f} 秒")


async def _play(as_of: date) -> tuple[float, int]:
    from charity.app import CHAPTERS  # noqa: PLC0415
    from charity.demo import story  # noqa: PLC0415
    from charity.ledger import demo as books  # noqa: PLC0415

    with click.progressbar(length=1000, label="装入演示城市", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.update(done * 1000 // max(total, 1) - bar.pos)

        loaded = await story.load(CHAPTERS, as_of=as_of, progress=progress)
    return loaded.seconds, await books.entries()


def _say_accounts() -> None:
    from charity.office import demo as office  # noqa: PLC0415

    click.echo("\n演示账号（密码都一样）：" + office.PASSWORD)
    for login, name, roles, store in office.STAFF:
        click.echo(f"  {login:<14}{name}  {' '.join(roles)}{'  ' + store if store else ''}")
