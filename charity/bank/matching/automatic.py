"""What needs no person: the timetable follows the journal and matches what is beyond doubt; it decides nothing else.

A line is looked at once, and again when the books move its sum. A payment that was reversed before a bank's line said
it moved cancels out with its reversal.
"""

import logging
from typing import Any, Final

from charity.bank import candidates, movements
from charity.bank.matching import readers, verbs
from charity.bank.models import Attempt, StatementStatus
from charity.bank.statements import LineView, opened
from charity.db import reading, transactions
from charity.errors import Refusal, Unavailable
from charity.ledger import moved
from charity.roles import SYSTEM

AT_ONCE_MAX: Final = 100
"""Entries that a page follows by itself, and lines that it looks at; more is left to the timetable."""
log = logging.getLogger("charity.bank")
CHUNK: Final = 200
RUN_MAX: Final = 10_000
"""Lines, and reversals, of one run of the timetable."""


async def keep_up(most: int = RUN_MAX) -> int:
    """Follow the journal, cancel out what was reversed, match what is beyond doubt; how much was looked at."""
    done = await movements.follow()
    done += await _reversed(most)
    return done + await _lines(most)


async def catch_up() -> None:
    """The same for whoever opens the queue, when little has come since: what was just booked is matched on the page."""
    behind = await moved.head() - await movements.mark()
    if behind <= AT_ONCE_MAX:
        try:
            await keep_up(AT_ONCE_MAX)
        except Unavailable:
            log.info("match.later", extra={"behind": behind})


async def _reversed(most: int) -> int:
    """Bring each open reversal together with what it reverses, where that is open too and all of it."""
    pairs = await reading.rows(
        "SELECT r.key AS reversal, m.key AS reversed FROM bank_movement r JOIN bank_movement m "  # noqa: S608 - a number
        "ON m.seq = r.reverses AND m.place = r.place AND m.fen = -r.fen AND m.matched IS NULL "
        "WHERE r.reverses IS NOT NULL AND r.matched IS NULL AND NOT EXISTS (SELECT 1 FROM bank_match_item i "
        f"WHERE i.item = r.key) ORDER BY r.key LIMIT {most}"
    )
    for pair in pairs:
        await _try([], [pair["reversal"], pair["reversed"]], None)
    return len(pairs)


async def _lines(most: int) -> int:
    done = 0
    while done < most:
        rows: Any = await reading.rows(
            f"SELECT {readers.LINE} FROM bank_line l JOIN bank_statement s ON s.key = l.statement "  # noqa: S608
            "WHERE l.attempt = 'due' AND l.status = 'open' AND s.status = $1 ORDER BY l.key LIMIT $2",
            StatementStatus.TAKEN.value,
            min(CHUNK, most - done),
        )
        for row in rows:
            await _line(opened(row))
        await transactions.run(
            lambda tx, rows=rows: tx.many(  # type: ignore[misc] # bound now
                "UPDATE bank_line SET attempt = $2 WHERE key = $1 AND attempt = $3",
                [[row["key"], Attempt.TRIED.value, Attempt.DUE.value] for row in rows],
            )
        )
        done += len(rows)
        if len(rows) < CHUNK:
            break
    return done


async def _line(line: LineView) -> None:
    """Match a line that has one candidate beyond doubt which no other line claims."""
    taken = candidates.surest(await candidates.proposals(line))
    if taken is None:
        return
    others = await readers.of_sum(line.row, limit=candidates.RIVALS_MAX + 1)
    if len(others) > candidates.RIVALS_MAX or any(candidates.is_rival(other, line, taken) for other in others):
        return
    await _try([line.row["key"]], [taken.movement["key"]], taken)


async def _try(lines: list[str], movements: list[str], proposal: candidates.Proposal | None) -> None:
    """Match; somebody who was quicker is no fault."""
    try:
        await verbs.together(lines, movements, proposal, by=SYSTEM)
    except Refusal as refusal:
        log.info("match.overtaken", extra={"rule": refusal.code})
