"""Whether a number is a person's: decided by the number itself, never by the kind the giver chose; and its check sign.

A person's number holds the day of birth (GB 11643 in 18 digits, its predecessor in 15, the residence permits
built like them, and the older card of permanent residents). An organisation's 统一社会信用代码 (GB 32100)
is as long, but holds no day. In doubt a number is a person's: to seal too much harms nobody.
"""

import re
from datetime import date, timedelta
from typing import Final

from charity import clock
from charity.plain import plain

AGE_MAX = 130
"""Years: nobody who gives is older."""
LENGTH: Final = "统一社会信用代码和身份证号都是 18 位，请核对是否少填或多填"
UNREADABLE: Final = "请填写统一社会信用代码或身份证号，只用数字和字母"
BORN: Final = "身份证号第 7 至 14 位的出生日期不对，请照证件核对"
ID_CHECK: Final = "身份证号的最后一位对不上，请照证件逐位核对"
CREDIT_CHECK: Final = "统一社会信用代码的最后一位对不上，请照登记证逐位核对"
CREDIT_LETTERS: Final = "统一社会信用代码里没有字母 I、O、Z、S、V，请核对是不是数字 1、0、2、5"
EITHER_CHECK: Final = "号码的最后一位对不上，请照证件逐位核对"
_OLDER: Final = frozenset({15, 20})
"""Signs of a person's number before 1999 and of tax numbers before 2016: they have no check sign that all share."""
_DIGITS_18 = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PERSON_18 = re.compile(
    r"[1-9][0-9]{5}(?P<year>(?:18|19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]{3}[0-9X]"
)
_PERSON_15 = re.compile(
    r"(?:[1-9][0-9]{5}|[A-Z]{3}[0-9]{4})(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]{2,3}"
)
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def read(typed: str) -> str:
    """A person's or an organisation's number in capitals without blanks, "" for none; raises ValueError with words."""
    text = _shaped(typed)
    if not text or (text.isalnum() and text.isascii() and len(text) in _OLDER):
        return text
    if not (text.isalnum() and text.isascii()):
        raise ValueError(UNREADABLE)
    if len(text) != 18:  # noqa: PLR2004 - both standards
        raise ValueError(LENGTH)
    if credit_checks(text):
        return text
    if not _DIGITS_18.fullmatch(text):
        return credit_code(text)
    if not _is_day(text[6:10], text[10:12], text[12:14]):
        raise ValueError(BORN if id_checks(text) else EITHER_CHECK)
    if not id_checks(text):
        raise ValueError(ID_CHECK)
    born, today = date(int(text[6:10]), int(text[10:12]), int(text[12:14])), clock.today()
    if not today - timedelta(days=AGE_MAX * 366) <= born <= today:
        raise ValueError(BORN)
    return text


def credit_code(typed: str) -> str:
    """An organisation's number in capitals without blanks, "" for none; raises ValueError with words."""
    text = _shaped(typed)
    if not text or credit_checks(text):
        return text
    if not (text.isalnum() and text.isascii()):
        raise ValueError(UNREADABLE)
    if len(text) != 18:  # noqa: PLR2004 - GB 32100
        raise ValueError(LENGTH)
    raise ValueError(CREDIT_LETTERS if set(text) & set("IOZSV") else CREDIT_CHECK)


def _shaped(typed: str) -> str:
    return re.sub(r"[\s\-]", "", plain(typed)).upper()


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
