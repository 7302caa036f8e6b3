"""The command line: `charity COMMAND`. Each command does one thing and says what it did.

Errors that a person can mend are one line and exit code 1, never a traceback. Rooms are imported inside
the commands, so that `charity --help` is quick.
"""

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from charity import cli_accounts, cli_banks, cli_demo, console, starting
from charity.arguments import Day, Judged
from charity.console import Plainly, opened, plain

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
GRACEFUL_S = 10
STORY_FROM = date(2010, 1, 1)
"""The story may end on no earlier day: its archives are of 2008 and 2010."""


async def _must_be_whole() -> None:
    """Do not serve a damaged database; a large file is looked at a little later, beside the server."""
    from charity.db import health, integrity  # noqa: PLC0415
    from charity.settings import settings  # noqa: PLC0415

    chosen = settings()
    if chosen.postgres or chosen.sqlite_path.stat().st_size > integrity.QUICK_BYTES_MAX:
        return
    damaged = await health.look_at_file()
    if damaged is not None:
        raise damaged


@click.group(cls=Plainly, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """县级慈善平台。A county charity platform."""


main.add_command(cli_accounts.token)
main.add_command(cli_accounts.account)
main.add_command(cli_banks.bank)


@main.command()
@click.option("--login", default="admin", show_default=True, help="管理员的账号名")
@click.option("--name", default="管理员", show_default=True, help="管理员的姓名")
@click.option("--organisation", "organisation_name", prompt="单位名称", help="单位名称，印在每张收据上")
@click.option("--short", default="", help="简称")
@click.option("--phone", default="", help="电话")
@click.option("--address", default="", help="地址")
@click.option("--credit-code", default="", help="统一社会信用代码")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码")
@click.option("--make-keys", is_flag=True, help="缺密钥时生成，写入 .env")
def init(login: str, name: str, password_stdin: bool, make_keys: bool, **details: str) -> None:  # noqa: FBT001 - click passes flags so
    """建表，登记单位，建立第一个管理员。"""
    from charity.settings import settings  # noqa: PLC0415

    if make_keys:
        _make_keys(Path(".env"))
    settings().require_keys()
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("密码（至少 10 个字符）", hide_input=True, confirmation_prompt=True)
    console.migrate()

    async def work() -> None:
        from charity.office import organisation, rules, staff  # noqa: PLC0415
        from charity.roles import SYSTEM, Role  # noqa: PLC0415

        if await staff.has_admin():
            raise rules.ALREADY_BEGUN()
        staff.weakness.must_be_good(
            password, login, staff.weakness.words_of(details["organisation_name"], details["short"])
        )
        await staff.create(login=login, name=name, roles=[Role.ADMIN], password=password, initial=False, by=SYSTEM)
        registered = organisation.Organisation(
            details["organisation_name"],
            short=details["short"] or details["organisation_name"],
            phone=details["phone"],
            address=details["address"],
            credit_code=details["credit_code"],
        )
        await organisation.change(registered)

    opened(work)
    click.echo(f"完成。管理员账号：{login}。现在可以运行 charity serve，并在 /sign-in 登录。")


def _make_keys(path: Path) -> None:
    """Add missing keys to .env, readable by its owner only."""
    import base64  # noqa: PLC0415
    import secrets  # noqa: PLC0415

    from charity import settings  # noqa: PLC0415

    chosen = settings.settings()
    lines = ""
    if not chosen.secret_key:
        lines += f"CHARITY_SECRET_KEY={secrets.token_hex(32)}\n"
    if not chosen.data_keys:
        lines += f"CHARITY_DATA_KEYS=k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    if lines:
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)
        click.echo(f"密钥已写入 {path}，请妥善备份：丢失后已加密的资料无法恢复。")
    settings.reset()


@main.command()
def migrate() -> None:
    """建表或升级数据库；可以多处同时运行。"""
    done = console.migrate()
    click.echo("\n".join(f"已执行 {name}" for name in done) or "数据库已是最新")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="进程数（仅 PostgreSQL 可多于 1）"
)
def serve(host: str, port: int, workers: int) -> None:
    """启动网站和接口。"""
    _serve(host, port, workers)


