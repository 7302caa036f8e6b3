"""Codes that people read, and secrets that only machines carry."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity import tokens

GOOD_EAN = ["2003001900001", "2004002200008", "2010006000001", "6901234567892"]


def test_codes_use_only_characters_that_cannot_be_mistaken():
    text = "".join(tokens.code128() + tokens.card_code() + tokens.lot_code() for _ in range(50))
    assert set(text) <= set(tokens.ALPHABET)
    assert not set("0O1IL") & set(tokens.ALPHABET)


def test_an_address_code_has_at_least_128_bits():
    assert len(tokens.code128()) == 26
    assert len(tokens.ALPHABET) ** 26 >= 2**128
    assert len({tokens.code128() for _ in range(500)}) == 500


def test_a_key_is_32_hex_digits_even_when_it_starts_with_zeros():
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in (tokens.key16() for _ in range(300)))


def test_a_reference_carries_its_prefix_and_survives_how_people_type_it():
    reference = tokens.reference("yrj26")
    assert reference.startswith("YRJ26-")
    assert len(reference) == len("YRJ26-") + 7
    for typed in (reference, reference.lower(), reference.replace("-", ""), f" {reference[:8]} {reference[8:]}"):
        assert tokens.reference_valid(typed)


@given(st.integers(0, 10**6), st.integers(0, 10), st.sampled_from(tokens.ALPHABET))
def test_one_wrong_character_is_always_found(seed: int, place: int, other: str):
    with tokens.seeded(str(seed)):
        code = tokens.card_code()
    wrong = code[:place] + other + code[place + 1 :]
    assert tokens.check_holds(wrong) == (wrong == code)


@given(st.integers(0, 10**6), st.integers(0, 9))
def test_two_swapped_neighbours_are_always_found(seed: int, place: int):
    with tokens.seeded(str(seed)):
        code = tokens.lot_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert tokens.check_holds(swapped) == (swapped == code)


def test_a_card_is_not_a_lot_and_neither_is_a_barcode():
    card, lot = tokens.card_code(), tokens.lot_code()
    assert tokens.card_valid(card)
    assert tokens.lot_valid(lot)
    assert not tokens.card_valid(lot)
    assert not tokens.lot_valid(card)
    assert not tokens.card_valid(GOOD_EAN[0])


@pytest.mark.parametrize("text", ["", "C", "\x00", "Ç" * 11, "C" * 10_000, "=1+1", "１２３"])
def test_a_strange_text_is_no_code(text: str):
    assert not tokens.check_holds(text)
    assert not tokens.card_valid(text)
    assert not tokens.reference_valid(text)


@pytest.mark.parametrize("prefix", ["", "慈善", "A" * 13, "A/B"])
def test_a_prefix_that_cannot_be_typed_is_refused(prefix: str):
    with pytest.raises(ValueError, match=r"prefix|character"):
        tokens.reference(prefix)


@pytest.mark.parametrize("code", GOOD_EAN)
def test_a_barcode_with_the_right_check_digit_is_accepted(code: str):
    assert tokens.ean13_valid(code)
    assert tokens.ean13_check(code[:12]) == code[12]


@pytest.mark.parametrize(
    "code", ["2003001900002", "200300190000", "20030019000011", "200300190000x", "２００３００１９００００１", ""]
)
def test_a_barcode_with_a_wrong_digit_length_or_character_is_refused(code: str):
    assert not tokens.ean13_valid(code)


def test_a_barcode_body_of_another_length_has_no_check_digit():
    with pytest.raises(ValueError, match="12 digits"):
        tokens.ean13_check("123")


def test_a_secret_has_256_bits_and_is_found_by_its_digest():
    secret = tokens.secret_token()
    assert len(secret) == 43
    assert secret != tokens.secret_token()
    assert tokens.digest(secret) == hashlib.sha256(secret.encode()).hexdigest()


def test_a_seeded_demo_draws_the_same_codes_again_but_never_the_same_secrets():
    def drawn():
        with tokens.seeded("2026-10-08"):
            return tokens.code128(), tokens.reference("YRJ26"), tokens.key16(), tokens.secret_token()

    first, second = drawn(), drawn()
    assert first[:3] == second[:3]
    assert first[3] != second[3]
    assert tokens.code128() not in first
