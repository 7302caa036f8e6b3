"""The keys of gifts and pledges by name or amount, newest first and bounded, with what is not written down yet."""

from dataclasses import dataclass
from typing import Any, Final

from charity.db import reading
from charity.giving import rules
from charity.giving.lookup import terms
from charity.giving.lookup.keeping import LATER, mark
from charity.people import names, persons
from charity.people.models import PersonKind

MATCHES_MAX: Final = 2_000
"""Keys that one answer has."""
NAMES_MAX: Final = 50
"""Organisations with the same word in their name that one answer looks at."""
TAIL_MAX: Final = 2_000
"""Gifts and pledges since the last run of the timetable that are read as they are, the newest; a tail as long as that
says that there are others, so that a timetable that stands still hides nothing."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """Keys, newest first; `more` when there are others."""

    keys: list[str]
    more: bool = False


async def gifts_of_name(text: str, limit: int = MATCHES_MAX) -> Match:
    """Gifts whose giver's name begins so, or has this word when it is an organisation; the same name first."""
    asked = names.folded(text)
    if len(asked) < names.SHORTEST:
        return Match([])
    tail, full = await _tail_of_gifts(asked)
    return _newest([*tail, *await _written(terms.GIFT, asked, limit)], limit, more=full)


async def pledges_of_name(text: str, limit: int = MATCHES_MAX) -> Match:
    """The same of pledges."""
    asked = names.folded(text)
    if len(asked) < names.SHORTEST:
        return Match([])
    tail, full = await _tail_of_pledges(asked)
    return _newest([*tail, *await _written(terms.PLEDGE, asked, limit)], limit, more=full)


def whole(match: Match) -> list[str]:
    """All keys of a name, for a list that must leave none out; refuses a name that more have than one answer holds."""
    if match.more:
        raise rules.NAME_TOO_MANY(most=MATCHES_MAX)
    return match.keys


async def gifts_of_amount(first_fen: int, last_fen: int, limit: int = MATCHES_MAX) -> Match:
    """Gifts of at least and at most so much, in money or valued goods, or on a receipt over so much."""
    first, last = terms.of_amount(first_fen), terms.of_amount(last_fen)
    asked = "term = $1 ORDER BY at DESC" if first == last else "term BETWEEN $1 AND $2 ORDER BY term, at"
    written = await reading.rows(
        f"SELECT at, key FROM lookup WHERE kind = '{terms.GIFT}' AND {asked} LIMIT {limit + 1}",  # noqa: S608 - from here
        *([first] if first == last else [first, last]),  # a span of one term would be sorted: SQLite does not see it
    )
    at, _ = await mark(terms.GIFT)
    tail = await reading.rows(
        "SELECT d.seq, d.key, d.amount_fen, r.amount_fen AS on_receipt FROM donation d "  # noqa: S608 - a number
        f"LEFT JOIN receipt r ON r.code = d.receipt WHERE d.seq > $1 ORDER BY d.seq DESC LIMIT {TAIL_MAX}",
        int(at or 0),
    )
    later = await reading.rows(LATER, TAIL_MAX)
    fresh = [
        {"at": terms.place(row["seq"]), "key": row["key"]}
        for row in [*tail, *later]
        if any(first_fen <= (fen or 0) <= last_fen for fen in (row["amount_fen"], row["on_receipt"]))
    ]
    return _newest([*fresh, *written], limit, more=len(tail) == TAIL_MAX)


async def newest_of(kind: str, term: str, limit: int) -> list[str]:
    """The newest keys that are written down under exactly this term."""
    sql = "SELECT key FROM lookup WHERE kind = $1 AND term = $2 ORDER BY at DESC LIMIT $3"
    return [row["key"] for row in await reading.rows(sql, kind, term, limit)]


async def count_of(kind: str, upto: str) -> int:
    """How many terms of a kind are written down up to a place."""
    return int(await reading.value("SELECT COUNT(*) FROM lookup WHERE kind = $1 AND at <= $2", kind, upto))


async def written_since(kind: str, at: str) -> set[tuple[str, str]]:
    """The terms of a kind with their keys that are written down from a place on."""
    rows = await reading.tuples("SELECT term, key FROM lookup WHERE kind = $1 AND at >= $2", kind, at)
    return {(term, key) for term, key in rows}


def _newest(rows: list[Row], limit: int, *, more: bool) -> Match:
    keys = list(dict.fromkeys(row["key"] for row in sorted(rows, key=lambda row: row["at"], reverse=True)))
    return Match(keys[:limit], more or len(keys) > limit)


async def _written(kind: str, asked: str, limit: int) -> list[Row]:
    """What is written down of this name: the same name, then names that begin so, then organisations with the word."""
    same = terms.of_name(asked)
    sql = f"SELECT at, key FROM lookup WHERE kind = $1 AND {{}} LIMIT {limit + 1}"  # noqa: S608 - from here
    rows = await reading.rows(sql.format("term = $2 ORDER BY at DESC"), kind, same)
    if len(rows) <= limit:
        rows += await reading.rows(sql.format("term > $2 AND term < $3 ORDER BY term"), kind, same, same + terms.LAST)
    if len(rows) <= limit:
        firms = await reading.rows(
            f"SELECT DISTINCT name FROM lookup_part WHERE part >= $1 AND part < $2 LIMIT {NAMES_MAX}",  # noqa: S608
            asked[: names.PART_MAX],
            asked[: names.PART_MAX] + terms.LAST,
        )
        for firm in firms:
            rows += await reading.rows(sql.format("term = $2 ORDER BY at DESC"), kind, terms.of_name(firm["name"]))
            if len(rows) > limit:
                break
    return rows


async def _tail_of_gifts(asked: str) -> tuple[list[Row], bool]:
    """What is not written down yet of this name, and whether there may be more behind it."""
    at, _ = await mark(terms.GIFT)
    tail = await reading.rows(
        f"SELECT seq, key, donor FROM donation WHERE seq > $1 ORDER BY seq DESC LIMIT {TAIL_MAX}",  # noqa: S608
        int(at or 0),
    )
    later = await reading.rows(LATER, TAIL_MAX)
    named = await _named([row["donor"] for row in [*tail, *later]], asked)
    rows = [{"at": terms.place(row["seq"]), "key": row["key"]} for row in [*tail, *later] if row["donor"] in named]
    return rows, len(tail) == TAIL_MAX


async def _tail_of_pledges(asked: str) -> tuple[list[Row], bool]:
    """The same of pledges."""
    at, key = await mark(terms.PLEDGE)
    tail = await reading.rows(
        "SELECT created_at, code, donor FROM pledge WHERE (created_at, code) > ($1, $2) "  # noqa: S608 - a number
        f"ORDER BY created_at DESC, code DESC LIMIT {TAIL_MAX}",
        at,
        key,
    )
    named = await _named([row["donor"] for row in tail], asked)
    rows = [{"at": row["created_at"], "key": row["code"]} for row in tail if row["donor"] in named]
    return rows, len(tail) == TAIL_MAX


async def _named(donors: list[str], asked: str) -> set[str]:
    """Those of these persons whose name is looked for."""
    known = await persons.names(donors)
    return {
        key
        for key, person in known.items()
        if person.kind != PersonKind.ANONYMOUS
        and names.answers(person.name, asked, organisation=person.kind == PersonKind.ORGANISATION)
    }
