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
    with pytest.raises((TypeError, ValueError)):
        canonical.body_text({"a": value})


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
