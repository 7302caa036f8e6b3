"""Forms that confirm what their page shows: they carry its content hash, and its facts in words.

The verb compares the hash with what is so now. The words are for the reader alone: when the verb refused, the page
shows each of them that is another one now ("您打开时看到的 … → 现在 …"). Whatever a form says there is only shown to
whoever sent it. Facts are those of `description_list`: `{term, value, kind?, note?}`.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from charity import texts, words
from charity.errors import Refusal
from charity.web import formats, forms, pages

TERMS_MAX = 60
WORDS_MAX = 600
CHANGED = "{term}：您打开时看到的是 {before} → 现在是 {now}"
_FORMATS = {"yuan": "yuan_sign", "money": "yuan", "count": "count", "date": "day", "instant": "moment"}
Facts = Sequence[Mapping[str, Any]]


def carried(content_hash: str, facts: Facts) -> dict[str, str]:
    """The hidden fields of the form."""
    return {"content_hash": content_hash, "shown": json.dumps(_by_term(facts))}


def errors(request: Request, refusal: Refusal | None, facts: Facts) -> list[dict[str, str]]:
    """What a refused form says: the refusal, and of a conflict each fact that is another one than was shown."""
    if refusal is None:
        return []
    listed = pages.errors(refusal)
    if refusal.status == HTTPStatus.CONFLICT:
        before = _sent(request)
        listed += [
            {"field": "", "message": words.say(CHANGED, term=term, before=before[term], now=now)}
            for term, now in _by_term(facts).items()
            if term in before and before[term] != now
        ]
    return listed


def _by_term(facts: Facts) -> dict[str, str]:
    return {str(fact["term"]): _words(fact)[:WORDS_MAX] for fact in facts[:TERMS_MAX]}


def _words(fact: Mapping[str, Any]) -> str:
    value, kind = fact["value"], fact.get("kind", "text")
    if kind == "status":
        value = value["label"]
    if value in {None, ""}:
        return "—"
    name = _FORMATS.get(kind)
    text = str(formats.FILTERS[name](value) if name else value)
    return f"{text}（{fact['note']}）" if fact.get("note") else text


def _sent(request: Request) -> dict[str, str]:
    """What the form says it had shown; nothing when it says nothing that can be read, or that must not be shown.

    JSON can spell a character that `forms.data` would have refused: a half of a pair, which is no text, or a mark that
    turns the writing round.
    """
    text = forms.text(request.scope.get(forms.SENT, {}), "shown")
    try:
        shown = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(shown, dict):
        return {}
    return {term: value[:WORDS_MAX] for term, value in shown.items() if isinstance(value, str) and _readable(value)}


def _readable(value: str) -> bool:
    return texts.refused(value, area=True) is None
