"""Lines and movements are brought together, a line is left open for good, and each of it is undone. Nothing is posted.

A line or a movement has one `matched`: it is set where it is empty, in one statement, so of two officers at once the
second one finds it set and is refused. What was decided is added to `bank_match` and never changed. What would change
the reconciliation of a closed day is refused.
"""

import logging
from collections.abc import Sequence
from typing import Any, Final

from charity import clock, tokens
from charity.bank import candidates, rules
from charity.bank.candidates import Proposal
from charity.bank.matching import readers
from charity.bank.models import BOOKED, Attempt, BankMatchRow, LineStatus, MatchKind, Method, StatementStatus
from charity.db import reading, sealed, transactions
from charity.db.transactions import Tx
from charity.ledger import closed_days
from charity.money import yuan
from charity.roles import Actor

log = logging.getLogger("charity.bank")
LINES_MAX: Final = 50
MOVEMENTS_MAX: Final = 200
"""Lines, and movements, of one match."""
REASON_MAX: Final = 200
_CLEARED: Final = (
    "SELECT x.day FROM (SELECT cleared_on AS day FROM bank_line WHERE matched = $1 UNION ALL "
    "SELECT cleared_on FROM bank_movement WHERE matched = $1) x WHERE x.day IS NOT NULL LIMIT 1"
)
"""The day on which a match cleared what it brought together; none for a line that stays open."""


async def match(*, lines: Sequence[str], movements: Sequence[str], by: Actor) -> str:
    """Say that these lines and movements are the same money; the key of the match.

    Their sums are equal, to the fen; without movements the lines cancel out, without lines the movements do.
    """
    by.must("bank.match")
    lines, movements = list(dict.fromkeys(lines)), list(dict.fromkeys(movements))
    if len(lines) + len(movements) < 2:  # noqa: PLR2004 - one thing alone is matched with nothing
        raise rules.MATCH_NOTHING()
    if len(lines) > LINES_MAX or len(movements) > MOVEMENTS_MAX:
        raise rules.MATCH_TOO_MANY(lines=LINES_MAX, movements=MOVEMENTS_MAX)
    proposal = None
    if len(lines) == len(movements) == 1:
        line = await readers.get(lines[0], by=by)
        proposed = await candidates.proposals(line)
        proposal = next((one for one in proposed if one.movement["key"] == movements[0]), None)
    return await together(lines, movements, proposal, by=by)


async def together(lines: Sequence[str], movements: Sequence[str], proposal: Proposal | None, *, by: Actor) -> str:
    """Bring them together; `proposal` says why, where a proposal was taken."""
    key, now = tokens.key16(), clock.stamp()

    async def work(tx: Tx) -> BankMatchRow:
        taken = await _take_lines(tx, lines, key, LineStatus.MATCHED)
        booked = await _take_movements(tx, movements, key)
        if len({row["place"] for row in [*taken, *booked]}) != 1:
            raise rules.MATCH_PLACES()
        came = sum(candidates.fen_of(row) for row in taken)
        kept = sum(row["fen"] for row in booked)
        if came != kept:
            raise rules.MATCH_SUM(lines_yuan=yuan(came), movements_yuan=yuan(kept), apart_yuan=yuan(abs(came - kept)))
        row = BankMatchRow(
            key=key,
            kind=MatchKind.MATCHED.value,
            undoes=None,
            place=taken[0]["place"] if taken else booked[0]["place"],
            fen=came,
            method=(proposal.method if proposal else Method.MANUAL).value,
            score=proposal.score if proposal else 0,
            reasons=" ".join(proposal.reasons) if proposal else "",
            reason=None,
            made_by=by.key,
            made_at=now,
        )
        cleared_on = max(one["on_day"] for one in [*taken, *booked])
        await closed_days.must_be_open(tx, row["place"], cleared_on)
        await _write(tx, row, [*lines, *movements])
        await tx.many("UPDATE bank_line SET cleared_on = $2 WHERE matched = $1", [[key, cleared_on]])
        await tx.many("UPDATE bank_movement SET cleared_on = $2 WHERE matched = $1", [[key, cleared_on]])
        return row

    _log("match.made", await transactions.run(work), by)
    return key