def _must_be_free(host: str, port: int) -> None:
    """Say in one line that the address cannot be listened on, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} 不能监听（{error.strerror}）：端口已被占用，或地址不是本机的"
        ) from None


def _serve(host: str, port: int, workers: int) -> None:
    with starting.importing():
        import uvicorn  # noqa: PLC0415 - only this command serves

        from charity import app  # noqa: PLC0415
        from charity.settings import settings  # noqa: PLC0415
        from charity.web import connections  # noqa: PLC0415

    settings().require_keys()
    if not settings().postgres:
        if workers > 1:
            raise click.ClickException(
                "SQLite 只能由一个进程服务；--workers 大于 1 时请用 PostgreSQL（CHARITY_DATABASE_URL）"
            )
        app.serve_lock().release()

    opened(_must_be_whole)
    _must_be_free(host, port)
    click.echo(f"http://{host}:{port}  （Ctrl+C 停止）")
    try:
        uvicorn.run(
            "asgi:app",
            app_dir=str(ROOT),
            host=host,
            port=port,
            workers=workers,
            loop="uvloop",
            http="charity.web.connections:Guarded",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=connections.BACKLOG,
            timeout_keep_alive=connections.KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACEFUL_S,
        )
    except KeyboardInterrupt:
        click.echo("已停止")


@main.command()
@click.option("--reset", is_flag=True, help="删去已有的演示数据，重新装入")
@click.option("--as-of", type=Day(STORY_FROM), default=None, help="故事结束的日期，默认今天")
@click.option("--serve", "then_serve", is_flag=True, help="装入后启动")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(reset: bool, as_of: date | None, then_serve: bool, host: str, port: int) -> None:  # noqa: FBT001 - click passes flags so
    """装入演示城市；有真实数据的数据库一律拒绝。"""
    from charity import settings  # noqa: PLC0415

    chosen = settings.settings()
    if not (chosen.secret_key or chosen.data_keys):
        settings.make_demo_keys(chosen.data_dir)
        settings.reset()
    settings.settings().require_keys()
    cli_demo.bring(as_of, again=reset)
    if then_serve:
        _serve(host, port, 1)


class WithFilters(Judged):
    """A command with an option for each filter that the documents have."""

    _options: tuple[click.Option, ...] = ()

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The parameters, asked for when the command runs or explains itself."""
        if not self._options:
            with starting.importing():
                from charity.app import DOCUMENTS  # noqa: PLC0415 - rooms are imported when a command needs them

            filters = {wanted.name: wanted for document in DOCUMENTS for wanted in document.filters}
            self._options = tuple(
                click.Option([f"--{wanted.name}"], default="", help=wanted.label) for wanted in filters.values()
            )
        return [*super().get_params(ctx), *self._options]


