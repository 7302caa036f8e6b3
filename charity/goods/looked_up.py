"""Goods slips by their amount: kept behind the books by the timetable with what is looked up of gifts (decision 37)."""

from typing import Any, Final

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving import lookup

SLIP: Final = "slip"
CHUNK: Final = 2_000
TAIL_MAX: Final = 2_000
RUN_MAX: Final = 100_000
CHECKED: Final = 2_000
"""Slips that `charity verify` compares one by one, the newest; the others are counted."""
_AMOUNTS: Final = (
    "SELECT d.number, d.store, d.seq, (SELECT CAST(SUM(ABS(l.quantity) * l.cost_fen) AS BIGINT) FROM goods_line l "
    "WHERE l.document = d.number) AS amount_fen FROM goods_document d WHERE d.seq > $1 "
)


async def keep_up() -> int:
    """Keep the amounts of new slips; how many slips were looked at."""
    done = 0
    while done < RUN_MAX:
        at, _ = await lookup.mark(SLIP)
        rows = await reading.rows(f"{_AMOUNTS}ORDER BY d.seq LIMIT {CHUNK}", int(at or 0))
        if rows:
            written = [(SLIP, term, lookup.place(row["seq"]), row["number"]) for row in rows for term in _terms(row)]
            await lookup.write(written, kind=SLIP, at=lookup.place(rows[-1]["seq"]))
        done += len(rows)
        if len(rows) < CHUNK:
            break
    return done


def _terms(row: dict[str, Any]) -> list[str]:
    """By amount everywhere, and at its store."""
    fen = row["amount_fen"]
    return [_term(fen, None), _term(fen, row["store"])] if fen else []


def _term(fen: int, store: str | None) -> str:
    return lookup.of_amount(fen) + (f"@{store}" if store else "")


async def slips_of_amount(fen: int, *, store: str | None, limit: int) -> lookup.Match:
    """The numbers of slips of exactly this value, newest first; `store`: only of this one."""
    at, _ = await lookup.mark(SLIP)
    tail = await reading.rows(f"{_AMOUNTS}ORDER BY d.seq DESC LIMIT {TAIL_MAX}", int(at or 0))
    fresh = [row["number"] for row in tail if row["amount_fen"] == fen and store in {None, row["store"]}]
    numbers = list(dict.fromkeys([*fresh, *await lookup.newest_of(SLIP, _term(fen, store), limit + 1)]))
    return lookup.Match(numbers[:limit], len(tail) == TAIL_MAX or len(numbers) > limit)


async def check() -> list[Failure]:
    """What `charity verify` says: each slip of a value that was written is kept under it, and at its store."""
    at, _ = await lookup.mark(SLIP)
    upto = int(at or 0)
    slips = await reading.value(
        "SELECT COUNT(*) FROM goods_document d WHERE d.seq <= $1 AND EXISTS (SELECT 1 FROM goods_line l "
        "WHERE l.document = d.number AND l.quantity <> 0 AND l.cost_fen > 0)",
        upto,
    )
    kept = await lookup.count_of(SLIP, lookup.place(upto))
    failures = []
    if kept != 2 * slips:
        failures.append(
            Failure(
                "I12",
                words.say("出入库单按金额登记了 {kept} 条，账上有 {slips} 张，每张应有两条", kept=kept, slips=slips),
            )
        )
    newest = await reading.rows(f"{_AMOUNTS.replace('>', '<=')}ORDER BY d.seq DESC LIMIT {CHECKED}", upto)
    if newest:
        known = await lookup.written_since(SLIP, lookup.place(newest[-1]["seq"]))
        lost = [row["number"] for row in newest if not {(term, row["number"]) for term in _terms(row)} <= known]
        failures += [Failure("I12", words.say("出入库单 {number} 按金额查不到", number=number)) for number in lost[:20]]
    return failures
