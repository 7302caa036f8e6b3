"""The house stands as it was drawn: sizes, docstrings, doors, docs and guards. Storeys are import-linter's."""

import ast
import re
from functools import cache
from pathlib import Path

import guides
import pytest

from charity import settings as charity_settings
from charity.db import engine, reading

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "charity"
FILE_LINES_MAX, FUNCTION_LINES_MAX, SCRIPT_LINES_MAX = 600, 70, 150
FILES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(p.parent for p in PACKAGE.glob("*/__init__.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 <= FUNCTION_LINES_MAX, f"{path.name}: {node.name}"


def asks_the_time(text: str) -> list[str]:
    """Functions that decide on a `State` and ask what time it is: a command's is the state's, else its verb's."""
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(arg.annotation is not None and ast.unparse(arg.annotation) == "State" for arg in node.args.args)
        and re.search(r"clock\.(now|today|stamp|later|milliseconds)\(", ast.unparse(node))
    ]


def test_no_decision_asks_the_clock() -> None:
    assert asks_the_time("def decide(state: State) -> Answer:\n    return clock.today()") == ["decide"]
    assert asks_the_time("def decide(state: State) -> Answer:\n    return clock.business_date(state.now)") == []
    asking = {str(path.relative_to(ROOT)): asks_the_time(path.read_text(encoding="utf-8")) for path in FILES}
    assert not {path: names for path, names in asking.items() if names}


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_every_room_has_a_docstring_and_nothing_else_in_its_init(room: Path) -> None:
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    words = ast.get_docstring(tree)
    assert words is not None
    assert 4 <= len(words.splitlines()) <= 14
    assert len(tree.body) == 1


CLOSETS = sorted(p.parent for p in PACKAGE.glob("*/*/__init__.py") if "__all__" in p.read_text(encoding="utf-8"))
CLOSET_LINES_MAX = 1_500
DOOR = 3
"""Parts of the name of a door: charity.giving.receipts."""
INSIDE_A_ROOM = {"api", "documents", "forms", "jobs", "routes", "screens"}
"""What closets of one room may take from one another past the door: what a door does not hand on."""


def behind_doors(source: str, path: Path, closets: list[Path]) -> list[str]:
    """The imports of a file that go past the door of a closet it is not in; its room.py joins them all."""
    bad = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.ImportFrom) and node.module and not node.level):
            continue
        for name in node.names:
            parts = [*node.module.split("."), name.name]
            if parts[0] != "charity" or len(parts) <= DOOR:
                continue
            for closet in (one for one in closets if [*one.parts[-2:]] == parts[1:DOOR]):
                inner = parts[DOOR]
                if not (closet / f"{inner}.py").is_file() or inner in _handed_on(closet) or path.is_relative_to(closet):
                    continue
                same = path.is_relative_to(closet.parent)
                if not (same and (inner in INSIDE_A_ROOM or path.name == "room.py")):
                    bad.append(f"{path.relative_to(PACKAGE)}: {'.'.join(parts[: DOOR + 1])}")
    return bad


