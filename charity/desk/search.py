"""The search box: a number or code that stands on a document, a card or a label leads to its page.

Only exact codes are looked up, and only those whose page this account may open. What was typed is
sent by POST and is neither kept nor written to a log: somebody may have typed a name.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable

from charity.roles import Actor

TEXT_MAX = 64
_NUMBER = re.compile(
    r"[0-9\-]{0,7}\N{CJK UNIFIED IDEOGRAPH-8BB0}?[0-9A-Z\-]{3,64}"
)  # 2026-11 记-0123 as journal vouchers print it

Finder = Callable[[str, Actor], Awaitable[str | None]]
"""The address of the page of a code (capitals, no spaces) that this account may open; else None."""

_finders: tuple[Finder, ...] = ()


def use(finders: Iterable[Finder]) -> None:
    """Take the finders of all rooms."""
    global _finders  # noqa: PLW0603 - set once by app
    _finders = tuple(finders)


async def find(text: str, by: Actor) -> str | None:
    """The address of the page that this number or code leads to; None when there is none for this account."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not _NUMBER.fullmatch(code):
        return None
    for finder in _finders:
        address = await finder(code, by)
        if address is not None:
            return address
    return None
