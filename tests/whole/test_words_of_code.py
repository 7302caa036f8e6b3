"""One word for one thing: names that the glossary replaced do not come back, in code or in what explains it."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RETIRED = {
    "act": "permission, command or step",
    "acts": "permissions, commands or steps",
    "bearers": "access_tokens",
    "doors": "authenticator",
    "found": "what it is: rows, match, names",
    "hand": "connection",
    "journey": "round_trip",
    "land": "nothing: a batch is committed",
    "paper": "document, or pdf",
    "papers": "documents",
    "picture": "screens",
    "plaque": "docstring",
    "said": "what it is: values, answer, output",
    "showing": "readers",
    "standing": "on_hand, in_force",
    "tell": "resolve, print",
    "telling": "fixed, seeded",
    "told": "what it is: values, answer, output",
    "visit": "context",
    "visits": "contexts",
}
"""Identifiers without leading underscores, in small letters, and what to write instead."""
STORED = {("charity/office/models.py", "act"), ("charity/disclosure/api.py", "visits")}
"""Columns and names of the contract: they are never renamed."""
PHRASES = re.compile(r"\b(plaques?|journeys?|(?<!on )hands? (?:it )?in|handed in)\b", re.IGNORECASE)


def retired(text: str) -> list[tuple[int, str]]:
    """(line, identifier) of every name that is retired; strings and comments are not names."""
    names = (t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.NAME)
    return [(t.start[0], t.string) for t in names if t.string.strip("_").lower() in RETIRED]


def test_a_retired_name_is_seen_and_ordinary_english_is_not() -> None:
    assert retired("told = 1\n") == [(1, "told")]
    assert retired("def f(x):\n    return x._Visit\n") == [(2, "_Visit")]
    assert retired("NOT_FOUND = on_hand = 'told'  # was told\n") == []
    assert PHRASES.search("what the rooms hand in")
    assert not PHRASES.search("what a store has on hand in the morning")


@pytest.mark.parametrize("folder", ["charity", "bench", "tests"])
def test_no_retired_name_comes_back(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for line, name in retired(path.read_text(encoding="utf-8")):
            word = name.strip("_").lower()
            if (place, word) not in STORED:
                pytest.fail(f"{place}:{line}: {name} (glossary: {RETIRED[word]})")


def test_no_retired_phrase_explains_the_code() -> None:
    for path in sorted((ROOT / "charity").rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not PHRASES.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
