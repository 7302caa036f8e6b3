"""Numbers and references as they are compared: without blanks, hyphens and line breaks, look-alike signs made one."""

import re
from collections.abc import Iterator
from typing import Final

from charity import tokens
from charity.ledger import payment_numbers

WORDS_MAX: Final = 40
"""Words of a memo in which a reference is looked for."""
TOGETHER: Final = 3
"""Words in a row that may be one reference: a bank breaks its lines where it likes."""
SHORTEST: Final = 6
"""Signs that a number has at least, to say anything."""
_ALIKE: Final = str.maketrans("OQIL", "0011")
_WORD: Final = re.compile(r"[0-9A-Za-z\uff10-\uff5a]+(?:[-\uff0d\u2010-\u2015][0-9A-Za-z\uff10-\uff5a]+)*")


def folded(number: str) -> str:
    """A number by which two that look the same are the same; "" for one that says nothing."""
    plain = payment_numbers.normal(number).translate(_ALIKE)
    return plain if len(plain) >= SHORTEST else ""


def runs(text: str) -> Iterator[str]:
    """What of a memo can be a reference: its runs of letters and digits, normalised, and some of them in a row."""
    every = [tokens.normalise(run) for run in _WORD.findall(text)[:WORDS_MAX]]
    for at in range(len(every)):
        for last in range(at + 1, min(at + TOGETHER, len(every)) + 1):
            yield "".join(every[at:last])


def references(text: str) -> list[str]:
    """The references of pledges that a memo can mean: their check character holds."""
    return list(dict.fromkeys(word for word in runs(text) if tokens.reference_valid(word)))
