"""Codes that people read, and secrets that only machines carry."""

import hashlib
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity import clock, tokens

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
    assert tokens.ean13_check(code[:12]) == code[12]


@pytest.mark.parametrize("body", ["123", "2003001900001", "20030019000x", "２００３００１９００００", ""])
def test_a_barcode_body_of_another_length_or_character_has_no_check_digit(body: str):
    with pytest.raises(ValueError, match="12 digits"):
        tokens.ean13_check(body)


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


# -- what is printed on labels and cards must be read for ever ------------------------------------------


@pytest.mark.parametrize(
    ("body", "check"), [("CARE2345", "9"), ("0O1IL", "M"), ("YRJ267K3MQ8", "G"), ("C234567892", "Y"), ("", "2")]
)
def test_the_check_character_of_a_code_never_changes(body: str, check: str):
    assert tokens.check_character(body) == check
    assert tokens.check_holds(body + check) == (len(body) > 0), "a check character alone is no code"


def test_a_code_is_as_long_as_its_check_character_can_watch():
    longest = "2" * 29
    assert tokens.check_holds(longest + tokens.check_character(longest))
    with pytest.raises(ValueError, match="too long"):
        tokens.check_character(longest + "2")
    with pytest.raises(ValueError, match="not allowed"):
        tokens.check_character("A_B")
    assert not tokens.check_holds("2" * 31)


def test_a_typed_code_has_at_most_forty_characters_with_its_blanks():
    card = tokens.card_code()
    assert tokens.card_valid(card.rjust(40))
    assert tokens.check_holds(card.rjust(40))
    for long in (card.rjust(41), card.ljust(41)):
        assert not tokens.card_valid(long)
        assert not tokens.check_holds(long)
        assert not tokens.reference_valid(long)


def test_cards_and_lots_are_a_letter_nine_characters_and_a_check_character():
    for code, letter in ((tokens.card_code(), "C"), (tokens.lot_code(), "B")):
        assert (len(code), code[0], code[-1]) == (11, letter, tokens.check_character(code[:-1]))
    shorter, longer = "C23456789", "C2345678923"
    for body in (shorter, longer):
        assert tokens.check_holds(body + tokens.check_character(body))
        assert not tokens.card_valid(body + tokens.check_character(body))


def test_a_reference_needs_a_prefix_of_one_to_twelve_characters():
    for prefix in ("A", "A" * 12):
        assert tokens.reference_valid(tokens.reference(prefix))
    assert tokens.reference("A")[0] == "A"
    bare = "7K3MQ8" + tokens.check_character("7K3MQ8")
    assert tokens.check_holds(bare)
    assert not tokens.reference_valid(bare), "six random characters and the check character alone"
    assert not tokens.reference_valid("YRJ26-7K3MQ82")


def test_a_code_is_drawn_evenly_from_bytes_below_248(monkeypatch: pytest.MonkeyPatch):
    uneven, even = bytes(range(248, 256)), bytes([0, 31, 1, 247, 30, 62])
    stream = BytesIO(uneven + even * 5 + uneven)
    monkeypatch.setattr(tokens.secrets, "token_bytes", stream.read)
    assert tokens.code128() == ("223ZZ2" * 5)[:26]


def test_a_key_begins_with_its_millisecond_and_a_seeded_one_has_no_time():
    with clock.fixed(datetime(2026, 11, 26, 7, 0, 0, 123_456, tzinfo=UTC)):
        assert tokens.key16()[:12] == f"{1_795_676_400_123:012x}"
        with tokens.seeded("x"):
            keys = [tokens.key16() for _ in range(200)]
    assert all(len(key) == 32 for key in keys)
    assert len({key[:12] for key in keys}) == 200


def test_the_name_of_a_request_and_a_recovery_code_have_their_form():
    assert re.fullmatch(r"[0-9a-f]{16}", tokens.request_id())
    group = "[2-9A-HJKMNP-Z]{4}"
    assert re.fullmatch("-".join([group] * 4), tokens.recovery_code())


@pytest.mark.parametrize("body", ["2003001900x1", "２００３００１９００００", "2003001900001", "20030019000"])
def test_a_barcode_body_is_twelve_ascii_digits(body: str):
    with pytest.raises(ValueError, match="12 digits"):
        tokens.ean13_check(body)
