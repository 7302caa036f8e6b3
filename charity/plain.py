"""The signs of a number as people type it, made plain: the first step of reading sums, phones, numbers and days.

Full-width signs become half-width (NFKC), every dash a hyphen, every blank a space. What is another number once it is
made plain stays as it is and is refused by its reader: `5²` is not 52, `①②` not 12, `½` not 1/2.
"""

import re
import unicodedata

TEXT_MAX = 256
"""Longest text looked at. What is longer is cut and ends in a sign that is in no number."""


def plain(text: str) -> str:
    """The text with plain digits, hyphens and spaces, no blanks around it."""
    text = text.strip()
    if len(text) > TEXT_MAX:
        text = f"{text[:TEXT_MAX]}?"
    return text if text.isascii() else "".join(map(_sign, text)).strip()


def whole(text: str) -> str:
    """The plain text of a whole number, "" for none; what is not one ends in a sign that no number has.

    `1.000` is a thousand to some and one to others, and `1_000` nobody types: neither is read.
    """
    number = plain(text)
    return number if not number or re.fullmatch("-?[0-9]+", number) else f"{number}?"


def _sign(sign: str) -> str:
    if sign.isnumeric() and not sign.isdecimal():
        return sign
    if unicodedata.category(sign) == "Pd" or sign == "\N{MINUS SIGN}":
        return "-"
    return " " if sign.isspace() else unicodedata.normalize("NFKC", sign)
