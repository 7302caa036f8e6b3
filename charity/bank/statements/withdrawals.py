"""Files of banks leave again: withdrawn before they were taken in, taken back after it, abandoned by everybody.

Always true: nobody sees a line of a file that leaves, whatever ends it half way; the next run of `sweep` deletes what
is left. A file taken back keeps its row, which says who and when.
"""

import logging
from datetime import timedelta
from typing import Final

from charity import clock
from charity.bank import chosen_columns, closed_lines, rules
from charity.bank.formats.layouts import CHOSEN
from charity.bank.models import BankStatementRow, LineStatus, StatementStatus
from charity.bank.statements import readers
from charity.db import reading as stored
from charity.db import transactions
from charity.db.transactions import Tx
from charity.roles import Actor

log = logging.getLogger("charity.bank")
LINES_A_TX: Final = 2_000
"""Lines that one transaction deletes."""
ABANDONED_DAYS: Final = 7
"""So long a file that was shown waits to be taken in; then the timetable removes it."""
SWEEP_MAX: Final = 100
"""Files that one run of the timetable removes."""
_NOT_TAKEN: Final = (
    StatementStatus.STAGING.value,
    StatementStatus.WAITING.value,
    StatementStatus.STALE.value,
)


async def withdraw(key: str, *, by: Actor) -> None:
    """Drop a file that was not taken in, with its lines."""
    by.must("statement.import")
    row = await readers.get(key, by=by)
    if not await drop(row["key"]):
        raise rules.STATEMENT_NOT_WAITING()
    await _forget(row)
    log.info("statement.withdrawn", extra=readers.logged(row, by))


async def take_back(key: str, *, content_hash: str, by: Actor) -> None:
    """Take back a file that was taken in, with its lines, while none of them is used; its row stays and says who.

    The number that the place learned from its files goes with the last that says it.
    """
    by.must("statement.import")
    row = await readers.get(key, by=by)
    readers.content(row).must_be(content_hash)
    if row["status"] != StatementStatus.TAKEN:
        raise rules.STATEMENT_NOT_TAKEN()
    await transactions.run(lambda tx: _leave(tx, row, by))
    await _delete_lines(key)
    await _forget(row)
    log.info("statement.taken_back", extra=readers.logged(row, by))


async def _forget(row: BankStatementRow) -> None:
    """Whoever takes a file away that was read by columns somebody chose may choose them anew."""
    if row["layout"] == CHOSEN:
        await chosen_columns.forget(row["place"])


async def sweep() -> int:
    """Drop files that nobody took in for ABANDONED_DAYS, and lines that a file taken back left; how many files."""
    before = clock.stamp(clock.now() - timedelta(days=ABANDONED_DAYS))
    abandoned = await stored.rows(
        "SELECT key FROM bank_statement WHERE uploaded_at < $1 AND status IN ($2, $3, $4) "
        "ORDER BY uploaded_at LIMIT $5",
        before,
        *_NOT_TAKEN,
        SWEEP_MAX,
    )
    gone = [each["key"] for each in abandoned if await drop(each["key"])]
    for key in gone:
        log.info("statement.abandoned", extra={"statement": key, "days": ABANDONED_DAYS})
    left = await stored.rows(
        "SELECT key FROM bank_statement s WHERE status = $1 "
        "AND EXISTS (SELECT 1 FROM bank_line WHERE statement = s.key)",
        StatementStatus.TAKEN_BACK.value,
    )
    for each in left:
        await _delete_lines(each["key"])
    return len(gone) + len(left)


async def drop(key: str) -> bool:
    """Delete a statement that is not taken in, its lines first; whether there was one."""

    async def hold(tx: Tx) -> bool:
        return bool(
            await tx.rows(
                "UPDATE bank_statement SET status = $2 WHERE key = $1 AND status IN ($3, $4, $5) RETURNING key",
                key,
                StatementStatus.STAGING.value,
                *_NOT_TAKEN,
            )
        )

    async def last(tx: Tx) -> bool:
        await tx.many("DELETE FROM bank_line WHERE statement = $1", [[key]])  # what a staging wrote meanwhile
        return bool(
            await tx.rows(
                "DELETE FROM bank_statement WHERE key = $1 AND status = $2 RETURNING key",
                key,
                StatementStatus.STAGING.value,
            )
        )

    if not await transactions.run(hold):
        return False
    await _delete_lines(key)
    return await transactions.run(last)


async def _delete_lines(key: str) -> None:
    """Delete the lines of a statement that nobody sees any more, in parts."""

    async def some(tx: Tx) -> int:
        gone = await tx.rows(
            "DELETE FROM bank_line WHERE key IN (SELECT key FROM bank_line WHERE statement = $1 LIMIT $2) "
            "RETURNING key",
            key,
            LINES_A_TX,
        )
        return len(gone)

    while await transactions.run(some) == LINES_A_TX:
        pass


async def _leave(tx: Tx, row: BankStatementRow, by: Actor) -> None:
    """Mark a statement and its open lines as taken back; refuse when one is used or a later file counts on them.

    A line that somebody uses at this moment is waited for, and found used.
    """
    key, place = row["key"], row["place"]
    marked = await tx.rows(
        "UPDATE bank_statement SET status = $2, taken_back_by = $3, taken_back_at = $4 "
        "WHERE key = $1 AND status = $5 RETURNING key",
        key,
        StatementStatus.TAKEN_BACK.value,
        by.key,
        clock.stamp(),
        StatementStatus.TAKEN.value,
    )
    if not marked:
        raise rules.STATEMENT_NOT_TAKEN()
    await closed_lines.must_be_open(tx, place, key)
    later = await tx.row(
        "SELECT first_on, last_on FROM bank_statement WHERE place = $1 AND status = $2 AND taken_at >= $3 "
        "AND new_lines < lines AND first_on <= $4 AND last_on >= $5 ORDER BY taken_at DESC LIMIT 1",
        place,
        StatementStatus.TAKEN.value,
        row["taken_at"],
        row["last_on"],
        row["first_on"],
    )
    if later:
        raise rules.STATEMENT_BUILT_ON(first=later["first_on"], last=later["last_on"])
    marks = (LineStatus.TAKEN_BACK.value, LineStatus.OPEN.value)
    await tx.many("UPDATE bank_line SET status = $2 WHERE statement = $1 AND status = $3", [[key, *marks]])
    used = await tx.row("SELECT COUNT(*) AS n FROM bank_line WHERE statement = $1 AND status <> $2", key, marks[0])
    if used and used["n"]:
        raise rules.STATEMENT_USED(count=used["n"])
    await tx.many(
        "UPDATE bank_statement SET status = $2 WHERE place = $1 AND status IN ($3, $4)",
        [[place, StatementStatus.STALE.value, StatementStatus.STAGING.value, StatementStatus.WAITING.value]],
    )
    await tx.many(
        "UPDATE bank_account SET files = files + 1, number = CASE WHEN EXISTS (SELECT 1 FROM bank_statement "
        "WHERE place = $1 AND status = $2 AND account <> '' AND account NOT LIKE $3) THEN number ELSE '' END "
        "WHERE place = $1",
        [[place, StatementStatus.TAKEN.value, "%…"]],
    )
