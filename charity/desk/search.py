"""The search box of staff: a number, an amount or a name leads to its page, or to a list of what there is.

A bank's memo with a number in it leads to what has the number.

What was typed is sent by POST and is neither kept nor written to a log: somebody may have typed a name. A finder
answers only what its account may open. Sealed texts (messages, reasons) cannot be searched, by anybody; memos can, by
their characters.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from charity import money
from charity.roles import Actor

TEXT_MAX: Final = 64
SHOWN: Final = 20
"""Hits of one kind that are listed."""
_NUMBER = re.compile(
    r"#?[0-9\-]{0,7}\N{CJK UNIFIED IDEOGRAPH-8BB0}?[0-9A-Z\-]{1,64}"
)  # 2026-11 记-0123 as journal vouchers print it, #4567 an entry
_WORD = re.compile(r"[0-9A-Z][0-9A-Z\-]*")
WORDS_MAX: Final = 8
"""Words of a memo that are tried as numbers."""
SHORTEST: Final = 6
"""Characters of such a word: shorter ones are years, amounts and words of people."""
_WAN, _YI = chr(0x4E07), chr(0x4EBF)  # 万, 亿
_TIMES = {_WAN: 10_000, _YI: 100_000_000}
_SIGNS = re.compile(r"^(¥|RMB|CNY|\u4eba\u6c11\u5e01)+|([\u5143\u5706]\u6574?|\u5757)$")  # 人民币; 元 or 圆, 整; 块
_AMOUNT = re.compile(rf"([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.([0-9]{{1,8}}))?({_WAN}|{_YI})?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, read in every way. `code` has capitals and no blanks, "" when it is no number.

    `amounts` are fen: what was typed as yuan and, of a plain whole number, then as fen. `name` is not folded. `words`
    may stand in a text: all of it, a year or a number too.
    """

    text: str
    code: str
    amounts: tuple[int, ...]
    name: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing and its page. `title` may have a name, for whoever may read it."""

    number: str
    href: str
    title: str = ""
    on: str = ""
    amount_fen: int | None = None
    exact: bool = False
    """A number or code that only this thing has: its page at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The hits of one kind, newest first, at most SHOWN. `all_href` is the list of all; `more`: there are others."""

    kind: str
    items: list[Hit] = field(default_factory=list)
    all_href: str = ""
    more: bool = False


Finder = Callable[[Asked, Actor], Awaitable[Hits | None]]
"""The hits of one kind whose pages this account may open; None for none."""

_finders: tuple[Finder, ...] = ()


def use(finders: Iterable[Finder]) -> None:
    """Take the finders of all rooms."""
    global _finders  # noqa: PLW0603 - set once by app
    _finders = tuple(finders)


def read(text: str) -> Asked:
    """What a text may be."""
    shaped = unicodedata.normalize("NFKC", text)[:TEXT_MAX].strip()
    code = "".join("-" if unicodedata.category(c) == "Pd" else c for c in "".join(shaped.split()).upper())
    amounts = _amounts(code)
    name = "" if amounts or not any(c.isalpha() for c in shaped) else shaped
    return Asked(shaped, code if _NUMBER.fullmatch(code) else "", amounts, name, shaped)


def _amounts(code: str) -> tuple[int, ...]:
    """An amount in yuan, in any writing, as fen; a plain whole number may be meant as fen too."""
    plain = code.replace("\N{FULLWIDTH YEN SIGN}", "¥").replace("\N{YEN SIGN}", "¥")
    for _ in range(2):
        plain = _SIGNS.sub("", plain)
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        return ()
    whole, decimals, times = match[1].replace(",", ""), match[2] or "", _TIMES.get(match[3] or "", 1)
    fen, rest = divmod(int(whole + decimals) * times * 100, 10 ** len(decimals))
    readings = [fen] if not rest else []
    if plain.isdigit() and plain == code:
        readings.append(int(plain))
    return tuple(n for n in readings if 0 < n <= money.AMOUNT_MAX_FEN)


async def find(text: str, by: Actor) -> list[Hits]:
    """What this text leads to, by kind; when it is the number of one thing, that alone."""
    asked = read(text)
    if not asked.text:
        return []
    if asked.code:
        exact = await _asked_of_all(replace(asked, amounts=(), name="", words=""), by)
        if any(hit.exact for hits in exact for hit in hits.items) and not asked.amounts:
            return exact
    return await _asked_of_all(asked, by) or await _in_memo(asked, by)


async def _in_memo(asked: Asked, by: Actor) -> list[Hits]:
    """What the numbers inside a sentence lead to, such as the reference in what a bank calls its memo."""
    shaped = "".join("-" if unicodedata.category(c) == "Pd" else c for c in asked.text.upper())
    tried = [word for word in _WORD.findall(shaped) if SHORTEST <= len(word) != len(asked.text)][:WORDS_MAX]
    for word in dict.fromkeys(tried):
        if hits := await _asked_of_all(Asked(word, word, (), ""), by):
            return hits
    return []


async def _asked_of_all(asked: Asked, by: Actor) -> list[Hits]:
    return [hits for finder in _finders if (hits := await finder(asked, by)) is not None and hits.items]


def only(groups: list[Hits], asked: Asked) -> Hit | None:
    """The one hit whose page is shown at once; None for none or several, and for one that was read as fen."""
    items = [hit for hits in groups for hit in hits.items]
    if len(items) != 1 or any(hits.more for hits in groups):
        return None
    as_fen = len(asked.amounts) > 1 and items[0].amount_fen == asked.amounts[1]
    return None if as_fen else items[0]


def as_typed(items: list[Hit], asked: Asked) -> list[Hit]:
    """The same, what was typed as yuan before what was read as fen."""
    return sorted(items, key=lambda hit: bool(asked.amounts) and hit.amount_fen != asked.amounts[0])


def listed(kind: str, items: list[Hit], *, all_href: str = "", more: bool = False) -> Hits | None:
    """The first hits of a kind; None for none."""
    if not items:
        return None
    return Hits(kind=kind, items=items[:SHOWN], all_href=all_href, more=more or len(items) > SHOWN)


def one(kind: str, number: str | None, href: str, *, title: str = "") -> Hits | None:
    """The thing that has exactly this number; None for none."""
    return Hits(kind=kind, items=[Hit(number=number, href=href, title=title, exact=True)]) if number and href else None
