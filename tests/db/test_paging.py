"""Conditions of a list: each value at its place, pages behind the last row; and the fingerprint of what was asked."""

import re

import pytest
from conftest import environment

from charity.db import idem
from charity.db.paging import Where


def test_conditions_are_joined_and_their_values_counted() -> None:
    where = Where()
    assert (where.text, where.values) == ("1 = 1", [])
    where.add("a = ?", "x").add("b IS NULL").add("(c = ? OR d = ?)", 1, 2)
    assert where.text == "a = $1 AND b IS NULL AND (c = $2 OR d = $3)"
    assert where.values == ["x", 1, 2]


def test_values_that_are_bound_before_come_first() -> None:
    where = Where("p", "q").chosen("a", "").chosen("b", "x")
    assert (where.text, where.values) == ("b = $3", ["p", "q", "x"])


@pytest.mark.parametrize(("descending", "sign"), [(False, ">"), (True, "<")])
def test_a_page_begins_behind_a_row_in_the_order_of_its_columns(descending: bool, sign: str) -> None:  # noqa: FBT001
    where = Where().after(("day", "seq"), ("2026-11-26", 7), descending=descending)
    assert (where.text, where.values) == (f"(day, seq) {sign} ($1, $2)", ["2026-11-26", 7])
    assert Where().after(("seq",), (7,)).text == "(seq) > ($1)"


@pytest.mark.parametrize(("test", "values"), [("a = ?", ()), ("a = 1", (1,)), ("a = ? AND b = ?", (1,))])
def test_a_condition_has_as_many_places_as_values(test: str, values: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError):
        Where().add(test, *values)


def test_a_fingerprint_is_of_the_path_and_the_content_under_our_key(
    tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment("sqlite:///nowhere", tmp_path)  # type: ignore[arg-type]
    idem._key.cache_clear()
    ours = idem.fingerprint("/a", b"b")
    assert re.fullmatch(r"[0-9a-f]{64}", ours)
    assert idem.fingerprint("/a", b"b") == ours
    assert len({ours, idem.fingerprint("/a", b"c"), idem.fingerprint("/c", b"b"), idem.fingerprint("/a\nb", b"")}) == 4
    monkeypatch.setattr(idem, "_key", lambda: b"another key")
    assert idem.fingerprint("/a", b"b") != ours


@pytest.mark.parametrize("key", ["!", "~", "a" * 255])
def test_a_key_of_visible_ascii_is_taken(key: str) -> None:
    assert idem.KEY.match(key)


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 256, "é", "\x7f"])
def test_any_other_is_not(key: str) -> None:
    assert not idem.KEY.match(key)
