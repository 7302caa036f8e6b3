"""The hashed text of an entry is RFC 8785."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from charity.ledger import canonical

safe = st.integers(-(2**53) + 1, 2**53 - 1)
text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | safe | text,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), values, max_size=6))
def test_our_text_is_what_the_rfc8785_package_writes(body: dict[str, object]) -> None:
    assert canonical.body_text(body).encode() == rfc8785.dumps(body)


@pytest.mark.parametrize("value", [1.5, 2**53, b"x", float("nan")])
def test_what_has_no_canonical_form_here_is_refused(value: object) -> None:
    for body in ({"a": value}, {"a": {"b": value}}, {"a": [value]}, {"a": ("x", value)}):
        with pytest.raises((TypeError, ValueError)):
            canonical.body_text(body)
        with pytest.raises((TypeError, ValueError)):
            canonical.entry_text({"facts": body})


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, 0, True, False, None, "王"])
def test_the_greatest_numbers_and_every_plain_value_are_written(value: object) -> None:
    assert canonical.body_text({"a": [value]}).encode() == rfc8785.dumps({"a": [value]})


@pytest.mark.parametrize("value", [-(2**53), 2**53])
def test_a_number_beyond_them_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        canonical.body_text({"a": value})


@pytest.mark.parametrize("body", [{"名": 1}, {"a": {"名": "x"}}])
def test_a_key_that_is_not_ascii_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="名"):
        canonical.body_text(body)


def test_the_chain_begins_with_64_zeros() -> None:
    assert canonical.GENESIS == "0" * 64


def test_the_leaf_is_domain_separated() -> None:
    assert canonical.leaf("") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(facts=st.dictionaries(st.text(st.characters(max_codepoint=127)), values, max_size=4), quantity=safe)
def test_an_entry_is_written_as_the_rfc8785_package_writes_it(facts: dict[str, object], quantity: int) -> None:
    body = {
        "v": 1,
        "seq": 7,
        "kind": "gift.cash",
        "postings": [("1002/A/F", "CNY", quantity)],
        "facts": facts,
        "prev": "0",
    }
    assert canonical.entry_text(body).encode() == rfc8785.dumps({**body, "postings": [["1002/A/F", "CNY", quantity]]})
