"""Decisions that are made with what posts: a line and the entry of a command are matched, and freed, in its own batch.

The line's row is named by the command, so that nobody matches it meanwhile. The movement of the entry follows the
journal already matched, for the entry says by which decision (`match`; movements/following.py).
"""

from collections.abc import Collection
from typing import Any

from charity import tokens
from charity.bank import movements, rules
from charity.bank.models import (
    LINE,
    MATCH,
    MATCH_ITEM,
    MOVEMENT,
    Attempt,
    BankLineRow,
    BankMatchItemRow,
    BankMatchRow,
    LineStatus,
    MatchKind,
    Method,
)
from charity.db.tables import Table
from charity.ledger.state import Entry, State
from charity.roles import Actor


def open_line(state: State, line: str) -> BankLineRow:
    """The line that the command named, or line.not_open."""
    row = state.row(LINE, line)
    if row is None or row["status"] != LineStatus.OPEN or row["matched"]:
        raise rules.LINE_NOT_OPEN()
    return row


def bring_together(state: State, line: BankLineRow, entry: Entry, match: str, method: Method, *, by: Actor) -> None:
    """The line and the entry are the same money; `match` is the decision that the entry names."""
    cleared_on = max(line["on_day"], entry.effective_on)
    state.change(LINE, line["key"], status=LineStatus.MATCHED.value, matched=match, cleared_on=cleared_on)
    movement = movements.key_of(entry.seq, line["place"])
    _decide(state, line, match, MatchKind.MATCHED, method, [line["key"], movement], by=by)


def wants_to_part(line: str, seq: int, place: str) -> Collection[tuple[Table[Any], str]]:
    """What a command names that frees them; the movement is there once `movements.follow` went on."""
    return [(LINE, line), (MOVEMENT, movements.key_of(seq, place))]


def part(state: State, line: str, seq: int, match: str, *, by: Actor) -> None:
    """The entry is reversed: the line waits again, no machine matches it. Refused for a closed day."""
    row = state.row(LINE, line)
    assert row is not None, "a line that is matched stays"
    if row["cleared_on"]:
        state.must_be_open(row["place"], row["cleared_on"])
    movement = movements.key_of(seq, row["place"])
    state.change(LINE, line, status=LineStatus.OPEN.value, matched=None, cleared_on=None, attempt=Attempt.NEVER.value)
    state.change(MOVEMENT, movement, matched=None, cleared_on=None)
    _decide(state, row, tokens.key16(), MatchKind.UNDONE, Method.NONE, [line, movement], by=by, undoes=match)


def _decide(
    state: State,
    line: BankLineRow,
    key: str,
    kind: MatchKind,
    method: Method,
    items: Collection[str],
    *,
    by: Actor,
    undoes: str | None = None,
) -> None:
    row = BankMatchRow(
        key=key,
        kind=kind.value,
        undoes=undoes,
        place=line["place"],
        fen=line["in_fen"] - line["out_fen"],
        method=method.value,
        score=0,
        reasons="",
        reason=None,
        made_by=by.key,
        made_at=state.now,
    )
    state.add(MATCH, row)
    for item in items:
        state.add(MATCH_ITEM, BankMatchItemRow(match_key=key, item=item))
