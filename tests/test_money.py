"""Money: read strictly, written plainly, spelled in capitals, split without losing a fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity import money

EXAMPLES = [  # docs/field.md 4.4, all eleven
    (5, "人民币伍分"),
    (10_00, "人民币壹拾元整"),
    (1_409_50, "人民币壹仟肆佰零玖元伍角整"),
    (6_007_14, "人民币陆仟零柒元壹角肆分"),
    (325_04, "人民币叁佰贰拾伍元零肆分"),
    (1_680_32, "人民币壹仟陆佰捌拾元零叁角贰分"),
    (107_000_53, "人民币壹拾万柒仟元零伍角叁分"),
    (16_409_02, "人民币壹万陆仟肆佰零玖元零贰分"),
    (10_001_00, "人民币壹万零壹元整"),
    (1_000_000_00, "人民币壹佰万元整"),
    (12_345_678_90, "人民币壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整"),
]
DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
SIZES = {"拾": 10, "佰": 100, "仟": 1_000}


def heard(words: str) -> int:
    """Fen of capitals, read the way a clerk reads them aloud; knows nothing of how they are made."""
    text = words.removeprefix("人民币")
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    fen = 0
    for mark, worth in (("分", 1), ("角", 10)):
        if text.endswith(mark):
            fen += DIGITS[text[-2]] * worth
            text = text[:-2]
    text = text.removesuffix("零") if fen and not text.endswith("零元") else text
    if not text:
        return sign * fen
    assert text.endswith("元"), words
    total = part = digit = 0
    for char in text[:-1]:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in SIZES:
            part, digit = part + digit * SIZES[char], 0
        elif char == "万":
            total, part, digit = total + (part + digit) * 10_000, 0, 0
        else:
            assert char == "亿", words
            total, part, digit = (total + part + digit) * 10**8, 0, 0
    return sign * ((total + part + digit) * 100 + fen)


@pytest.mark.parametrize(("fen", "words"), EXAMPLES)
def test_the_eleven_examples_of_the_rules_are_spelled_as_printed(fen: int, words: str):
    assert money.capitals(fen) == words


@given(st.integers(-(10**15), 10**15))
def test_capitals_read_back_to_the_same_amount(fen: int):
    assert heard(money.capitals(fen)) == fen


@given(st.lists(st.sampled_from([0, 0, 0, 1, 5, 9]), min_size=1, max_size=16))
def test_capitals_with_many_zeros_read_back_and_never_double_a_zero(digits: list[int]):
    fen = int("".join(map(str, digits)))
    words = money.capitals(fen)
    assert heard(words) == fen
    assert "零零" not in words
    assert not any(bad in words for bad in ("零万", "零亿", "零拾", "零佰", "零仟", "零角", "零分"))
    assert words.endswith("整") == (fen % 10 == 0)


def test_capitals_reach_sums_of_ten_to_the_fifteenth():
    assert money.capitals(10**15) == "人民币壹拾万亿元整"
    assert money.capitals(10**15 + 1) == "人民币壹拾万亿元零壹分"
    assert money.capitals(10**12 + 100) == "人民币壹佰亿零壹元整"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (10_000_00, "人民币壹万元整"),
        (11_000_00, "人民币壹万壹仟元整"),
        (10_999_00, "人民币壹万零玖佰玖拾玖元整"),
        (9_999_99, "人民币玖仟玖佰玖拾玖元玖角玖分"),
        (10**10, "人民币壹亿元整"),
        (1_1000_0000_00, "人民币壹亿壹仟万元整"),
        (1_0999_0000_00, "人民币壹亿零玖佰玖拾玖万元整"),
        (20_10, "人民币贰拾元零壹角整"),
        (21_10, "人民币贰拾壹元壹角整"),
        (1_01, "人民币壹元零壹分"),
        (11, "人民币壹角壹分"),
        (-5, "人民币负伍分"),
        (10**18 - 1, "人民币" + "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_each_group_of_digits_has_its_words_at_its_edges(fen: int, words: str):
    assert money.capitals(fen) == words


@pytest.mark.parametrize("fen", [10**18, -(10**18)])
def test_an_amount_beyond_the_words_is_a_fault(fen: int):
    with pytest.raises(AssertionError):
        money.capitals(fen)


def test_zero_and_a_negative_amount_have_their_words():
    assert money.capitals(0) == "人民币零元整"
    assert money.capitals(-150) == "人民币负壹元伍角整"
    assert money.capitals(50) == "人民币伍角整"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1", 100),
        ("1.5", 150),
        ("0.01", 1),
        ("1,234.50", 123_450),
        ("12,345,678.90", 1_234_567_890),
        ("007", 700),
        ("100000000000", money.AMOUNT_MAX_FEN),
        ("100,000,000,000.00", money.AMOUNT_MAX_FEN),
        ("0" * 60 + "5.01", 501),
        ("1,000", 100_000),
        ("12,000", 1_200_000),
        ("123,000", 12_300_000),
    ],
)
def test_a_plain_amount_is_read_exactly(text: str, fen: int):
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("　", "empty"),
        ("0", "not_positive"),
        ("0.00", "not_positive"),
        ("-1", "not_positive"),
        ("-0", "not_positive"),
        ("1e30", "not_a_number"),
        ("1E2", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("12..34", "not_a_number"),
        ("1,23", "not_a_number"),
        ("1234,567", "not_a_number"),
        ("1,,234", "not_a_number"),
        ("0,123", "not_a_number"),
        (",123", "not_a_number"),
        ("1.", "not_a_number"),
        (".5", "not_a_number"),
        ("+5", "not_a_number"),
        ("--5", "not_a_number"),
        (" 5 ", "not_a_number"),
        ("5\n", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("¥5", "not_a_number"),
        ("五元", "not_a_number"),
        ("١٢", "not_a_number"),
        ("²", "not_a_number"),
        ("１００", "full_width"),
        ("１００．００", "full_width"),
        ("1，234", "full_width"),
        ("￥5", "full_width"),
        ("1.234", "too_many_decimals"),
        ("1.500", "too_many_decimals"),
        ("1.000", "too_many_decimals"),
        ("！", "full_width"),
        ("￦", "full_width"),
        ("5。", "full_width"),
        ("1、234", "full_width"),
        ("5　", "full_width"),
        ("100000000000.01", "too_large"),
        ("0" * 61 + "5.01", "too_large"),
        ("9" * 5_000, "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(money.AmountUnreadable) as refused:
        money.parse_yuan(text)
    assert refused.value.reason == reason


@given(st.text(alphabet="0123456789.,-+e１ ", max_size=14))
def test_a_text_is_read_exactly_or_refused(text: str):
    try:
        fen = money.parse_yuan(text)
    except money.AmountUnreadable:
        return
    assert 1 <= fen <= money.AMOUNT_MAX_FEN
    assert money.parse_yuan(money.yuan(fen)) == fen


@given(st.integers(1, money.AMOUNT_MAX_FEN))
def test_every_amount_that_is_written_can_be_read(fen: int):
    assert money.parse_yuan(money.yuan(fen)) == fen


def test_amounts_are_written_with_commas_two_decimals_and_a_minus():
    assert money.yuan(123_450) == "1,234.50"
    assert money.yuan(-5) == "-0.05"
    assert money.yuan(0) == "0.00"
    assert money.yuan_sign(123_450) == "¥1,234.50"
    assert money.yuan_sign(-123_450) == "-¥1,234.50"
    assert (money.yuan_sign(0), money.yuan_sign(1), money.yuan(100)) == ("¥0.00", "¥0.01", "1.00")


def test_a_hundred_yuan_over_three_pieces_becomes_two_lots():
    assert money.split_total(100_00, 3) == [(1, 33_34), (2, 33_33)]
    assert money.split_total(99_00, 3) == [(3, 33_00)]


@given(st.integers(0, money.AMOUNT_MAX_FEN), st.integers(1, 10**6))
def test_a_split_keeps_the_sum_and_the_count(total_fen: int, pieces: int):
    parts = money.split_total(total_fen, pieces)
    assert sum(count * unit_fen for count, unit_fen in parts) == total_fen
    assert sum(count for count, _ in parts) == pieces
    assert all(count > 0 for count, _ in parts)
    assert max(unit for _, unit in parts) - min(unit for _, unit in parts) <= 1


@pytest.mark.parametrize(
    ("fen", "numerator", "denominator", "rounded"),
    [
        (5, 1, 2, 3),
        (-5, 1, 2, -3),
        (4, 1, 9, 0),
        (5, 1, 9, 1),
        (7, 3, 4, 5),
        (-7, 3, 4, -5),
        (9, 1, 1, 9),
        (100, 1, 3, 33),
        (200, 1, 3, 67),
        (918_000, 100, 2_175, 42_207),
        (7, 0, 3, 0),
    ],
)
def test_a_ratio_is_rounded_half_away_from_zero(fen: int, numerator: int, denominator: int, rounded: int):
    assert money.round_half_up_ratio(fen, numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("text", "fen"),
    [("¥50", 5_000), ("￥ 50.5", 5_050), ("100元", 10_000), ("1，000", 100_000), ("１，２３４．５０", 123_450),
     ("人民币 20 元整", 2_000), (" 88.60 ", 8_860), ("rmb7", 700)],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(text: str, fen: int) -> None:
    assert money.typed_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "元", "¥", "10万", "1，00", "1 000", "-5元", "¥¥5", "5美元", "0元", "1.005", "一百"]
)
def test_what_may_mean_another_amount_is_not_guessed(text: str) -> None:
    with pytest.raises(money.AmountUnreadable):
        money.typed_yuan(text)
