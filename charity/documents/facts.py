"""What every document needs that is made of the books: head, period, rights, cursors, words of its head."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from charity import days, words
from charity.documents import rules
from charity.documents.filters import COPY, COPY_TITLES, STORE
from charity.ledger import entries
from charity.money import yuan
from charity.printing.document import Document, Filters, Page, Totals
from charity.roles import Actor, Role

FILTER_MAX = 64
NUMBER_MAX = 10**15
"""No number of ours in a cursor is larger; what no column holds is refused before it comes to the database."""
YEARS_MAX = 10
PAGE_ROWS = 50
_WHOLE = frozenset({Role.ACCOUNTANT, Role.AUDITOR})


async def head_seq() -> int:
    """The number of the last entry: where a reading of the books stands."""
    return (await entries.head()).seq


def period(begin: str, end: str) -> tuple[str, str]:
    """Two days as typed, checked; refuses by its field what is no day of ours, backwards or too long."""
    first, last = _day("from", begin), _day("to", end)
    if last < first:
        raise rules.PERIOD_BACKWARDS()
    if (last - first).days > YEARS_MAX * 366:
        raise rules.PERIOD_TOO_LONG(years=YEARS_MAX)
    return first.isoformat(), last.isoformat()


def _day(field: str, text: str) -> date:
    try:
        return days.read(text)
    except days.DayRefused as refused:
        rule = rules.PERIOD_OUTSIDE if refused.words == days.OUTSIDE else rules.PERIOD_UNREADABLE
        raise replace(rule, field=field)(**refused.facts) from None


def sees_all(by: Actor) -> bool:
    """Whether this account may read every store and internal copies."""
    return not _WHOLE.isdisjoint(by.roles)


def allowed(document: Document, filters: Filters, by: Actor) -> Filters:
    """The filters as this account may use them; refuses a stranger's store and names without need.

    A manager who has a store gets that store, whatever was left out.
    """
    by.must(document.permission)
    for name, value in filters.chosen:
        if document.filter(name) is None or len(value) > FILTER_MAX:
            raise rules.FILTER_UNKNOWN(name=name)
    if filters[COPY] == "internal" and not sees_all(by):
        if document.internal is None or not may_see_names(document, by):
            raise rules.INTERNAL_ONLY()
        if not filters[document.internal[1]]:
            one = document.internal[1]
            raise replace(rules.INTERNAL_OF_ONE, field=one.name)(label=words.Term(one.label))
    if sees_all(by) or by.store is None:
        return filters
    if filters[STORE] not in {"", by.store}:
        raise rules.OTHER_STORE()
    return filters.choose(STORE, by.store)


def may_see_names(document: Document, by: Actor) -> bool:
    """Whether this account may choose the internal copy at all."""
    return sees_all(by) or (document.internal is not None and by.may(document.internal[0]))


async def known(document: Document, filters: Filters) -> Filters:
    """The filters; refuses by its field a code that names nothing, which would make a valid empty document."""
    for wanted in document.filters:
        value = filters[wanted]
        if value and value not in await wanted.choices():
            raise replace(rules.FILTER_VALUE, field=wanted.name)(label=words.Term(wanted.label), value=value)
    return filters


def shaped(document: Document, filters: Filters) -> Document:
    """The document as this copy of it has columns and rows."""
    return document.board if filters[COPY] == "board" and document.board is not None else document


def copy_of(document: Document, filters: Filters) -> str:
    """Which copy it is, stored with the document; "" for a document that has but one."""
    return filters[COPY] if document.filter(COPY.name) is not None else ""


def title(document: Document, filters: Filters) -> str:
    """The title with the copy it is, in the current language."""
    copy = copy_of(document, filters)
    name = words.say(document.title)
    return words.say("{title}（{copy}）", title=name, copy=words.Term(COPY_TITLES[copy])) if copy else name


def cursor(parts: list[Any]) -> str:
    """The place after a row, as it stands in an address."""
    return "~".join(str(part) for part in parts)


def place(after: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """The parts of a cursor; None at the beginning, a refusal for what we did not write."""
    if not after:
        return None
    texts = after.split("~", len(kinds) - 1)
    try:
        parts = [kind(text) for kind, text in zip(kinds, texts, strict=True)]
    except ValueError:
        raise rules.CURSOR_UNREADABLE() from None
    if any(isinstance(part, int) and abs(part) > NUMBER_MAX for part in parts):
        raise rules.CURSOR_UNREADABLE()
    return parts


def cut(rows: list[dict[str, Any]], limit: int, key: Callable[[Mapping[str, Any]], list[Any]]) -> Page:
    """A page of `limit` rows out of limit + 1 that were read."""
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    return Page(kept, cursor(key(kept[-1])))


def must_agree(totals: Totals) -> None:
    """Refuse to make a document of rows that are not what the books say."""
    if totals.differences:
        raise rules.BOOKS_DIFFER(differences="；".join(totals.differences))


def must_add_up(document: Document, totals: Totals, count: int, sums: Mapping[str, int]) -> None:
    """Refuse to make a document whose rows, read one by one, are not its totals; the columns are named."""
    odd = [f"{words.translate('行数')} {count} ≠ {totals.count}"] if count != totals.count else []
    for column in document.columns:
        total = totals.sums.get(column.key)
        if total is not None and sums[column.key] != total:
            shown = yuan if column.kind == "money" else str
            odd.append(f"{words.translate(column.title)} {shown(sums[column.key])} ≠ {shown(total)}")
    if odd:
        raise rules.BOOKS_DIFFER(differences="；".join(odd))


def period_words(filters: Filters) -> str:
    """`2026-01-01 至 2026-03-31`, in the current language."""
    return words.say("{begin} 至 {end}", begin=filters.begin, end=filters.end)


async def filter_words(document: Document, filters: Filters) -> str:
    """The filters as they are echoed on the printed document, codes with their names."""
    parts = []
    for wanted in document.filters:
        if value := filters[wanted]:
            name = (await wanted.choices()).get(value, "")
            parts.append(f"{words.say(wanted.label)} {value} {name}".rstrip() if wanted.coded else name)
    return " · ".join(parts) or words.say("全部")
