"""`charity check`: what stands in the way of running, each thing in one line. Chinese only, like the command line."""

from collections.abc import Callable
from pathlib import Path

from charity.app import MODELS, PROBES
from charity.db import engine, health, integrity
from charity.printing import places
from charity.settings import SettingsError, settings

Finding = tuple[bool, str]
"""Whether it is well, and the line to print."""
Plain = Callable[[BaseException], str | None]


async def findings(plain: Plain) -> list[Finding]:
    """Look at everything; `plain` words an error that a person can mend."""
    return [*_check_settings(), *await _check_database(plain), *_check_rights(), *_check_files()]


def _check_settings() -> list[Finding]:
    chosen = settings()
    lines: list[Finding] = [(True, f"数据目录 {chosen.data_dir}"), (True, f"公开网址 {chosen.public_url}")]
    try:
        chosen.require_keys()
        lines.append((True, f"密钥可用（加密用 {next(iter(chosen.keyring()))}）"))
    except SettingsError as error:
        lines.append((False, f"密钥：{error}"))
    if not chosen.secure and not chosen.public_url.startswith(("http://127.0.0.1", "http://localhost")):
        lines.append((False, "公开网址不是 https：工作人员只能在服务器本机登录"))
    return lines


async def _check_database(plain: Plain) -> list[Finding]:
    kind = "PostgreSQL" if settings().postgres else "SQLite"
    try:
        async with engine.opened(MODELS):
            await health.look_at_file()
            problems = await health.look(PROBES)
            looked = await integrity.checkable()
    except Exception as error:  # noqa: BLE001 - a diagnosis says what it met
        return [(False, f"数据库打不开：{plain(error) or type(error).__name__}")]
    bad = {problem.probe.name for problem in problems}
    closed = "database" in bad
    lines: list[Finding] = [] if closed else [(True, f"{kind} 可用，结构最新")]
    lines += [(True, probe.label) for probe in PROBES if probe.name not in bad and not (closed and probe.reads)]
    if not looked:
        lines.append((True, "没有 amcheck，或没有权限使用它：未查看 PostgreSQL 的数据页"))
    return lines + [(False, problem.text()) for problem in problems]


def _check_rights() -> list[Finding]:
    """Files with names, keys or hashes belong to their owner only."""
    chosen = settings()
    files = [chosen.sqlite_path.with_name(chosen.sqlite_path.name + end) for end in ("", "-wal", "-shm")]
    files += [Path(".env"), chosen.data_dir / "demo.env", *sorted((chosen.data_dir / "exports").glob("*"))]
    open_files = [path for path in files if path.is_file() and path.stat().st_mode & 0o077]
    if not open_files:
        return [(True, "文件权限")]
    return [(False, f"{path} 别的用户也能读写（{path.stat().st_mode & 0o777:o}）：chmod 600") for path in open_files]


def _check_files() -> list[Finding]:
    return [
        (path.exists(), f"字体 {path.name}" if path.exists() else f"缺字体 {path.name}：运行 charity assets")
        for path in (places.FONT_REGULAR, places.FONT_BOLD)
    ] + [
        (True, f"字体 {path.name}" if path.exists() else f"没有字体 {path.name}，它的生僻字印成〓：运行 .ci/setup.sh")
        for path in places.RARE_FONTS.values()
    ]