async def ignore(key: str, *, reason: str, by: Actor) -> str:
    """Take a line out of the queue; on the reconciliation it stays open, with the reason. The key of the decision."""
    by.must("bank.match")
    line = await readers.get(key, by=by)
    made, now = tokens.key16(), clock.stamp()

    async def work(tx: Tx) -> BankMatchRow:
        await _take_lines(tx, [key], made, LineStatus.IGNORED)
        row = BankMatchRow(
            key=made,
            kind=MatchKind.IGNORED.value,
            undoes=None,
            place=line.row["place"],
            fen=candidates.fen_of(line.row),
            method=Method.NONE.value,
            score=0,
            reasons="",
            reason=sealed.seal("bank_match", "reason", made, reason),
            made_by=by.key,
            made_at=now,
        )
        await _write(tx, row, [key])
        return row

    _log("line.ignored", await transactions.run(work), by)
    return made


async def undo(key: str, *, by: Actor) -> None:
    """Take a match back, or what left a line open: its lines and movements wait again, and no machine matches them."""
    by.must("bank.match")
    stood = await reading.row("SELECT place, fen, undoes, kind, method FROM bank_match WHERE key = $1", key)
    if stood is None or stood["kind"] == MatchKind.UNDONE:
        raise rules.MATCH_UNKNOWN()
    if stood["method"] in BOOKED:
        raise rules.MATCH_HELD() if stood["method"] == Method.HELD else rules.MATCH_FEE()
    row = BankMatchRow(
        key=tokens.key16(),
        kind=MatchKind.UNDONE.value,
        undoes=key,
        place=stood["place"],
        fen=stood["fen"],
        method=Method.NONE.value,
        score=0,
        reasons="",
        reason=None,
        made_by=by.key,
        made_at=clock.stamp(),
    )

    async def work(tx: Tx) -> None:
        if cleared := await tx.row(_CLEARED, key):
            await closed_days.must_be_open(tx, stood["place"], cleared["day"])
        freed = await tx.rows(
            "UPDATE bank_line SET matched = NULL, cleared_on = NULL, status = $2, attempt = $3 WHERE matched = $1 "
            "RETURNING key",
            key,
            LineStatus.OPEN.value,
            Attempt.NEVER.value,
        )
        freed += await tx.rows(
            "UPDATE bank_movement SET matched = NULL, cleared_on = NULL WHERE matched = $1 RETURNING key", key
        )
        if not freed:
            raise rules.MATCH_UNDONE()
        await _write(tx, row, [one["key"] for one in freed])

    await transactions.run(work)
    _log("match.undone", row, by)


async def _take_lines(tx: Tx, keys: Sequence[str], made: str, status: LineStatus) -> list[dict[str, Any]]:
    """Claim these lines; refused when one of them is claimed, or of no file that was taken in."""
    taken: list[dict[str, Any]] = []
    for key in keys:
        taken += await tx.rows(
            "UPDATE bank_line SET matched = $2, status = $3 WHERE key = $1 AND status = $4 AND matched IS NULL "
            "AND EXISTS (SELECT 1 FROM bank_statement s WHERE s.key = bank_line.statement AND s.status = $5) "
            "RETURNING key, place, on_day, in_fen, out_fen",
            key,
            made,
            status.value,
            LineStatus.OPEN.value,
            StatementStatus.TAKEN.value,
        )
    if len(taken) != len(keys):
        raise rules.LINE_NOT_OPEN()
    return taken


async def _take_movements(tx: Tx, keys: Sequence[str], made: str) -> list[dict[str, Any]]:
    """Claim these movements; refused when one of them is claimed. `cleared_on` follows in the same transaction."""
    taken: list[dict[str, Any]] = []
    for key in keys:
        taken += await tx.rows(
            "UPDATE bank_movement SET matched = $2, cleared_on = on_day WHERE key = $1 AND matched IS NULL "
            "RETURNING key, place, on_day, fen",
            key,
            made,
        )
    if len(taken) != len(keys):
        raise rules.MATCH_TAKEN()
    return taken


async def _write(tx: Tx, row: BankMatchRow, items: Sequence[str]) -> None:
    await tx.insert("bank_match", [row])
    await tx.insert("bank_match_item", [{"match_key": row["key"], "item": item} for item in items])


def _log(event: str, row: BankMatchRow, by: Actor) -> None:
    log.info(event, extra={"match": row["key"], "place": row["place"], "fen": row["fen"], "by": by.key})
