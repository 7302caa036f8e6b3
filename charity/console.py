"""What every command of the line shares: the open database, and one line instead of a traceback."""

import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click
import uvloop

from charity import starting
from charity.arguments import Judged

T = TypeVar("T")


def plain(error: BaseException) -> str | None:
    """One line for an error that a person can mend; None for a fault of ours."""
    from charity import assets, words  # noqa: PLC0415 - only when something went wrong
    from charity.db import engine, locks, migrations  # noqa: PLC0415
    from charity.errors import Refusal, Unavailable  # noqa: PLC0415
    from charity.settings import SettingsError  # noqa: PLC0415

    if isinstance(error, Unavailable):
        error = error.rule()
    if isinstance(error, Refusal):
        fields = "；".join(words.say(f.message, **dict(f.facts)) for f in error.fields)
        return fields or words.say(error.words, **error.facts)
    if isinstance(error, engine.DatabaseInUse | locks.LockBusy):
        return f"数据库正被另一个程序使用：{error}"
    if type(error).__name__ == "ServedAlready":
        return f"已有一个服务在运行（{error}）；SQLite 只允许一个。需要多个进程时请用 PostgreSQL"
    if isinstance(error, SettingsError | migrations.MigrationError | assets.AssetsError):
        return str(error)
    return _plain_database(error)


def _plain_database(error: BaseException) -> str | None:
    """The line for what the database or a file said."""
    import sqlite3  # noqa: PLC0415 - only when something went wrong

    from asyncpg import PostgresError  # noqa: PLC0415
    from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError  # noqa: PLC0415

    from charity.db.migrations import MigrationFailed  # noqa: PLC0415

    if isinstance(error, MigrationFailed):
        kept = f"此前的 {'、'.join(error.before)} 已执行并保留" if error.before else "数据库没有改动"
        return f"升级步骤 {error.name} 没有成功，已整步退回；{kept}。原因：{error.reason[:300]}"
    if isinstance(error, IntegrityError):  # of PostgreSQL's words the first line only: the others repeat values
        return f"数据库拒绝写入，没有保存：{str(error).splitlines()[0][:200]}"
    cause = error if isinstance(error, sqlite3.Error) else next(iter(error.args), None)
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return f"数据库文件已损坏，请停止使用，从备份恢复：{cause}"
    unavailable = DBConnectionError | ConnectionError | PostgresError | OSError | OperationalError | sqlite3.Error
    if isinstance(error, unavailable):
        return f"数据库或文件不可用：{type(error).__name__}: {str(error)[:200]}"
    return None


class Plainly(click.Group):
    """A group whose commands end with one line where a person can mend the cause."""

    command_class = Judged

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            line = plain(error)
            if line is None:
                raise
            raise click.ClickException(line) from None


def opened(
    work: Callable[[], Awaitable[T]], *, writing: bool = False, own_keys: bool = True, loading: bool = False
) -> T:
    """Run with the migrated database open, and with the writer when the work posts.

    `own_keys=False` goes on with keys that are not the database's; `loading` is for the demo load only.
    """
    with starting.importing():
        from charity.app import MODELS  # noqa: PLC0415 - rooms are imported when a command needs them
        from charity.db import engine, installation  # noqa: PLC0415
        from charity.ledger import writer  # noqa: PLC0415

    async def whole() -> T:
        async with engine.opened(MODELS, loading=loading):
            await must_be_migrated()
            if own_keys:
                await installation.require_own_keys()
            if not writing:
                return await work()
            async with writer.running():
                return await work()

    return uvloop.run(whole())


async def must_be_migrated() -> None:
    """Stop with one line while a migration is missing."""
    from charity.db import migrations  # noqa: PLC0415

    missing = await migrations.pending()
    if missing:
        raise click.ClickException(f"数据库还缺 {len(missing)} 个建表步骤（{missing[0]}…）：请先运行 charity migrate")


HEAD_FILE_SINCE = "0017_installation"
"""The migration from which on a database has a head.json."""


def migrate() -> list[str]:
    """Apply what is missing in `migrations/`; the names of what was applied.

    An upgrade from before head.json begins it, also when a later file fails: from then on a missing one is a fault.
    """
    from charity.db import engine, migrations  # noqa: PLC0415 - see above

    async def work() -> list[str]:
        async with engine.opened(migrating=True):
            try:
                done = await migrations.migrate()
            except migrations.MigrationFailed as error:
                await _begin_head_file(error.before)
                raise
            await _begin_head_file(done)
            return done

    return uvloop.run(work())


async def _begin_head_file(done: list[str]) -> None:
    """Begin head.json in the upgrade that brings it, or say who has to: the serving process must be able to read it."""
    from charity.ledger import head_file  # noqa: PLC0415 - see above
    from charity.web import logs  # noqa: PLC0415

    if HEAD_FILE_SINCE not in done or head_file.path().exists() or not (await head_file.present()).seq:
        return
    if not _serves_from_here():
        click.echo("head.json 尚未建立：请以运行服务的系统用户和密钥执行 charity head --renew，再启动服务")
        return
    logs.begin()  # as in `charity head --renew`: the log has it, too
    _, now = await head_file.renew()
    click.echo(f"head.json 已建立：#{now.seq}（{now.at}）")


def _serves_from_here() -> bool:
    """Whether we have keys and own the data folder; whoever only owns PostgreSQL's tables may have neither."""
    from charity.settings import SettingsError, settings  # noqa: PLC0415 - see above

    try:
        settings().require_keys()
    except SettingsError:
        return False
    folder = settings().data_dir
    return folder.is_dir() and folder.stat().st_uid == os.geteuid()