@main.command(cls=WithFilters)
@click.argument("report")
@click.option("--format", "fmt", required=True, type=click.Choice(["pdf", "xlsx", "csv"]))
@click.option("--from", "begin", required=True, type=Day(), help="起，YYYY-MM-DD")
@click.option("--to", "end", required=True, type=Day(), help="止（含），YYYY-MM-DD")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("-o", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(report: str, fmt: str, begin: date, end: date, language: str, out: Path, **chosen: str) -> None:
    """导出台账：donations、disbursements、stock、units、unit-staff、bank_lines……名字写在菜单的地址里。"""
    from charity.documents import exports, forms, registry  # noqa: PLC0415

    filters = forms.filters_of(registry.document(report), begin.isoformat(), end.isoformat(), chosen)

    async def work() -> str:
        with click.progressbar(length=1000, label=str(out), file=sys.stderr) as bar:

            async def on_progress(done: int, total: int) -> None:
                bar.update(done * 1000 // max(total, 1) - bar.pos)

            return await exports.make_now(
                report=report, fmt=fmt, filters=filters, out=out, language=language, on_progress=on_progress
            )

    code = opened(work)
    click.echo(f"{out}（核验码 {code}）")


@main.command(hidden=True)
@click.argument("order")
def export_order(order: str) -> None:
    """后台任务自用：制作一份导出，进度写到标准输出。"""
    from charity.documents import exports_child  # noqa: PLC0415

    exports_child.end_with_the_worker()
    opened(lambda: exports_child.make(order))


@main.command(hidden=True)
@click.argument("key")
def receipt_file(key: str) -> None:
    """后台任务自用：打印一份收据文件，进度写到标准输出。"""
    from charity.documents import exports_child  # noqa: PLC0415
    from charity.giving import receipt_files  # noqa: PLC0415

    exports_child.end_with_the_worker()
    opened(lambda: receipt_files.make(key, exports_child.say))


@main.command()
def verify() -> None:
    """核对全部不变式；有一条不成立就以非零码退出。"""
    from charity import verification  # noqa: PLC0415
    from charity.db import gauges  # noqa: PLC0415

    began = time.monotonic()
    failures = opened(verification.failures, own_keys=False)
    gauges.note_verified(failures=len(failures), seconds=time.monotonic() - began)
    for words in failures:
        click.echo(words)
    if failures:
        raise SystemExit(1)
    click.echo("全部成立")


@main.command()
@click.option("--renew", is_flag=True, help="以数据库现在的样子重写 head.json（有意恢复备份、换了机器之后）")
def head(renew: bool) -> None:  # noqa: FBT001 - click passes flags so
    """账簿的末尾：数据库与 head.json 是否一致。"""

    async def work() -> None:
        from charity.ledger import head_file  # noqa: PLC0415
        from charity.web import logs  # noqa: PLC0415

        if renew:
            logs.begin()  # it changes something: the log has it, too
            old, new = await head_file.renew()
            before = f"#{old.seq}（{old.at}）" if old else "无"
            click.echo(f"head.json 已重写：原记 {before}，现记 #{new.seq}（{new.at}）")
        now = await head_file.present()
        click.echo(f"数据库 {now.database}：#{now.seq} {now.at} {now.leaf}")
        wrong = await head_file.problem()
        if wrong is not None:
            raise wrong

    opened(work)


@main.group(cls=Plainly)
def cards() -> None:
    """爱心卡。"""


@cards.command("list")
@click.option("--store", default=None, help="门店代码")
@click.option("--format", "fmt", type=click.Choice(["json", "text"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
def list_cards(store: str | None, fmt: str, limit: int) -> None:
    """有效的卡号；不含姓名。"""

    async def work() -> Sequence[dict[str, Any]]:
        from charity.goods import cards as aid_cards  # noqa: PLC0415

        return await aid_cards.active(store=store, limit=limit)

    rows = opened(work)
    click.echo(json.dumps(rows, ensure_ascii=False) if fmt == "json" else "\n".join(str(row["code"]) for row in rows))


@main.command()
def assets() -> None:
    """取回字体和第三方脚本（按锁定的版本和哈希）。"""
    from charity import assets as fetched  # noqa: PLC0415

    fetched.fetch(ROOT)
    click.echo("字体和脚本已就绪")


@main.command()
def work() -> None:
    """运行后台任务，直到停止（PostgreSQL；SQLite 由 serve 自己运行）。"""
    from charity.app import PROBES  # noqa: PLC0415
    from charity.background import supervised  # noqa: PLC0415
    from charity.db import health  # noqa: PLC0415
    from charity.jobs import worker  # noqa: PLC0415
    from charity.settings import settings  # noqa: PLC0415
    from charity.web import logs  # noqa: PLC0415

    settings().require_keys()
    logs.begin()

    async def working() -> None:
        ours = asyncio.current_task()
        assert ours is not None
        for number in (signal.SIGINT, signal.SIGTERM):  # what a service manager sends, and a shell that ignores Ctrl+C
            asyncio.get_running_loop().add_signal_handler(number, ours.cancel)
        async with supervised("health", lambda: health.watch(PROBES)), supervised("file", health.watch_file):
            await worker.forever()

    try:
        opened(working, writing=True)
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("已停止")


@main.command()
def check() -> None:
    """诊断：设置、密钥、数据库及其文件、磁盘、权限、时钟、字体。"""
    from charity import diagnosis  # noqa: PLC0415

    findings = asyncio.run(diagnosis.findings(plain))
    for good, words in findings:
        click.echo(f"{'✓' if good else '✗'} {words}")
    if not all(good for good, _ in findings):
        raise SystemExit(1)
