"""The fingerprint of the books: whether an entry still has the hash that somebody noted some time ago.

Always true: the answer is yes or no. An entry's hash covers its text, which holds the hash of the entry before it, and
so all before it: whoever noted the last one has a seal on everything until then. It tells nothing of what is in it.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from charity.disclosure import rules
from charity.ledger import entries

DIGITS_MIN: Final = 16
TYPED_MAX: Final = 200
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Compared:
    """What was asked and the answer."""

    seq: int
    matches: bool


def _digits(typed: str) -> str:
    """The hex digits of what was typed: groups, dots and full width are all the same."""
    plain = unicodedata.normalize("NFKC", typed[:TYPED_MAX]).lower()
    return "".join(c for c in plain if c.isalnum())


async def compare(seq: int, typed: str) -> Compared:
    """Whether the entry begins with these digits; books.no_entry (404), books.fingerprint (422)."""
    digits = _digits(typed)
    if len(digits) < DIGITS_MIN or not _HEX.issuperset(digits):
        raise rules.FINGERPRINT_SHORT(least=DIGITS_MIN)
    leaf = await entries.leaf_of(seq)
    if leaf is None:
        raise rules.BOOKS_NO_ENTRY(seq=seq, last=(await entries.head()).seq)
    return Compared(seq, leaf.startswith(digits))


def grouped(leaf: str) -> str:
    """A hash in groups of four, as people read it aloud."""
    return " ".join(leaf[n : n + 4] for n in range(0, len(leaf), 4))
