"""Gifts by words of their memo, which is sealed: looked up by keyed hashes of each two characters that stand together.

Written behind the books like the other terms, so a gift costs nothing more. What the hashes lead to is unsealed and
compared, so nothing is shown that does not have the words. Source: blind indexes as in charity/db/sealed.py.
"""

import hmac
from hashlib import sha256
from typing import Any, Final

from charity.db import reading, sealed
from charity.giving.lookup import terms
from charity.giving.lookup.keeping import CHUNK, Row, mark, write
from charity.giving.lookup.readers import TAIL_MAX, Match
from charity.people import names

MEMO: Final = "memo"
PAIRS_ASKED: Final = 12
"""Pairs of one text that are looked up, the first of it; the whole text is compared in the end."""
CANDIDATES_MAX: Final = 1_000
"""Gifts that have the rarest pair and are looked at, the newest."""
RUN_MAX: Final = 100_000
_MEMOS: Final = "SELECT seq, key, memo FROM donation WHERE seq > $1 "


def pairs(text: str) -> list[str]:
    """The terms of a text, in its order."""
    folded = names.folded(text)
    key = sealed.derived("charity blind index donation.memo, pairs")
    two = dict.fromkeys(folded[n : n + 2] for n in range(len(folded) - 1))
    return [hmac.digest(key, pair.encode(), sha256).hex()[:24] for pair in two]


async def keep_up() -> int:
    """Write the pairs of the memos of new gifts; how many gifts were looked at."""
    done = 0
    while done < RUN_MAX:
        at, _ = await mark(MEMO)
        rows = await reading.rows(f"{_MEMOS}ORDER BY seq LIMIT {CHUNK}", int(at or 0))
        full = len(rows) == CHUNK
        if full and rows[0]["seq"] != rows[-1]["seq"]:
            rows = [row for row in rows if row["seq"] < rows[-1]["seq"]]  # the gifts of one entry stay together
        if rows:
            await write([term for row in rows for term in _terms(row)], kind=MEMO, at=terms.place(rows[-1]["seq"]))
        done += len(rows)
        if not full:
            break
    return done


def _terms(row: dict[str, Any]) -> list[Row]:
    return [(MEMO, pair, terms.place(row["seq"]), row["key"]) for pair in pairs(_text(row))]


def _text(row: dict[str, Any]) -> str:
    return sealed.unseal("donation", "memo", row["key"], row["memo"])


async def gifts_of_memo(text: str, limit: int) -> Match:
    """Gifts whose memo has this text in it, newest first, whatever blanks and punctuation stand between."""
    asked, wanted = names.folded(text), pairs(text)[:PAIRS_ASKED]
    if not wanted:
        return Match([])
    at, _ = await mark(MEMO)
    tail = await reading.rows(f"{_MEMOS}AND memo IS NOT NULL ORDER BY seq DESC LIMIT {TAIL_MAX}", int(at or 0))
    keys, capped = await _written(wanted)
    kept = []
    for n in range(0, len(keys), 500):
        part = keys[n : n + 500]
        kept += await reading.rows(
            f"SELECT seq, key, memo FROM donation WHERE key IN ({reading.places(len(part))})",  # noqa: S608 - places
            *part,
        )
    alike = [row for row in [*tail, *kept] if asked in names.folded(_text(row))]
    newest = list(dict.fromkeys(row["key"] for row in sorted(alike, key=lambda row: row["seq"], reverse=True)))
    return Match(newest[:limit], capped or len(tail) == TAIL_MAX or len(newest) > limit)


async def _written(wanted: list[str]) -> tuple[list[str], bool]:
    """The keys of gifts with all of these pairs, out of the newest that have the rarest; whether there are others."""
    sql = "SELECT COUNT(*) FROM (SELECT 1 FROM lookup WHERE kind = $1 AND term = $2 LIMIT $3) x"
    counts = {term: int(await reading.value(sql, MEMO, term, CANDIDATES_MAX + 1)) for term in wanted}
    rarest = min(counts, key=lambda term: counts[term])
    rest = [term for term in wanted if term != rarest]
    has = " ".join(
        "AND EXISTS (SELECT 1 FROM lookup b WHERE b.kind = c.kind "  # noqa: S608 - places
        f"AND b.term = ${n} AND b.at = c.at AND b.key = c.key)"
        for n in range(3, 3 + len(rest))
    )
    rows = await reading.rows(
        "SELECT c.key FROM (SELECT kind, at, key FROM lookup WHERE kind = $1 AND term = $2 "  # noqa: S608 - from here
        f"ORDER BY at DESC LIMIT {CANDIDATES_MAX}) c WHERE TRUE {has}",
        MEMO,
        rarest,
        *rest,
    )
    return [row["key"] for row in rows], counts[rarest] > CANDIDATES_MAX


async def newest_lost() -> list[str]:
    """Of the newest gifts with a memo that were written, those that a pair of it does not lead to: for `verify`."""
    at, _ = await mark(MEMO)
    rows = await reading.rows(
        "SELECT seq, key, memo FROM donation WHERE seq <= $1 AND memo IS NOT NULL "  # noqa: S608 - a number
        f"ORDER BY seq DESC LIMIT {CANDIDATES_MAX}",
        int(at or 0),
    )
    if not rows:
        return []
    sql = "SELECT term, key FROM lookup WHERE kind = $1 AND at >= $2"
    kept = {(term, key) for term, key in await reading.tuples(sql, MEMO, terms.place(rows[-1]["seq"]))}
    return [row["key"] for row in rows if not {(term[1], term[3]) for term in _terms(row)} <= kept]
