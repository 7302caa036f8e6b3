"""What was shown and what is confirmed are one content, or the refusal says what is so now."""

import hashlib

import pytest

from charity.errors import Refusal
from charity.ledger import canonical
from charity.ledger.content import Content, digest, hashed
from charity.web import problems

FACTS = {"number": "BF-2026-000001", "status": "approved", "amount_fen": 10_000}
SHOWN = Content(facts=FACTS, personal={"donor": "王小明"}, salt="s")


def test_the_hash_is_that_of_the_canonical_text_whatever_the_order() -> None:
    turned = Content(facts=dict(reversed(FACTS.items())), personal={"donor": "王小明"}, salt="s")
    expected = canonical.body_text({**FACTS, "donor": digest("s", "王小明")})
    assert SHOWN.text == turned.text == expected
    assert SHOWN.hash == turned.hash == hashlib.sha256(expected.encode()).hexdigest() == hashed(expected)
    assert "王" not in SHOWN.text


@pytest.mark.parametrize(
    "now",
    [
        Content(facts={**FACTS, "amount_fen": 15_000}, personal={"donor": "王小明"}, salt="s"),
        Content(facts={**FACTS, "status": "draft"}, personal={"donor": "王小明"}, salt="s"),
        Content(facts=FACTS, personal={"donor": "李四"}, salt="s"),
        Content(facts=FACTS, personal={"donor": "王小明"}, salt="t"),
        Content(facts={**FACTS, "more": None}, personal={"donor": "王小明"}, salt="s"),
    ],
)
def test_another_content_is_refused_with_what_is_so_now(now: Content) -> None:
    SHOWN.must_be(SHOWN.hash)
    with pytest.raises(Refusal) as refused:
        now.must_be(SHOWN.hash)
    document = problems.document(refused.value)
    assert (document["type"], document["status"]) == ("urn:charity:problem:content.changed", 409)
    assert (document["content_hash"], document["now"]) == (now.hash, now.facts)
    assert "李四" not in str(document)


def test_parts_of_a_digest_do_not_flow_into_one_another() -> None:
    assert len({digest("s", "ab", "c"), digest("s", "a", "bc"), digest("s", "abc"), digest("t", "ab", "c")}) == 4


def test_a_personal_value_without_a_salt_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="guessed"):
        _ = Content(facts=FACTS, personal={"donor": "王小明"}).hash
