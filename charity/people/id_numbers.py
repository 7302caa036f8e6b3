"""Whether a number is a person's: decided by the number itself, never by the kind the giver chose.

A person's number holds the day of birth (GB 11643 in 18 digits, its predecessor in 15, the residence permits
built like them, and the older card of permanent residents). An organisation's 统一社会信用代码 (GB 32100)
is as long, but holds no day. In doubt a number is a person's: to seal too much harms nobody.
"""

import re
from datetime import date

_PERSON_18 = re.compile(
    r"[1-9][0-9]{5}(?P<year>(?:18|19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]{3}[0-9X]"
)
_PERSON_15 = re.compile(
    r"(?:[1-9][0-9]{5}|[A-Z]{3}[0-9]{4})(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]{2,3}"
)
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_persons(number: str) -> bool:
    """Whether a number of 15 to 20 letters and digits can be a person's ID number."""
    text = number.strip().upper()
    match = _PERSON_18.fullmatch(text) or (_PERSON_15.fullmatch(text) if len(text) == 15 else None)  # noqa: PLR2004
    if match is None or not _is_day(match["year"], match["month"], match["day"]):
        return False
    return len(text) == 15 or id_checks(text) or not credit_checks(text)  # noqa: PLR2004 - the older numbers


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(f"19{year}"[-4:]), int(month), int(day))  # two digits are of the years 19..
    except ValueError:
        return False
    return True


def id_checks(number: str) -> bool:
    """Whether the last character of an ID number of 18 is its check character (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def credit_checks(code: str) -> bool:
    """Whether the last character of a 统一社会信用代码 is its check character (GB 32100, MOD 31-3)."""
    if not _CREDIT.fullmatch(code):
        return False
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(code[:17]))
    return _CREDIT_SIGNS[(31 - total % 31) % 31] == code[17]
