"""Telephone numbers: read as people type them, kept in one form, so that one number is found however it was typed.

Kept is a mobile as its 11 digits, a line as 0579-88886666, both with -801 for an extension, a number of another country
as + and its digits. Country code 86 is left out. What may be two numbers, or one with a digit too few, is refused.
Source: 工信部《电信网编号计划》(mobile 1[3-9] and 11 digits, 010 and 02x of three digits, other area codes of four).
"""

import re
from typing import Final

from charity.plain import plain

UNREADABLE: Final = "请填写一个电话号码，例如 13800000000 或 0577-88888888 转 801"
MOBILE: Final = "手机号应是 11 位数字，请核对"
AREA: Final = "座机请写区号和 7 或 8 位号码，例如 0577-88888888"
LINE_MIN, LINE_MAX, EXTENSION_MAX = 7, 8, 6
"""Digits of a line, and of an extension at most: numbers in groups (138 0000 2222) have shorter ones behind."""
SHORT_MIN, LONG_MAX = 6, 15
"""Digits of a number at least, and of one in another country at most (ITU-T E.164)."""
# 分机, 分机号, 转, 轉, 内线 by their numbers: this is no sentence
_EXTENSION = re.compile(
    r"(?:\u5206\u673a\u53f7?|[\u8f6c\u8f49]|\u5185\u7ebf|ext(?:ension)?\.?|[x#,])+[:\s]*(?:\u5206\u673a\u53f7?)?[:\s]*",
    re.IGNORECASE,
)
_LINE = re.compile(r"\+?[0-9][0-9()\-\s.]*|\([0-9+][0-9()\-\s.]*")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SERVICE = re.compile(r"[48]00[0-9]{7}")


def read(typed: str) -> str:
    """The number in its one form, "" for none; raises ValueError with words for all else."""
    text = plain(typed)
    if not text:
        return ""
    line, *behind = _EXTENSION.split(text)
    if len(behind) > 1 or not _LINE.fullmatch(line.strip()):
        raise ValueError(UNREADABLE)
    groups = re.findall(r"[0-9]+", line)
    if not behind and is_extension(groups):
        behind = [groups.pop()]
    number = _number("".join(groups), abroad="+" in line)
    if not behind:
        return number
    extension = re.sub(r"[\s\-]", "", behind[0])
    if not re.fullmatch(rf"[0-9]{{1,{EXTENSION_MAX}}}", extension):
        raise ValueError(UNREADABLE)
    return f"{number}-{extension}"


def is_extension(groups: list[str]) -> bool:
    """Whether the last of some groups of digits is an extension: it stands behind a whole line."""
    return len(groups) > 1 and len(groups[-1]) <= EXTENSION_MAX and len(groups[-2]) >= LINE_MIN


def _number(digits: str, *, abroad: bool) -> str:
    if digits.startswith("00"):
        digits, abroad = digits[2:], True
    here = digits.removeprefix("86") if abroad or len(digits) > LINE_MAX else digits  # a line of a town may begin so
    if abroad and here == digits:
        if not LINE_MIN <= len(digits) <= LONG_MAX:
            raise ValueError(UNREADABLE)
        return f"+{digits}"
    whole = here.startswith("0") or _MOBILE.fullmatch(here) or _SERVICE.fullmatch(here)
    if abroad:
        return _national(here if whole else f"0{here}")
    return _national(here if whole else digits)


def _national(digits: str) -> str:
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    if digits.startswith("0"):
        area = 3 if digits[1:2] in {"1", "2"} else 4
        if not LINE_MIN <= len(digits) - area <= LINE_MAX:
            raise ValueError(AREA)
        return f"{digits[:area]}-{digits[area:]}"
    if re.match(r"1[3-9]", digits) and len(digits) > SHORT_MIN:
        raise ValueError(MOBILE)
    if not SHORT_MIN <= len(digits) <= LINE_MAX:
        raise ValueError(AREA if len(digits) > LINE_MAX else UNREADABLE)
    return digits
