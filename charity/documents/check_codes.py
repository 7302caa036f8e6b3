"""The check codes of vouchers, goods slips and journal vouchers: their number and twelve characters of ours behind it.

`BF-2026-000012-7K3MQ8CPXN4D`, printed as QR and beside it. Numbers count up, so a number alone shows nothing. The
characters are an HMAC of the number under the installation's key: whoever has no copy of the document would have to
guess one of 31^12, and nothing is stored, so documents of any age have one (docs/decisions/0036).
"""

import re
from hashlib import sha256
from hmac import compare_digest, new
from typing import Final

from charity.db import sealed
from charity.settings import settings
from charity.tokens import ALPHABET

LENGTH: Final = 12
_PURPOSE: Final = "charity check codes of documents"
_CODE: Final = re.compile(rf"([0-9A-Z][0-9A-Z-]{{6,40}})-([{ALPHABET}]{{{LENGTH}}})")


def of(number: str) -> str:
    """The check code of the document with this number."""
    left, tail = int.from_bytes(new(sealed.derived(_PURPOSE), number.encode(), sha256).digest()), ""
    for _ in range(LENGTH):
        left, place = divmod(left, len(ALPHABET))
        tail += ALPHABET[place]
    return f"{number}-{tail}"


def address(number: str) -> str:
    """The address that is printed on the document with this number."""
    return f"{settings().public_url.rstrip('/')}/c/{of(number)}"


def number_of(code: str) -> str | None:
    """The number in a check code, in capitals and with its hyphens; None when it is none of ours."""
    match = _CODE.fullmatch(code)
    return match[1] if match and compare_digest(of(match[1]), code) else None
