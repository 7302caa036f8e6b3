"""What a comment, a docstring or a document cites can be opened in this repository."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
# Code that is not ours, and data.
SKIPPED = re.compile(
    r"^(static/vendor|static/package|LICENSE|requirements.*\.lock|docs/img|charity/demo/data|bench/out)|\.(json|csv|png|svg|lock)$"
)
# What running and tools make (.gitignore).
MADE = re.compile(
    r"^(?:\.git|\.venv|\.env|\.coverage|\..*cache|\.hypothesis|\.schemathesis|var|htmlcov|test-results)$|egg-info$"
)
FIELD = re.compile(r"field\.md(?:\)|`)?,? (\d+(?:\.\d+)*)(?: and (\d+(?:\.\d+)*))?")
FORM = re.compile(r"\bD(\d{1,2})\b")
INVARIANT = re.compile(r"\bI(\d{1,2})\b")
DECISION = re.compile(r"\b[Dd]ecisions? (\d+)(?: and (\d+))?")
SUMS = re.compile(r"\bSums\(\s*\"(\w+)\"")
DOCUMENT = re.compile(r"(?<![\w/.\"-])((?:docs/|\.\./|decisions/)*[\w-]+\.md)\b")
# Documents that were never in the repository. An applied migration never changes, so what it cites stays.
ELSEWHERE = re.compile(
    r"\b(?:domain rules|rules \d|house(?:\.md| decision)|habits?(?:\.md| \d)|design/|face\.md|formats\.md|accounting\.md)"
)

ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1|localhost|…|\{|<|[a-z]*\.?example\b|charity\.example)[a-z0-9.-]+")


@cache
def texts() -> dict[str, str]:
    """Our own texts by their path, without git: a bare machine has none."""
    paths = [path for top in sorted(ROOT.iterdir()) if not MADE.search(top.name) for path in (top, *top.rglob("*"))]
    names = {path.relative_to(ROOT).as_posix(): path for path in paths if path.is_file() and path.suffix != ".pyc"}
    wanted = {name: path for name, path in names.items() if not SKIPPED.search(name)}
    assert len(wanted) > 400
    return {name: path.read_text(encoding="utf-8") for name, path in wanted.items() if path != Path(__file__)}


def cited(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (name, number)
        for name, text in texts().items()
        for hit in pattern.findall(text)
        for number in ([hit] if isinstance(hit, str) else filter(None, hit))
    ]


def sections() -> set[str]:
    """The numbers of docs/field.md: headings, and the items of the list in section 0 as 0.1, 0.2 …"""
    text = (DOCS / "field.md").read_text(encoding="utf-8")
    first = text[text.index("## 0.") : text.index("## 1.")]
    items = re.findall(r"^(\d+)\. ", first, re.MULTILINE)
    return {*re.findall(r"^#+ (\d+(?:\.\d+[a-z]?)?)", text, re.MULTILINE), *(f"0.{item}" for item in items)}


def test_a_section_of_the_field_that_code_cites_exists() -> None:
    known, hits = sections(), cited(FIELD)
    assert hits
    missing = {(name, number) for name, number in hits if number not in known}
    assert not missing, f"docs/field.md has no such section: {sorted(missing)}"


@pytest.mark.parametrize(
    ("pattern", "document", "row"), [(FORM, "field.md", "| D{} |"), (INVARIANT, "books.md", "| I{} |")]
)
def test_a_form_and_an_invariant_that_code_cites_stand_in_their_table(
    pattern: re.Pattern[str], document: str, row: str
) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    hits = cited(pattern)
    assert hits, "the pattern finds nothing: it is wrong"
    missing = {(name, number) for name, number in hits if row.format(number) not in text}
    assert not missing, f"docs/{document} does not know: {sorted(missing)}"


def test_a_decision_that_code_cites_exists() -> None:
    numbers = {int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md")}
    hits = cited(DECISION)
    assert hits
    assert not {(name, n) for name, n in hits if int(n) not in numbers}


def test_every_table_of_kept_sums_stands_in_the_architecture() -> None:
    sums = [table for name, text in texts().items() if name.startswith("charity/") for table in SUMS.findall(text)]
    assert len(sums) > 5, "the pattern finds nothing: it is wrong"
    section = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## Sums")[2]
    missing = {table for table in sums if f"`{table}`" not in section}
    assert not missing, f'docs/architecture.md, "Sums", does not name {sorted(missing)}'


def test_every_package_that_the_platform_needs_has_its_reason_and_no_other() -> None:
    names = re.findall(r"^([a-z][\w-]*)", (ROOT / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
    rows = (
        (DOCS / "stack.md")
        .read_text(encoding="utf-8")
        .partition("| package | for |\n|---|---|\n")[2]
        .partition("\n\n")[0]
    )
    named = re.findall(r"[a-z][\w-]*", " ".join(row.split("|")[1] for row in rows.splitlines()))
    assert sorted(named) == sorted(names), "the table at the top of docs/stack.md lists what requirements.in does"


def test_a_document_that_is_named_can_be_opened() -> None:
    known = {path.name for path in ROOT.glob("*.md")} | {path.name for path in DOCS.rglob("*.md")}
    hits = cited(DOCUMENT)
    assert hits
    missing = {(name, document) for name, document in hits if Path(document).name not in known}
    assert not missing, f"no such document in the repository: {sorted(missing)}"


def test_nothing_cites_a_document_outside_the_repository() -> None:
    hits = {
        (name, hit.group())
        for name, text in texts().items()
        if not name.startswith("migrations/")
        for hit in ELSEWHERE.finditer(text)
    }
    assert not hits, f"cite docs/ instead: {sorted(hits)}"


def test_no_document_names_a_web_address() -> None:
    named = {
        (name, hit.group()) for name, text in texts().items() if name.endswith(".md") for hit in ADDRESS.finditer(text)
    }
    assert not named
