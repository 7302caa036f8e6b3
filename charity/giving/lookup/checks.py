"""`charity verify`, the part of what gifts and pledges are looked up by: the tables say what the books say."""

from collections.abc import Iterable, Sequence
from typing import Final

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving.lookup import memos, terms
from charity.giving.lookup.keeping import CHUNK, Row, mark, of_gift, parts_of
from charity.people import persons
from charity.people.persons import Person

CHECKED: Final = 2_000
"""Gifts that are compared by each term, the oldest and the newest; the others are counted. Pledges are compared all."""
SHOWN: Final = 20
"""Failures of one kind that are named."""
TOGETHER: Final = 500
"""Terms that one statement asks for."""


async def check() -> list[Failure]:
    """Each gift and pledge that was written can be looked up, an organisation also by each word of its name."""
    at, _ = await mark(terms.GIFT)
    failures = await _lost(int(at or 0))
    for order in ("ASC", "DESC"):
        rows = await reading.rows(
            "SELECT seq, key, amount_fen, donor, NULL AS on_receipt FROM donation WHERE seq <= $1 "  # noqa: S608 - from here
            f"ORDER BY seq {order} LIMIT {CHECKED}",
            int(at or 0),
        )
        givers = await persons.names([row["donor"] for row in rows])
        wanted = [term for row in rows for term in of_gift(row, givers.get(row["donor"]))]
        lost = await _missed(terms.GIFT, wanted)
        failures += [Failure("I12", words.say("捐赠 {key} 按姓名或金额查不到", key=key)) for key in lost]
        failures += await _words(givers.values())
    lost_memos = (await memos.newest_lost())[:SHOWN]
    failures += [Failure("I12", words.say("捐赠 {key} 按附言查不到", key=key)) for key in lost_memos]
    return failures + await _pledges()


async def _lost(seq: int) -> list[Failure]:
    """Whether as many gifts of a known value are looked up as there are up to this entry."""
    row = await reading.only(
        "SELECT (SELECT COUNT(*) FROM donation WHERE seq <= $1 AND amount_fen > 0) AS gifts, "
        "(SELECT COUNT(DISTINCT key) FROM lookup WHERE kind = $2 AND term > 'a' AND term < 'b' AND at <= $3) AS kept",
        seq,
        terms.GIFT,
        terms.place(seq),
    )
    if row["gifts"] == row["kept"]:
        return []
    return [
        Failure("I12", words.say("按金额能查到 {kept} 笔捐赠，账上有 {gifts} 笔", kept=row["kept"], gifts=row["gifts"]))
    ]


async def _pledges() -> list[Failure]:
    """All pledges up to the mark, a chunk at a time, and that nothing else is kept as a pledge."""
    failures: list[Failure] = []
    upto, at, key, named = await mark(terms.PLEDGE), "", "", 0
    while rows := await reading.rows(
        "SELECT created_at, code, donor FROM pledge WHERE (created_at, code) > ($1, $2) "  # noqa: S608 - a number
        f"AND (created_at, code) <= ($3, $4) ORDER BY created_at, code LIMIT {CHUNK}",
        at,
        key,
        *upto,
    ):
        givers = await persons.names([row["donor"] for row in rows])
        terms_of = [(terms.of_giver(givers.get(row["donor"])), row) for row in rows]
        wanted = [(terms.PLEDGE, term, row["created_at"], row["code"]) for term, row in terms_of if term]
        lost = await _missed(terms.PLEDGE, wanted)
        failures += [Failure("I12", words.say("认捐 {key} 按姓名查不到", key=key)) for key in lost]
        failures += await _words(givers.values())
        named += len(wanted)
        at, key = rows[-1]["created_at"], rows[-1]["code"]
    kept = await reading.value("SELECT COUNT(*) FROM lookup WHERE kind = $1 AND at <= $2", terms.PLEDGE, upto[0])
    if kept != named:
        failures.append(
            Failure("I12", words.say("按姓名登记了 {kept} 笔认捐，应有 {named} 笔", kept=kept, named=named))
        )
    return failures


async def _missed(kind: str, wanted: Sequence[Row]) -> list[str]:
    """The keys of those that are not there, the first of them."""
    kept = await _kept(kind, wanted)
    return [term[3] for term in wanted if term not in kept][:SHOWN]


async def _kept(kind: str, wanted: Sequence[Row]) -> set[Row]:
    """Which of these are there."""
    kept: set[Row] = set()
    for n in range(0, len(wanted), TOGETHER):
        part = wanted[n : n + TOGETHER]
        keys, places = sorted({term[1] for term in part}), [term[2] for term in part]
        rows = await reading.tuples(
            "SELECT kind, term, at, key FROM lookup WHERE kind = $1 "  # noqa: S608 - places
            f"AND term IN ({reading.places(len(keys), 4)}) AND at BETWEEN $2 AND $3",
            kind,
            min(places),
            max(places),
            *keys,
        )
        kept |= {(row[0], row[1], row[2], row[3]) for row in rows}
    return kept


async def _words(givers: Iterable[Person]) -> list[Failure]:
    """Organisations of these that a word of their name does not lead to; the name is not said."""
    wanted = sorted(parts_of(givers))
    lost = 0
    for n in range(0, len(wanted), TOGETHER):
        part = wanted[n : n + TOGETHER]
        asked = sorted({word for word, _ in part})
        sql = f"SELECT part, name FROM lookup_part WHERE part IN ({reading.places(len(asked))})"  # noqa: S608 - places
        kept = {(row[0], row[1]) for row in await reading.tuples(sql, *asked)}
        lost += len(set(part) - kept)
    if not lost:
        return []
    return [Failure("I12", words.say("单位名称中有 {count} 处按其中的词查不到", count=lost))]
