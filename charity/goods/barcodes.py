"""Barcodes of goods: the four lengths in which they are printed, and the one form in which we keep them.

GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) and GTIN-14 are one number with more or fewer zeros before it: the check
digit stays the same, so all are kept with 13 digits (GB 12904; GS1 General Specifications 3.3). UPC-E is a UPC-A
without some of its zeros. A GTIN-14 that begins with 1 to 9 names a case of pieces, which is no item of ours.
"""

from typing import Final

from charity import tokens
from charity.errors import Refusal
from charity.goods import rules

LENGTHS: Final = frozenset({8, 12, 13, 14})
KEPT: Final = 13
_UPC_E: Final = 8
_SHOWN: Final = 14


def read(text: str) -> str:
    """The 13 digits under which an item with this barcode is kept; refuses what is no barcode of a piece."""
    code = tokens.normalise(text)
    if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
        raise rules.BARCODE_DIGITS(barcode=code[:_SHOWN])
    if len(code) == _UPC_E:
        code = _eight(code)
    if (right := check_digit(code[:-1])) != code[-1]:
        raise rules.BARCODE_CHECK(barcode=code, right=right)
    if len(code) > KEPT and code[0] != "0":
        piece = code[1:-1]
        raise rules.BARCODE_CASE(barcode=code, piece=piece + tokens.ean13_check(piece))
    return code[-KEPT:].zfill(KEPT)


def kept(text: str) -> str:
    """The same for a text that may be none: then it stays as it is, without blanks, and is nobody's barcode."""
    try:
        return read(text)
    except Refusal:
        return tokens.normalise(text)


def sought(text: str) -> str:
    """What to look for: a whole barcode as it is kept, else the text without the blanks around it."""
    return kept(text) if unreadable(text) is None else text.strip()


def unreadable(text: str) -> Refusal | None:
    """Why a text is no barcode; None when it is one."""
    try:
        read(text)
    except Refusal as refusal:
        return refusal
    return None


def check_digit(body: str) -> str:
    """The digit that follows the first 7, 11, 12 or 13 digits: weights 3 and 1 in turn, 3 at the end."""
    right = int(tokens.ean13_check(body[-12:].zfill(12)))
    return str(right if len(body) < KEPT else (right - 3 * int(body[0])) % 10)


def upc_a(code: str) -> str:
    """The UPC-A whose zeros a UPC-E of 8 digits leaves out (GS1 General Specifications 5.2.2.4.2)."""
    system, digits, check = code[0], code[1:7], code[7]
    last = digits[5]
    if last in "012":
        body = f"{digits[:2]}{last}0000{digits[2:5]}"
    elif last == "3":
        body = f"{digits[:3]}00000{digits[3:5]}"
    elif last == "4":
        body = f"{digits[:4]}00000{digits[4]}"
    else:
        body = f"{digits[:5]}0000{last}"
    return f"{system}{body}{check}"


def _eight(code: str) -> str:
    """Eight digits are an EAN-8, or a UPC-E where they can only be one; both begin with 0 or 1.

    An EAN-8 that begins with 0 is a shop's own and hardly ever seen, a UPC-E that begins with 1 neither.
    """
    if code[0] not in "01":
        return code
    long = upc_a(code)
    as_e, as_8 = check_digit(long[:-1]) == long[-1], check_digit(code[:-1]) == code[-1]
    return long if as_e and (code[0] == "0" or not as_8) else code
