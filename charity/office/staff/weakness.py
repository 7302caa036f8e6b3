"""Which passwords are too easy to guess: short ones, the commonest of the world, and the organisation's own words.

The lists are data/common_passwords.txt (the 10,000 commonest, zxcvbn's) and data/pinyin.txt (so that a place
name is also known as people type it); data/LICENSES.txt names where they come from. A password is weak when
hardly a character of it is more than such words, digits and signs: `qwerty123456`, `cishan2026`, `xidong_888`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from charity.db import reading
from charity.office import organisation, rules

LEAST = 10
MOST = 128
DISTINCT_LEAST = 4
"""Different characters: 1212121212 is as good as nothing."""
OWN_LEAST = 4
"""Characters that a password needs beside the words, digits and signs that everybody tries."""
FILLING_MOST = 8
"""So many digits and signs around a common password add nothing: a date, a year, an exclamation mark."""
WORD_LEAST = 3
DATA = Path(__file__).parent / "data"
DEMO = "linxi-2026"
"""The password of the demo's accounts, printed for everybody: refused elsewhere."""
COMMON_WORDS = (
    "charity", "charities", "federation", "cishan", "cishanhui", "cishanzonghui", "aixin", "aixinchaoshi", "juankuan",
    "juanzeng", "mima", "password", "passwd", "admin", "administrator", "guanliyuan", "chuna", "kuaiji", "woaini",
    "changeme", "welcome", "letmein", "qwerty", "慈善", "爱心", "密码",
)  # fmt: skip
_SUFFIXES = re.compile(r"(爱心超市|慈善(总会|联合会|会|协会)|街道|[市县区镇乡店])$")
_FILLING = re.compile(r"[\W\d_]+")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset((DATA / "common_passwords.txt").read_text(encoding="ascii").split())


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    """The reading of each character of GB 2312, without its tone."""
    lines = (line.split(" ") for line in (DATA / "pinyin.txt").read_text(encoding="utf-8").splitlines())
    return {character: reading for reading, characters in lines for character in characters}


def _spellings(name: str) -> set[str]:
    """How a name may be typed into a password: as it is, without the kind of place, in pinyin; its Latin words."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    spellings = set(re.findall(r"[a-z]{3,}", plain))
    short = plain
    while short:
        spellings |= {short, "".join(_readings().get(character, character) for character in short)}
        shorter = _SUFFIXES.sub("", short)
        if shorter == short:
            break
        short = shorter
    return {word for word in spellings if len(word) >= WORD_LEAST or (len(word) > 1 and not word.isascii())}


async def own_words() -> frozenset[str]:
    """The words that somebody who knows us tries first: our names and places, in characters and in pinyin."""
    own = await organisation.get()
    places = await reading.rows("SELECT name FROM township UNION SELECT name FROM store")
    return words_of(own.name, own.name_en, own.short, own.short_en, *(row["name"] for row in places))


def words_of(*names: str) -> frozenset[str]:
    """The words of every organisation, and those of these names."""
    return frozenset(COMMON_WORDS).union(*(_spellings(name) for name in names))


def must_be_good(password: str, login: str, words: Iterable[str] = COMMON_WORDS, *, demo: bool = False) -> None:
    """Raise password.weak for a short or obvious one, password.common for one that everybody tries.

    `words` are the organisation's own (`own_words`); in the demo its printed password is good.
    """
    if demo and password == DEMO:
        return
    plain = unicodedata.normalize("NFKC", password).casefold()
    if not LEAST <= len(password) <= MOST or len(set(plain)) < DISTINCT_LEAST:
        raise rules.PASSWORD_WEAK(least=LEAST)
    if password == DEMO or _is_common(plain) or _is_of_words(plain, {*words, login.casefold()}):
        raise rules.PASSWORD_COMMON()


def _is_common(plain: str) -> bool:
    """Whether this, or this without a few digits and signs around it, or one half of it twice, is on the list."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    tried = {plain, _once(plain)}
    if len(plain) - len(core) <= FILLING_MOST:
        tried |= {core, _once(core)}
    return not _common().isdisjoint(tried)


def _once(text: str) -> str:
    """The part that a text repeats: `wangwang` is `wang`."""
    return text[: (text + text).find(text, 1)] if text else text


def _is_of_words(plain: str, words: set[str]) -> bool:
    """Whether hardly anything is left without the words, digits and signs; the longest words are taken first."""
    contained = False
    for word in sorted(words, key=len, reverse=True):
        if word in plain:
            plain, contained = plain.replace(word, " "), True
    return contained and len(_FILLING.sub("", plain)) < OWN_LEAST
