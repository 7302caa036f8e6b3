"""The command line: what it does, what it refuses in one line, and that two of it may run at once."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from charity import console, settings
from charity.cli import main
from charity.cli_accounts import token_line
from charity.db import migrations, sealed
from charity.db.locks import FileLock
from charity.demo import story
from charity.office import organisation
from charity.office.staff.tokens import Token

ROOT = Path(__file__).resolve().parents[1]
KEYS = {
    "CHARITY_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "CHARITY_DATA_KEYS": "k1:MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
}
PASSWORD = "correct horse battery"
Run = Callable[..., "Done"]


def _places(folder: Path) -> dict[str, str]:
    return {"CHARITY_DATA_DIR": str(folder), "CHARITY_DATABASE_URL": f"sqlite://{folder / 'charity.db'}"}


def _environment(folder: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CHARITY_")}
    return plain | _places(folder) | KEYS | {"PYTHONPATH": str(ROOT)}


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in this process, in an empty data folder, with keys unless told otherwise.

    An exception that the command line did not word is the test's failure.
    """
    monkeypatch.chdir(tmp_path)

    def running(*words: str, stdin: str = "", keys: bool = True, **more: str) -> Done:
        environment: dict[str, str | None] = dict.fromkeys(n for n in os.environ if n.startswith("CHARITY_"))
        settings.reset()
        sealed.forget_keys()
        environment |= _places(tmp_path) | (KEYS if keys else {}) | more
        result = CliRunner().invoke(main, words, input=stdin, env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    yield running
    settings.reset()
    sealed.forget_keys()


def _begun(run: Run) -> None:
    done = run("init", "--organisation", "测试会", "--password-stdin", stdin=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr


def test_help_lists_every_command_and_imports_no_room(tmp_path: Path) -> None:
    words = (
        "import sys, charity.cli as c; c.main(['--help'], standalone_mode=False); assert 'tortoise' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", words],
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in (
        "init",
        "migrate",
        "serve",
        "demo",
        "token",
        "account",
        "bank",
        "export",
        "verify",
        "cards",
        "assets",
        "work",
        "check",
    ):
        assert f"  {name} " in done.stdout


def test_init_makes_the_first_admin_once(run: Run) -> None:
    _begun(run)
    again = run("init", "--organisation", "测试会", "--password-stdin", stdin=PASSWORD + "\n")
    assert again.returncode == 1
    assert again.stderr.strip() == "Error: 已经有管理员，不能再次初始化"


def test_init_refuses_a_weak_password_and_missing_keys(run: Run) -> None:
    weak = run("init", "--organisation", "测试会", "--password-stdin", stdin="123\n")
    assert weak.returncode == 1
    assert "密码至少 10 个字符" in weak.stderr
    bare = run("init", "--organisation", "测试会", "--password-stdin", stdin=PASSWORD + "\n", keys=False)
    assert bare.returncode == 1
    assert "CHARITY_SECRET_KEY" in bare.stderr


def test_init_can_make_the_keys(run: Run, tmp_path: Path) -> None:
    words = ("init", "--make-keys", "--organisation", "测试会", "--password-stdin")
    done = run(*words, stdin=PASSWORD + "\n", keys=False)
    assert done.returncode == 0, done.stderr
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    assert "CHARITY_DATA_KEYS=k1:" in env.read_text()


def test_commands_before_migrate_say_so(run: Run) -> None:
    for words in (("serve",), ("token", "create", "--role", "cashier"), ("verify",), ("cards", "list")):
        done = run(*words)
        assert done.returncode == 1, words
        assert "charity migrate" in done.stderr


def test_migrate_four_times_at_once_applies_each_file_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "charity", "migrate"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = [
        subprocess.Popen(command, env=_environment(tmp_path), cwd=tmp_path, **pipes)  # type: ignore[call-overload]
        for _ in range(4)
    ]
    outputs = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 4, outputs
    output = "".join(out for out, _ in outputs)
    assert output.count("已执行 0001_ground") == 1
    assert output.count("已执行 0004_office") == 1


def test_a_token_is_printed_alone_and_acts_as_its_account(run: Run) -> None:
    _begun(run)
    done = run("token", "create", "--role", "cashier", "--account", "zhang", "--name", "报表程序")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == 43
    refused = run("token", "create", "--role", "accountant", "--account", "zhang")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "Error: 出纳不得兼任会计（《会计法》）"
    unknown = run("token", "create", "--role", "clerk", "--store", "LX99")
    assert unknown.returncode == 1
    assert "LX99" in unknown.stderr


def test_a_token_is_listed_with_days_and_hours_of_shanghai() -> None:
    night = "2026-11-25T20:30:00.000000Z"  # half past four in the morning of the 26th
    token = Token("0123456789ab", "x", "api-auditor", "报表", night, "2099-11-25T15:59:00.000000Z", night, None)
    assert token_line(token) == "0123456789ab  api-auditor  有效  2099-11-25  2026-11-26T04  报表"
    assert "已停用  2026-11-26" in token_line(replace(token, expires_at=night, revoked_at=night))


def test_tokens_are_listed_and_revoked(run: Run) -> None:
    _begun(run)
    assert run("token", "create", "--role", "auditor", "--name", "报表程序", "--days", "30").returncode == 0
    assert run("token", "create", "--role", "clerk").returncode == 0
    assert run("token", "create", "--role", "clerk", "--days", "0").returncode == 2
    lines = run("token", "list").stdout.splitlines()
    assert [line.split()[1:3] for line in lines] == [["api-auditor", "有效"], ["api-clerk", "有效"]]
    assert lines[0].endswith("—  报表程序")
    done = run("token", "revoke", lines[0].split()[0])
    assert (done.returncode, "api-auditor" in done.stdout) == (0, True), done.stderr
    assert run("token", "revoke", "--account", "api-clerk").stdout.strip() == "已停用 1 个令牌"
    assert [line.split()[2] for line in run("token", "list").stdout.splitlines()] == ["已停用", "已停用"]
    for words in (("x",), (), ("--account", "nobody")):
        assert run("token", "revoke", *words).returncode != 0, words


def test_accounts_are_managed_at_once_by_whoever_owns_the_machine(run: Run) -> None:
    _begun(run)
    words = ("account", "create", "lu", "--name", "陆", "--role", "approver", "--password-stdin")
    weak = run(*words, stdin="password123\n")
    assert (weak.returncode, "太容易猜" in weak.stderr) == (1, True)
    assert run(*words, stdin=PASSWORD + "\n").returncode == 0
    both = run("account", "roles", "lu", "--role", "approver", "--role", "admin")
    assert (both.returncode, "管理员不得兼任" in both.stderr) == (1, True)
    assert run("account", "roles", "lu", "--role", "approver", "--role", "caseworker").returncode == 0
    assert run("account", "password", "lu", "--password-stdin", stdin="another good one\n").returncode == 0
    assert run("account", "end-two-step", "lu").returncode == 0
    assert run("account", "end-two-step", "nobody").returncode == 1
    assert "lu  approver caseworker  —  可登录" in run("account", "list").stdout


def test_the_bank_account_that_pays_is_chosen(run: Run) -> None:
    _begun(run)
    assert run("bank", "list").stdout == "ICBC-01  工商银行基本户  默认付款  收款\n"
    assert run("bank", "rename", "ICBC-01", "--name", "农商银行基本户").returncode == 0
    done = run("bank", "open", "CCB-02", "--name", "建设银行专户", "--english", "CCB account")
    assert (done.returncode, '"bank.opened"' in done.stderr) == (0, True)
    assert run("bank", "pay-from", "CCB-02").returncode == 0
    assert run("bank", "list").stdout == "CCB-02  建设银行专户  默认付款\nICBC-01  农商银行基本户  收款\n"
    assert run("bank", "receive-into", "CCB-02").returncode == 0
    for words, why in (
        (("open", "CCB-02", "--name", "又一个"), "已经有资金存放处"),
        (("rename", "CCB-03", "--name", "没有"), "没有资金存放处"),
        (("pay-from", "CCB-03"), "不是开立的银行账户"),
        (("receive-into", "CCB-03"), "不是开立的银行账户"),
        (("open", "ccb/3", "--name", "小写"), "账户代码用大写字母"),
        (("open", "CCB-03", "--name", " "), "请填写名称"),
        (("open", "CCB-03", "--name", "建\u200b行"), "U+200B"),
    ):
        refused = run("bank", *words)
        assert (refused.returncode != 0, why in refused.stderr) == (True, True), (words, refused.stderr)
    assert run("bank", "list").stdout == "CCB-02  建设银行专户  默认付款  收款\nICBC-01  农商银行基本户\n"
    assert run("verify").returncode == 0


def test_sqlite_refuses_several_workers(run: Run) -> None:
    _begun(run)
    done = run("serve", "--workers", "2")
    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr


def test_an_address_that_is_taken_is_one_line_before_the_start(run: Run) -> None:
    _begun(run)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port} 不能监听" in done.stderr
    assert "Ctrl+C" not in done.stdout


def test_bad_keys_do_not_start(run: Run) -> None:
    _begun(run)
    for name, value, words in (
        ("CHARITY_SECRET_KEY", "short", "不足 32 个字符"),
        ("CHARITY_DATA_KEYS", "k1:AAAA", "密钥本身 32 字节"),
        ("CHARITY_DATA_KEYS", "k1:慈善", "不是 base64"),
        ("CHARITY_DATA_KEYS", "", "缺少"),
    ):
        done = run("serve", keys=False, **(KEYS | {name: value}))
        assert done.returncode == 1
        assert name in done.stderr
        assert words in done.stderr, "the command line speaks Chinese"


def test_the_demo_refuses_a_database_with_real_data(run: Run) -> None:
    _begun(run)
    for words in (("demo",), ("demo", "--reset")):
        done = run(*words)
        assert done.returncode == 1
        assert "真实数据" in done.stderr
    assert run("token", "create", "--role", "auditor").returncode == 0


def test_a_refused_reset_of_the_demo_takes_nothing_away(run: Run, tmp_path: Path) -> None:
    assert run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("INSERT OR REPLACE INTO organisation (id, name, short, demo) VALUES (1, '演示会', '演示', 1)")
    kept = tmp_path / "exports" / "a.pdf"
    kept.parent.mkdir()
    kept.write_text("2026-11-26", encoding="utf-8")
    server = FileLock(tmp_path / "charity.open")
    assert server.take(shared=True)
    try:
        done = run("demo", "--reset")
    finally:
        server.release()
    assert done.returncode == 1
    assert "正被另一个程序使用" in done.stderr
    assert kept.exists()
    assert (tmp_path / "charity.db").exists()


@pytest.fixture
def short_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo that tells nothing but who we are: the whole one takes twenty seconds."""

    async def load(chapters: Any, as_of: date, progress: Any) -> story.Loaded:
        assert chapters
        progress(1, 1)
        await organisation.change(organisation.Organisation("演示会", demo=True))
        return story.Loaded(0.1, 1, {})

    monkeypatch.setattr(story, "load", load)


def _demo_rows(folder: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(folder / "charity.db")) as free:
        return free.execute("SELECT o.name, i.demo_as_of FROM organisation o, installation i").fetchall()


@pytest.mark.usefixtures("short_demo")
def test_the_demo_is_loaded_once_and_only_a_reset_takes_it_away(run: Run, tmp_path: Path) -> None:
    assert run("demo", "--as-of", "2026-11-20").returncode == 0
    assert _demo_rows(tmp_path) == [("演示会", "2026-11-20")]
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("UPDATE organisation SET name = '我的演示'")
    for path in tmp_path.glob("demo.*"):  # no file beside the database decides
        path.unlink()
    again = run("demo")
    assert again.returncode == 0
    assert "演示城市已在（2026-11-20）" in again.stdout
    assert _demo_rows(tmp_path) == [("我的演示", "2026-11-20")]
    assert run("demo", "--reset", "--as-of", "2026-11-21").returncode == 0
    assert _demo_rows(tmp_path) == [("演示会", "2026-11-21")]


@pytest.mark.usefixtures("short_demo")
def test_a_demo_that_was_not_loaded_to_its_end_is_kept_until_a_reset(run: Run, tmp_path: Path) -> None:
    assert run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("INSERT INTO organisation (id, name, short, demo) VALUES (1, '我的演示', '演示', 1)")
    (tmp_path / "demo.loaded").write_text("2026-11-20\n")  # an older version's marker, or another database's
    done = run("demo")
    assert done.returncode == 1
    assert "没有装完" in done.stderr
    assert "charity demo --reset" in done.stderr
    assert _demo_rows(tmp_path) == [("我的演示", None)]
    assert run("demo", "--reset").returncode == 0
    ((name, day),) = _demo_rows(tmp_path)
    assert (name, day is not None) == ("演示会", True)


@pytest.mark.usefixtures("short_demo")
@pytest.mark.parametrize("words", [("demo",), ("demo", "--reset")])
def test_the_demo_writes_over_no_head_file_of_another_database(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    _begun(run)
    assert run("head", "--renew").returncode == 0
    real = (tmp_path / "head.json").read_text()
    elsewhere = f"sqlite://{tmp_path / 'demo.db'}"
    done = run(*words, CHARITY_DATABASE_URL=elsewhere)
    assert done.returncode == 1
    assert "head.json 不是这个数据库的" in done.stderr
    assert (tmp_path / "head.json").read_text() == real
    (tmp_path / "head.json").unlink()
    assert run(*words, CHARITY_DATABASE_URL=elsewhere).returncode == 0
    (tmp_path / "head.json").write_text(real)  # and a demo is not wiped while the file is another's
    assert run("demo", "--reset", CHARITY_DATABASE_URL=elsewhere).returncode == 1
    assert (tmp_path / "head.json").read_text() == real


@pytest.mark.usefixtures("short_demo")
@pytest.mark.parametrize("words", [("demo",), ("demo", "--reset")])
def test_a_reset_that_was_interrupted_can_be_done_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert run("demo", "--as-of", "2026-11-20").returncode == 0
    with monkeypatch.context() as full, pytest.raises(MemoryError):
        full.setattr("charity.cli_demo.migrate", raising(MemoryError))
        run("demo", "--reset")
    done = run(*words, "--as-of", "2026-11-21")
    assert done.returncode == 0, done.stderr
    assert _demo_rows(tmp_path) == [("演示会", "2026-11-21")]
    assert run("head").returncode == 0


def raising(error: type[Exception]) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.usefixtures("short_demo")
@pytest.mark.parametrize("words", [("demo",), ("demo", "--reset")])
def test_the_demo_says_what_its_own_head_file_holds_against_it(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free:
        with free:
            free.execute("UPDATE head SET seq = 9, leaf = 'x', at = '2026-11-26T00:00:00.000000Z'")
        assert "现记 #9" in run("head", "--renew").stdout
        with free:
            free.execute("UPDATE head SET seq = 0, leaf = '', at = ''")
    for line in ("缺 9 笔分录", "head.json 无法采信"):
        before = (tmp_path / "head.json").read_text()
        done = run(*words)
        assert done.returncode == 1
        assert line in done.stderr
        assert "移走" not in done.stderr, "it is the only witness"
        assert (tmp_path / "head.json").read_text() == before
        (tmp_path / "head.json").write_text("{")


@pytest.mark.parametrize(("held", "words"), [("open", ("demo", "--reset")), ("serve", ("serve", "--port", "18767"))])
def test_who_has_another_data_folder_meets_the_same_locks(
    run: Run, tmp_path: Path, held: str, words: tuple[str, ...]
) -> None:
    assert run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("INSERT OR REPLACE INTO organisation (id, name, short, demo) VALUES (1, '演示会', '演示', 1)")
    server = FileLock(tmp_path / f"charity.{held}")
    assert server.take(shared=held == "open")
    try:
        done = run(*words, CHARITY_DATA_DIR=str(tmp_path / "other"))
    finally:
        server.release()
    assert done.returncode == 1
    assert "正被另一个程序使用" in done.stderr or "已有一个服务在运行" in done.stderr
    with closing(sqlite3.connect(tmp_path / "charity.db")) as kept:
        assert kept.execute("SELECT short FROM organisation").fetchall() == [("演示",)]


def test_a_database_that_nobody_named_lies_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHARITY_DATABASE_URL", raising=False)
    monkeypatch.delenv("CHARITY_DATA_DIR", raising=False)
    assert settings.Settings().sqlite_path == tmp_path / "var" / "charity.db"
    monkeypatch.setenv("CHARITY_DATA_DIR", str(tmp_path / "data"))
    assert settings.Settings().sqlite_path == tmp_path / "data" / "charity.db"
    monkeypatch.setenv("CHARITY_DATABASE_URL", "sqlite:///elsewhere/books.db")
    chosen = settings.Settings()
    assert chosen.sqlite_path == Path("/elsewhere/books.db")
    assert chosen.lock_path("open") == Path("/elsewhere/books.open"), "beside the database, whatever the data folder"


@pytest.mark.parametrize("first", ["migrate", "check", "verify", "serve", "demo"])
def test_the_database_file_is_its_owner_s_only_whichever_command_comes_first(
    run: Run, tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charity.demo.story.load", None)  # the demo makes its file before it tells anything
    before = os.umask(0o022)
    try:
        with suppress(TypeError):
            run(first)
    finally:
        os.umask(before)
    assert (tmp_path / "charity.db").stat().st_mode & 0o777 == 0o600


OTHER = {
    "CHARITY_SECRET_KEY": "another-secret-key-of-this-length-0123",
    "CHARITY_DATA_KEYS": "k1:MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=",
}


@pytest.mark.parametrize("name", OTHER)
def test_keys_that_are_not_the_database_s_are_noticed_by_every_command(run: Run, name: str) -> None:
    _begun(run)
    wrong = KEYS | {name: OTHER[name]}
    for words in (("serve",), ("token", "create", "--role", "auditor"), ("demo",), ("work",), ("head",)):
        done = run(*words, **wrong)
        assert done.returncode == 1, words
        if words != ("demo",):  # which refuses real data before it looks at anything else
            assert name in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1
    for words in (("check",), ("verify",)):
        done = run(*words, **wrong)
        assert done.returncode == 1, words
        assert name in done.stdout
    assert run("verify").returncode == 0
    assert run("token", "create", "--role", "auditor").returncode == 0


def test_a_new_key_in_front_is_taken_and_an_old_one_is_missed(run: Run) -> None:
    _begun(run)
    old = KEYS["CHARITY_DATA_KEYS"]
    both = OTHER["CHARITY_DATA_KEYS"].replace("k1:", "k2:") + "," + old
    assert run("token", "create", "--role", "auditor", CHARITY_DATA_KEYS=both).returncode == 0
    assert run("verify", CHARITY_DATA_KEYS=both).returncode == 0
    for ring in (old, both.split(",", maxsplit=1)[0]):  # either of the two has sealed something
        done = run("verify", CHARITY_DATA_KEYS=ring)
        assert done.returncode == 1
        assert re.search(r"^KEYS CHARITY_DATA_KEYS \(k\d\) 不是这个数据库的密钥$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("words", [("migrate",), ("token", "create", "--role", "auditor"), ("verify",), ("head",)])
def test_a_command_leaves_the_database_file_alone(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    _begun(run)
    assert run(*words).returncode == 0
    assert [p.name for p in tmp_path.glob("charity.db*")] == ["charity.db"]


SPOILT = {
    "header": (0, b"garbage garbage "),
    "schema": (100, b"\xff" * 200),
    "first page of a table": (4096 * 3, b"\xff" * 4096),
}


@pytest.mark.parametrize("where", SPOILT)
def test_a_damaged_file_is_said_in_one_line_and_not_served(run: Run, tmp_path: Path, where: str) -> None:
    _begun(run)
    offset, rubbish = SPOILT[where]
    with (tmp_path / "charity.db").open("r+b") as file:
        file.seek(offset)
        file.write(rubbish)
    served = run("serve")
    assert served.returncode == 1
    assert "损坏" in served.stderr
    assert len(served.stderr.strip().splitlines()) == 1
    for words in (("check",), ("verify",)):
        done = run(*words)
        assert done.returncode == 1, words
        assert "Traceback" not in done.stdout + done.stderr
        assert "损坏" in done.stdout + done.stderr or "FILE" in done.stdout, words


def test_check_says_what_is_wrong_with_rights_and_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begun(run)
    assert run("check").returncode == 0
    (tmp_path / "charity.db").chmod(0o644)
    done = run("check")
    assert done.returncode == 1
    assert "charity.db 别的用户也能读写（644）" in done.stdout
    (tmp_path / "charity.db").chmod(0o600)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**10, free=0))
    done = run("check")
    assert done.returncode == 1
    assert "✗ 磁盘：磁盘快满了" in done.stdout
    assert "只剩 0 MB" in done.stdout


def test_head_says_where_the_books_end_and_renews_the_file_only_when_asked(run: Run, tmp_path: Path) -> None:
    _begun(run)
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("UPDATE head SET seq = 3, leaf = 'x', at = '2026-11-26T00:00:00.000000Z'")
    result = run("head")
    assert result.returncode == 1
    assert "#3" in result.stdout
    assert "head.json 不在" in result.stderr
    assert "HEAD head.json 不在" in run("verify").stdout
    assert "✗ 最近的分录：head.json 不在" in run("check").stdout
    renewed = run("head", "--renew")
    assert "head.json 已重写：原记 无，现记 #3" in renewed.stdout
    assert json.loads(renewed.stderr.splitlines()[0])["event"] == "head_file.renewed"
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("UPDATE head SET seq = 2, leaf = 'w'")
    assert "缺 1 笔分录" in run("verify").stdout
    assert "缺 1 笔分录" in run("head").stderr


@pytest.mark.usefixtures("older")
def test_the_upgrade_that_brings_head_json_begins_it_and_no_later_one(run: Run, tmp_path: Path) -> None:
    assert "head.json 已建立：#3" in run("migrate").stdout
    assert json.loads((tmp_path / "head.json").read_text())["seq"] == 3
    (tmp_path / "head.json").unlink()
    assert run("migrate").returncode == 0
    assert not (tmp_path / "head.json").exists()


@pytest.fixture
def older(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with three entries, from before head.json."""
    with monkeypatch.context() as then:
        files = [m for m in migrations.every() if m.name < console.HEAD_FILE_SINCE]
        then.setattr(migrations, "every", lambda _folder=None: files)
        assert run("migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "charity.db")) as free, free:
        free.execute("UPDATE head SET seq = 3, leaf = 'x', at = '2026-11-26T00:00:00.000000Z'")


@pytest.mark.usefixtures("older")
@pytest.mark.parametrize("keys", [False, True])
def test_an_upgrade_that_is_not_run_as_the_service_leaves_head_json_to_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, keys: bool
) -> None:
    with monkeypatch.context() as somebody:
        if keys:
            somebody.setattr(console.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
        done = run("migrate", keys=keys)
    assert done.returncode == 0
    assert "charity head --renew" in done.stdout
    assert not (tmp_path / "head.json").exists()
    assert "head.json 已重写：原记 无，现记 #3" in run("head", "--renew").stdout


@pytest.mark.usefixtures("older")
def test_an_upgrade_that_fails_after_the_step_that_brings_head_json_has_begun_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [*migrations.every(), migrations.Migration(9999, "9999_broken", "SELECT nothing FROM nowhere;")]
    with monkeypatch.context() as broken:
        broken.setattr(migrations, "every", lambda _folder=None: files)
        done = run("migrate")
    assert done.returncode == 1
    assert "9999_broken" in done.stderr
    assert json.loads(done.stderr.splitlines()[0])["event"] == "head_file.renewed"
    assert json.loads((tmp_path / "head.json").read_text())["seq"] == 3
    assert run("migrate").returncode == 0


def test_verify_of_empty_books_is_clean_and_cards_are_none(run: Run) -> None:
    _begun(run)
    done = run("verify")
    assert (done.returncode, done.stdout) == (0, "全部成立\n"), done.stderr
    assert json.loads(run("cards", "list", "--format", "json").stdout) == []


def test_check_says_what_is_missing(run: Run) -> None:
    bare = run("check", keys=False)
    assert bare.returncode == 1
    assert "✗ 密钥" in bare.stdout
    assert "charity migrate" in bare.stdout
    _begun(run)
    assert "✓ SQLite 可用，结构最新" in run("check").stdout


def test_export_refuses_an_unknown_report(run: Run) -> None:
    _begun(run)
    words = ("--format", "csv", "--from", "2026-01-01", "--to", "2026-12-31", "-o", "x.csv")
    done = run("export", "nonsense", *words)
    assert done.returncode == 1
    assert "nonsense" in done.stderr


def test_one_server_a_database_serves_and_stops_when_told(run: Run, tmp_path: Path) -> None:
    _begun(run)
    command = [sys.executable, "-m", "charity", "serve", "--port", "18765"]
    server = subprocess.Popen(
        command, env=_environment(tmp_path), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait("http://127.0.0.1:18765/readyz")
        second = run("serve", "--port", "18766")
        assert second.returncode == 1
        assert "已有一个服务在运行" in second.stderr
        beside = run("token", "create", "--role", "auditor")
        assert beside.returncode == 0, beside.stderr
        asked = urllib.request.Request("http://127.0.0.1:18765/api/v1/stores")
        asked.add_header("Authorization", f"Bearer {beside.stdout.strip()}")
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 - same
            assert json.load(answer)["items"] == []
    finally:
        server.terminate()
        _, errors = server.communicate(timeout=20)
    assert b"Traceback" not in errors
    assert run("verify").returncode == 0


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own server
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the server did not become ready")
