"""Money is a whole number of fen: read strictly, written plainly, split without losing one.

Always true: no float and no Decimal occurs here; what cannot be read exactly is refused with a
reason, never rounded, never zero. Capital amounts follow 《支付结算办法》附一 (docs/field.md 4.4).
"""

import re
from typing import Final, Literal

from charity.plain import plain

AMOUNT_MAX_FEN: Final = 10**13
DECIMALS_MAX: Final = 2
TEXT_MAX: Final = 64
"""Longest text looked at. The greatest amount has 18 characters; the rest is for odd leading zeros."""

Reason = Literal["empty", "not_a_number", "unclear", "full_width", "too_many_decimals", "not_positive", "too_large"]

_PLAIN = re.compile(r"(?P<yuan>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?")
_CURRENCY = re.compile(
    r"^(?:人民币\s*)?(?:¥|RMB|CNY)?\s*(?P<sum>.*?)\s*(?:元整?|圆整?|元钱|块钱?|RMB|CNY)?$", re.IGNORECASE | re.DOTALL
)
_TWO_SUMS = re.compile(r"[0-9]+(?:(?:[.,']\s?|\s)[0-9]+)+")
"""Digits with a sign between them that may part thousands or decimals."""
_THREE_DECIMALS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")
_SPELLED_MAX_FEN: Final = 10**18
_FULL_WIDTH_FIRST: Final = "\uff01"
_FULL_WIDTH_LAST: Final = "\uffe6"
_IDEOGRAPHIC: Final = "\u3000、。"


class AmountUnreadable(ValueError):
    """A text is not an amount we accept; `reason` says why and never quotes the text."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def parse_yuan(text: str) -> int:
    """Fen of an amount typed in yuan, in [1, AMOUNT_MAX_FEN].

    Accepts ASCII digits, well-formed thousands commas ("1,234.50") and at most two decimals.
    Blanks around the number are not cut off here: a form that wants that does it itself.
    Raises AmountUnreadable for everything else, zero and negative numbers included.
    """
    if not text.strip():
        raise AmountUnreadable("empty")
    if any(_FULL_WIDTH_FIRST <= char <= _FULL_WIDTH_LAST or char in _IDEOGRAPHIC for char in text):
        raise AmountUnreadable("full_width")
    unsigned = text.removeprefix("-")
    match = _PLAIN.fullmatch(unsigned)
    if match is None:
        raise AmountUnreadable("not_a_number")
    if text.startswith("-"):
        raise AmountUnreadable("not_positive")
    decimals: str = match["decimals"] or ""
    if len(decimals) > DECIMALS_MAX:
        raise AmountUnreadable("too_many_decimals")
    if len(text) > TEXT_MAX:  # before int(), which takes quadratic time on very long texts
        raise AmountUnreadable("too_large")
    fen = int(match["yuan"].replace(",", "")) * 100 + int(decimals.ljust(2, "0"))
    if fen == 0:
        raise AmountUnreadable("not_positive")
    if fen > AMOUNT_MAX_FEN:
        raise AmountUnreadable("too_large")
    return fen


def typed_yuan(text: str) -> int:
    """Fen of an amount as people type it: `¥50`, `100 块`, `1，000`, `１００` are read, then judged by `parse_yuan`.

    Full-width signs become plain ones; a sign of the currency before and behind is not part of the number. What may be
    two sums is not guessed but `unclear`: `1,50` (1.50 or 150), `1.000` (1 or 1,000), `1 000`.
    """
    match = _CURRENCY.fullmatch(plain(text))
    number = match["sum"] if match else ""
    if _THREE_DECIMALS.fullmatch(number) or (_TWO_SUMS.fullmatch(number) and not _PLAIN.fullmatch(number)):
        raise AmountUnreadable("unclear")
    return parse_yuan(number)


def yuan(fen: int) -> str:
    """`1,234.50`; negatives with a minus."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def yuan_sign(fen: int) -> str:
    """`¥1,234.50`; the sign stands directly before the digits, a minus before the sign."""
    return f"{'-' if fen < 0 else ''}¥{yuan(abs(fen))}"


def capitals(fen: int) -> str:
    """The amount in capital numerals: 人民币壹仟肆佰零玖元伍角整.

    Where the rules leave a choice this writes it: 整 after 角, and 零 when the yuan digit is 0
    and 角 is not. Zero is 人民币零元整; a negative amount has 负 after 人民币.
    """
    assert abs(fen) < _SPELLED_MAX_FEN, fen
    whole, cents = divmod(abs(fen), 100)
    jiao, fen_digit = divmod(cents, 10)
    words = "人民币负" if fen < 0 else "人民币"
    if whole:
        words += _spell(whole) + "元"
    elif not cents:
        words += "零元"
    if not cents:
        return words + "整"
    if whole and (jiao == 0 or whole % 10 == 0):
        words += "零"
    if jiao:
        words += _DIGITS[jiao] + "角"
    return words + (_DIGITS[fen_digit] + "分" if fen_digit else "整")


def _spell(number: int) -> str:
    """A positive whole number in capital numerals, by groups of 亿 and 万."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            words = _spell(high) + name
            if not low:
                return words
            return words + (_DIGITS[0] if low < size // 10 else "") + _spell(low)
    digits = zip(f"{number:04d}", _PLACES, strict=True)
    words = "".join(_DIGITS[int(digit)] + place if digit != "0" else _DIGITS[0] for digit, place in digits)
    return re.sub(f"{_DIGITS[0]}+", _DIGITS[0], words).strip(_DIGITS[0])


def split_total(total_fen: int, pieces: int) -> list[tuple[int, int]]:
    """(count, unit_fen) pairs, dearer first, whose sum is exactly total_fen.

    100.00 over 3 pieces is [(1, 3334), (2, 3333)]: a lot has one integer cost a piece, so an
    indivisible total becomes two lots.
    """
    assert total_fen >= 0, total_fen
    assert pieces >= 1, pieces
    unit_fen, left = divmod(total_fen, pieces)
    dearer = [(left, unit_fen + 1)] if left else []
    return [*dearer, (pieces - left, unit_fen)]


def round_half_up_ratio(fen: int, numerator: int, denominator: int) -> int:
    """fen * numerator / denominator, rounded half away from zero."""
    assert denominator > 0, denominator
    product = fen * numerator
    rounded = (2 * abs(product) + denominator) // (2 * denominator)
    return -rounded if product < 0 else rounded