@cache
def _handed_on(closet: Path) -> list[str]:
    """The names of a door's `__all__`."""
    for node in ast.parse((closet / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def test_outsiders_use_the_door_of_a_closet() -> None:
    assert [bad for path in FILES for bad in behind_doors(path.read_text(encoding="utf-8"), path, CLOSETS)] == []


@pytest.mark.parametrize(
    ("path", "source", "refused"),
    [
        ("disclosure/routes.py", "from charity.giving import receipts", False),
        ("disclosure/routes.py", "from charity.giving.receipts import masked_pdf", False),
        ("disclosure/routes.py", "from charity.giving.receipts import documents", True),
        ("disclosure/routes.py", "from charity.giving.receipts.verbs import void", True),
        ("disclosure/routes.py", "from charity.giving import work_units", False),
        ("giving/refunds/verbs.py", "from charity.giving.receipts.verbs import end", True),
        ("giving/pledges/routes.py", "from charity.giving.receipts.routes import to_receipt", False),
        ("giving/receipts/routes.py", "from charity.giving.receipts.verbs import void", False),
    ],
)
def test_a_way_past_a_door_is_seen(path: str, source: str, refused: bool) -> None:  # noqa: FBT001
    assert bool(behind_doors(source, PACKAGE / path, CLOSETS)) is refused


@pytest.mark.parametrize("closet", CLOSETS, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_closet_stays_small(closet: Path) -> None:
    assert sum(p.read_text(encoding="utf-8").count("\n") for p in closet.rglob("*.py")) <= CLOSET_LINES_MAX


STARTS = {"all", "exclude", "filter", "first", "get", "get_or_none", "in_bulk"}
READ_BY_PERMISSION = ("giving", "office", "people")
"""Rooms whose readers start at what their reader may see; the other rooms follow."""


def bare(source: str) -> list[str]:
    """Queries that start at a model itself: neither `visible_to(by)` nor `with_code(code)` says who may see the rows."""
    tree = ast.parse(source)
    models = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
        for name in node.names
    }
    return [
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STARTS
        if isinstance(node.func.value, ast.Name) and node.func.value.id in models
    ]


@pytest.mark.parametrize("room", READ_BY_PERMISSION)
def test_readers_start_at_what_their_reader_may_see(room: str) -> None:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        assert bare(path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("Receipt.filter(code=code)", ["Receipt.filter"]),
        ("await Receipt.get_or_none(code=code)", ["Receipt.get_or_none"]),
        ("Receipt.visible_to(by).filter(code=code)", []),
        ("Receipt.with_code(code).first()", []),
        ("found.get(code)", []),
    ],
)
def test_a_bare_query_is_seen(query: str, seen: list[str]) -> None:
    assert bare(f"from charity.giving.models import Receipt\nasync def f(): {query}") == seen


def test_a_template_is_rendered_by_its_own_room() -> None:
    for path in FILES:
        room = path.relative_to(PACKAGE).parts[0]
        for folder in re.findall(r'"([a-z]+)/[a-z_/]+\.(?:html|typ)"', path.read_text(encoding="utf-8")):
            assert folder == room, path
    for path in sorted((ROOT / "templates").glob("*/**/*.html")):
        room = path.relative_to(ROOT / "templates").parts[0]
        for folder in re.findall(r'(?:include|import|extends|from) "([a-z]+)/', path.read_text(encoding="utf-8")):
            assert folder == room, path


def test_own_scripts_stay_small_and_are_modules() -> None:
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        assert path.read_text(encoding="utf-8").count("\n") <= SCRIPT_LINES_MAX, path.name


def test_no_template_carries_script_or_style_of_its_own() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if path.is_relative_to(ROOT / "templates" / "printing"):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script, path


def test_no_page_or_style_names_a_foreign_host() -> None:
    for path in [
        *(ROOT / "templates").rglob("*"),
        *(ROOT / "static" / "css").glob("*"),
        *(ROOT / "static" / "js").glob("*"),
    ]:
        if path.is_file():
            hosts = re.findall(r"https?://([a-z0-9.\-]+)", path.read_text(encoding="utf-8"))
            assert set(hosts) <= {"www.w3.org", "127.0.0.1", "localhost"}, path


@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_every_setting_is_in_the_docs(language: str) -> None:
    text = guides.guide(language)
    for name in charity_settings.Settings.model_fields:
        assert f"CHARITY_{name.upper()}" in text


@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_every_command_is_in_the_docs(language: str) -> None:
    from charity.cli import main  # noqa: PLC0415 - click's group, imported where it is asked for

    text = guides.guide(language)
    for name in main.commands:
        assert f"charity {name}" in text


def test_every_decision_is_one_page() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        assert path.read_text(encoding="utf-8").count("\n") <= 60, path.name


async def test_append_only_guards_stand(database: str) -> None:
    async with engine.opened():
        if engine.state().postgres:
            sql = "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal"
        else:
            sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        names = {r["name"] for r in await reading.rows(sql)}
        expected = {
            True: {"entry_append_only", "entry_no_truncate", "posting_append_only", "posting_no_truncate"},
            False: {f"{t}_no_{a}" for t in ("entry", "posting") for a in ("update", "delete", "replace")},
        }
        assert expected[engine.state().postgres] <= names


def test_only_the_clock_asks_for_the_time() -> None:
    for path in FILES:
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                owner = ast.unparse(node.value)
                assert owner not in {"datetime", "date", "datetime.datetime", "datetime.date"}, path
