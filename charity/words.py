"""Words in two languages: Chinese is the msgid, English a catalog of plain JSON, one file a room.

`say` answers in the language of the current request or document. A test proves the English catalog
complete, so a missing word is never seen by a visitor; it falls back to Chinese.

One Chinese word that needs two English ones carries its place: `支出@menu` is 支出 to a Chinese reader and has an
English of its own.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from jinja2 import Environment

LANGUAGES = ("zh", "en")
CATALOGS = Path(__file__).parent / "locale"
PLACE = re.compile(r"@[a-z]+\Z")
"""Where a word is said, at the end of its msgid: told to nobody."""
_language: ContextVar[str] = ContextVar("language", default="zh")


@lru_cache(maxsize=4)
def catalog(language: str) -> dict[str, str]:
    """All pairs of a language, msgid to words, from every file of its folder."""
    pairs: dict[str, str] = {}
    for path in sorted((CATALOGS / language).glob("*.json")):
        pairs.update(json.loads(path.read_text(encoding="utf-8")))
    return pairs


def language() -> str:
    """The current language: `zh` or `en`."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything inside in this language."""
    token = _language.set(code if code in LANGUAGES else "zh")
    try:
        yield
    finally:
        _language.reset(token)


def speak(code: str) -> None:
    """Set the language for the rest of this task (one request, one job)."""
    _language.set(code if code in LANGUAGES else "zh")


def chinese(msgid: str) -> str:
    """The Chinese words of a msgid, without its place."""
    return PLACE.sub("", msgid)


def translate(msgid: str) -> str:
    """The words of a msgid in the current language.

    Of a word of ours, never of what somebody typed: a campaign called 付款 keeps its name in every language.
    """
    current = _language.get()
    if current == "zh" or not msgid:
        return chinese(msgid)
    return catalog(current).get(msgid) or chinese(msgid)


def listed(parts: Iterable[str]) -> str:
    """Words or codes one after the other, with the comma of the current language between them."""
    return translate("、").join(parts)


def say(msgid: str, /, **facts: Any) -> str:
    """The words of a msgid with its `{fact}` places filled."""
    text = translate(msgid)
    return text.format(**facts) if facts else text


def _counted(one: str, many: str, n: int) -> str:
    return translate(one if n == 1 else many)


def install(env: Environment) -> None:
    """Give a Jinja environment `_()`, `gettext`, `ngettext` and `{% trans %}` in the current language."""
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(translate, _counted, newstyle=True)  # type: ignore[attr-defined]


class Term(str):
    """A word of the field as a value of a refusal, translated when the refusal is shown.

    Commands decide in the writer's task, which knows no reader.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(translate(str(self)), spec)


class Named(str):
    """A code as a value of a refusal: programs get the code, people read its name."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, code: str, name: str) -> Self:
        """The code of what is called so."""
        made = super().__new__(cls, code)
        made.name = name
        return made

    def __format__(self, spec: str) -> str:
        return format(self.name or str(self), spec)


class Terms:
    """Several of them, joined by semicolons."""

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = tuple(terms)

    def __format__(self, spec: str) -> str:
        return format(translate("；").join(translate(term) for term in self.terms), spec)
