"""The English catalog is complete, keeps the same places, and nothing Chinese is left in an English page."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from charity import words
from charity.app import CHECKS, ENDPOINTS
from charity.ledger.checks import Guard, Pass
from charity.web import openapi

ROOT = Path(__file__).resolve().parents[2]
CJK = re.compile(r"[\u4e00-\u9fff]")
PLACES = re.compile(r"\{(\w+)|%\((\w+)\)s")
# Constants that are data or documentation and never said to a visitor in English.
DATA_FILES = {
    "fee_rules.py",  # what banks write into memos
    "layouts.py",  # what banks call their columns
    "titles.py",  # what units call theirs
    "weakness.py",
    "tables.py",
    "names.py",
    "settings.py",
    "cli.py",
    "cli_accounts.py",
    "cli_banks.py",
    "cli_demo.py",
    "console.py",
    "money.py",
    "demo.py",
    "diagnosis.py",
    "verification.py",
    "openapi.py",
    "formats.py",
}
DATA_ROOMS = {"demo"}
NOT_SAID = {"description", "summary", "help", "examples", "title"}


def template_msgids() -> set[str]:
    env = Environment(loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    msgids: set[str] = set()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for _, _, message in env.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            parts = message if isinstance(message, tuple) else (message,)
            msgids |= {p for p in parts if isinstance(p, str) and CJK.search(p)}
    return msgids


def code_msgids() -> dict[str, str]:
    """Chinese string constants outside docstrings, keyword documentation and data: what code says."""
    msgids: dict[str, str] = {}
    for path in sorted((ROOT / "charity").rglob("*.py")):
        relative = path.relative_to(ROOT / "charity")
        if DATA_ROOMS & {*relative.parts} or path.name in DATA_FILES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        silent: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                silent.add(id(node.value))
            if isinstance(node, ast.keyword) and node.arg in NOT_SAID:
                silent |= {id(n) for n in ast.walk(node.value)}
            if isinstance(node, ast.JoinedStr):
                silent |= {id(n) for n in ast.walk(node)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in silent else None
            if isinstance(text, str) and CJK.search(text):
                msgids[text] = str(relative)
    return msgids


def catalogs_of() -> dict[str, set[str]]:
    """Every text of templates and code, and the catalogs in which its English may stand: those of whoever says it.

    A folder of templates or of code is a room. Templates that rooms share are `face`, modules of no room `core`.
    """
    env = Environment(loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    texts: dict[str, set[str]] = {}
    for path in (ROOT / "templates").rglob("*.html"):
        room = path.relative_to(ROOT / "templates").parts[0]
        for _, _, message in env.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            for text in filter(None, message if isinstance(message, tuple) else (message,)):
                texts.setdefault(text, set()).add("face" if room == "_parts" or room.endswith(".html") else room)
    for path in (ROOT / "charity").rglob("*.py"):
        room = path.relative_to(ROOT / "charity").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.setdefault(node.value, set()).add("core" if room.endswith(".py") else room)
    return texts


def test_an_english_sentence_stands_in_the_catalog_of_a_room_that_says_it() -> None:
    texts = catalogs_of()
    for path in sorted((ROOT / "charity" / "locale" / "en").glob("*.json")):
        for chinese in json.loads(path.read_text(encoding="utf-8")):
            rooms = texts.get(chinese, set())
            assert rooms, f"{path.name}: nothing says {chinese!r}: delete it"
            assert path.stem in rooms, f"{path.name}: {chinese!r} is said by {sorted(rooms)}: move it to <room>.json"


def test_every_call_of_the_api_is_summed_up_in_both_languages() -> None:
    """/api-docs shows the summaries; what only /api/v1/openapi.json says stays in one language."""
    for endpoint in ENDPOINTS:
        assert endpoint.summary in words.catalog("en"), (
            f"{endpoint.method} {endpoint.path}: its summary {endpoint.summary!r} has no English: "
            "write it into charity/locale/en/<room>.json"
        )
    assert all(CJK.search(endpoint.summary) for endpoint in ENDPOINTS)


def test_the_document_of_the_api_describes_its_fields_in_one_language() -> None:
    document = openapi.document("/api/v1", ENDPOINTS, title="t", version="1")
    calls = [call for path in document["paths"].values() for call in path.values()]
    described = [(one["name"], one) for call in calls for one in call.get("parameters", ())]
    described += [
        item for schema in document["components"]["schemas"].values() for item in schema.get("properties", {}).items()
    ]
    texts = {name: field["description"] for name, field in described if "description" in field}
    assert len(texts) > 30
    assert {name: text for name, text in texts.items() if not CJK.search(text)} == {}


def test_every_sentence_of_the_templates_has_its_english() -> None:
    missing = sorted(template_msgids() - words.catalog("en").keys())
    assert not missing, f"a page says {missing}: write the English into charity/locale/en/<room>.json"


def test_every_sentence_of_the_code_has_its_english() -> None:
    missing = {m: where for m, where in code_msgids().items() if m not in words.catalog("en")}
    assert not missing, (
        f"{sorted(missing.values())} say {list(missing)}: write the English into charity/locale/en/<room>.json"
    )


@pytest.mark.parametrize("path", sorted((ROOT / "charity" / "locale" / "en").glob("*.json")), ids=lambda p: p.stem)
def test_an_english_sentence_keeps_the_places_of_the_chinese(path: Path) -> None:
    for chinese, english in json.loads(path.read_text(encoding="utf-8")).items():
        assert set(PLACES.findall(chinese)) == set(PLACES.findall(english)), chinese
        assert not CJK.search(english) or CJK.search(english).group() in chinese, english


def test_no_two_catalogs_disagree() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in sorted((ROOT / "charity" / "locale" / "en").glob("*.json")):
        for chinese, english in json.loads(path.read_text(encoding="utf-8")).items():
            first, other = seen.setdefault(chinese, (english, path.name))
            assert other == path.name or first == english, (
                f"{chinese!r} is {first!r} in {other} and {english!r} in {path.name}: let both say the same"
            )


def test_no_chinese_constant_is_glued_together() -> None:
    """A sentence built by an f-string cannot be translated."""
    for path in sorted((ROOT / "charity").rglob("*.py")):
        if DATA_ROOMS & {*path.relative_to(ROOT / "charity").parts} or path.name in DATA_FILES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(p.value for p in node.values if isinstance(p, ast.Constant) and isinstance(p.value, str))
                assert not CJK.search(text), f"{path.name}:{node.lineno}"


def rules_of(value: Any) -> Iterator[tuple[str, str, str]]:
    """The rules (invariant, words, query) that a value of a module holds, however deep."""
    if isinstance(value, Pass):
        yield from value.each()
    elif isinstance(value, Guard):
        yield value.check
    elif isinstance(value, tuple | list):
        if len(value) == 3 and all(isinstance(part, str) for part in value) and re.fullmatch(r"I\d+", value[0]):
            yield (value[0], value[1], value[2])
        else:
            for part in value:
                yield from rules_of(part)


def spoken(source: str) -> Iterator[str]:
    """What a module says in a failure: each literal or constant that `words.say`, or who hands a `msgid` on, is given.

    What is put together otherwise comes back as its code, which is no Chinese.
    """
    tree = ast.parse(source)
    places = {"say": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [arg.arg for arg in node.args.args if arg.arg != "self"]
            places |= {node.name: names.index("msgid")} if "msgid" in names else {}
            if any(
                isinstance(n, ast.Name) and n.id == "msgid" and isinstance(n.ctx, ast.Store) for n in ast.walk(node)
            ):
                keys = [key for n in ast.walk(node) if isinstance(n, ast.Dict) for key in n.keys]
                yield from (key.value for key in keys if isinstance(key, ast.Constant))
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        if name == "Failure":
            text = ast.unparse(node.args[1])
            assert text.startswith("words.say("), f"Failure(…, {text})"
        elif name in places:
            text = ast.unparse(node.args[places[name]])
            if text not in {"msgid", "wrong.words"}:  # handed on, or of a rule: those are looked at where they are made
                literal = node.args[places[name]]
                yield literal.value if isinstance(literal, ast.Constant) else constants.get(text, text)


def unsaid(msgids: set[str]) -> list[str]:
    """Those that are not Chinese with an English entry."""
    return sorted(m for m in msgids if not CJK.search(m) or m not in words.catalog("en"))


def test_every_failure_of_verify_is_said_in_chinese_and_in_english() -> None:
    modules = {inspect.getmodule(check.run) for check in CHECKS}
    files = {Path(inspect.getfile(check.run)) for check in CHECKS}
    files |= {path for path in (ROOT / "charity").rglob("*.py") if "Failure(" in path.read_text(encoding="utf-8")}
    rules = [rule for module in modules for value in vars(module).values() for rule in rules_of(value)]
    msgids = {msgid for _, msgid, _ in rules}
    assert len(msgids) > 50
    for path in sorted(files):
        msgids |= set(spoken(path.read_text(encoding="utf-8")))
    assert not unsaid(msgids), (
        f"verify says {unsaid(msgids)}: write it in Chinese, and the English into charity/locale/en/<room>.json"
    )
    for _, msgid, query in rules:
        missing = [place for place, _ in PLACES.findall(msgid) if not re.search(rf"\b{place}\b", query)]
        assert not missing, f"{msgid!r}: its query finds no {missing}"


def test_a_failure_in_english_alone_is_seen() -> None:
    assert unsaid({msgid for _, msgid, _ in rules_of([("I3", "lot {code} is odd", "SELECT 1")])})
    for texts in (
        'Failure("I3", words.say("lot is odd"))',
        'ODD = "lot is odd"\nFailure("I3", words.say(ODD))',
        'def wrong(msgid): ...\nwrong("lot is odd")',
        'def each(row):\n    for msgid, holds in {"lot is odd": True}.items(): ...',
        'Failure("I3", words.say("lot " + "odd"))',
    ):
        assert unsaid(set(spoken(texts))), texts
    for glued in ('Failure("I3", f"lot {code} is odd")', 'Failure("I3", "批次不符")', 'Failure("I3", text)'):
        with pytest.raises(AssertionError, match="Failure"):
            list(spoken(glued))
