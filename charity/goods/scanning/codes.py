"""What was scanned or typed: a code, perhaps with a count before it."""

import re
from typing import Final

from charity import tokens
from charity.errors import Refusal
from charity.goods import items, rules

_TIMES: Final = re.compile(r"([0-9]{1,6})\s*[*×]\s*(\S.*)")
"""Six digits: fewer than QUANTITY_MAX."""


def pieces_and_code(text: str) -> tuple[int, str]:
    """`12*2001000100002` is twelve of that code; a bare code is one. Codes come normalised."""
    match = _TIMES.fullmatch(text.strip())
    if match is None:
        return 1, tokens.normalise(text[: tokens.TEXT_MAX])
    return max(int(match[1]), 1), tokens.normalise(match[2][: tokens.TEXT_MAX])


def unknown_code(code: str) -> Refusal | None:
    """What is wrong with a code that is neither lot nor card; None when it can be a barcode."""
    if code.startswith(tokens.LOT_PREFIX):
        return rules.LOT_CODE(lot=code)
    if code.startswith(tokens.CARD_PREFIX):
        return rules.CARD_UNREADABLE()
    return items.unreadable(code)
