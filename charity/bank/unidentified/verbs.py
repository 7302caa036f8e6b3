"""Hold a line as unidentified, and undo it.

The line, the entry and the decision that matches them change in one batch, so that nobody can match the line meanwhile;
its movement follows the journal already matched (movements/following.py).
"""

from typing import Any

from charity import clock, tokens
from charity.bank import matching, movements, rules
from charity.bank.models import (
    LINE,
    MATCH,
    MATCH_ITEM,
    MOVEMENT,
    Attempt,
    BankMatchItemRow,
    BankMatchRow,
    LineStatus,
    MatchKind,
    Method,
)
from charity.bank.statements import LineView
from charity.db.tables import Table
from charity.giving import unidentified
from charity.giving.unidentified import UNIDENTIFIED, Held
from charity.ledger import reversals
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

NOTE_MAX = 200
REASON_MAX = 500
REF_MAX = 64


async def hold(line: str, *, note: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Hold an incoming line that nobody can name, on the bank's date: 201 `{number, entry}`."""
    by.must("money.hold")
    view = await matching.get(line, by=by)
    if not view.row["in_fen"]:
        raise rules.HOLD_OUTGOING()
    one = _held(view, note)
    year = clock.today().year

    def decide(state: State, _: None) -> Answer:
        row = state.row(LINE, line)
        if row is None or row["status"] != LineStatus.OPEN or row["matched"]:
            raise rules.LINE_NOT_OPEN()
        held, entry = unidentified.hold(state, one, year=year, actor=by.key)
        cleared_on = max(row["on_day"], entry.effective_on)
        state.change(LINE, line, status=LineStatus.MATCHED.value, matched=one.match, cleared_on=cleared_on)
        _decide(
            state,
            _match(view, one.match, MatchKind.MATCHED, by, state.now),
            [line, movements.key_of(entry.seq, one.place)],
        )
        return Answer(201, {"number": held["number"], "entry": entry.id})

    wants = unidentified.wants_to_hold(one, year)
    named = Wants(series=wants.series, rows=[(LINE, line), *wants.rows])
    answer = await submit(Command(decide, named, idem, load=lambda loader: unidentified.must_not_be_held(loader, line)))
    await movements.follow()
    return answer


async def undo(number: str, *, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Take a holding back of which nothing was used, today: 201 `{number, entry}`. Its line waits again."""
    by.must("money.reverse")
    one = await unidentified.get(number, by=by)
    view = await matching.get(one.line, by=by)
    await movements.follow()  # its movement is there, to be freed
    today, movement = clock.today().isoformat(), movements.key_of(one.seq, one.place)

    async def load(loader: Loader) -> dict[str, Any]:
        for table, key in unidentified.wants_to_free(unidentified.stored(loader.state, one.number)):
            await loader.stored(table, [key])
        return await reversals.load(loader, one.seq, on=today)

    def decide(state: State, body: dict[str, Any]) -> Answer:
        row = state.row(LINE, one.line)
        if row is not None and row["cleared_on"]:
            state.must_be_open(one.place, row["cleared_on"])
        entry = unidentified.reverse(state, one.number, body, on=today, reason=reason, actor=by.key)
        state.change(
            LINE,
            one.line,
            status=LineStatus.OPEN.value,
            matched=None,
            cleared_on=None,
            attempt=Attempt.NEVER.value,
        )
        state.change(MOVEMENT, movement, matched=None, cleared_on=None)
        undone = _match(view, tokens.key16(), MatchKind.UNDONE, by, state.now, undoes=one.match)
        _decide(state, undone, [one.line, movement])
        return Answer(201, {"number": one.number, "entry": entry.id})

    rows: list[tuple[Table[Any], str]] = [(UNIDENTIFIED, one.number), (LINE, one.line), (MOVEMENT, movement)]
    return await submit(Command(decide, Wants(rows=rows), idem, load=load))


def _held(view: LineView, note: str) -> Held:
    row = view.row
    return Held(
        place=row["place"],
        on=row["on_day"],
        fen=row["in_fen"],
        line=row["key"],
        match=tokens.key16(),
        channel_ref=row["reference"],
        note=note,
    )


def _match(
    view: LineView, key: str, kind: MatchKind, by: Actor, now: str, *, undoes: str | None = None
) -> BankMatchRow:
    return BankMatchRow(
        key=key,
        kind=kind.value,
        undoes=undoes,
        place=view.row["place"],
        fen=view.row["in_fen"],
        method=(Method.NONE if undoes else Method.HELD).value,
        score=0,
        reasons="",
        reason=None,
        made_by=by.key,
        made_at=now,
    )


def _decide(state: State, row: BankMatchRow, items: list[str]) -> None:
    state.add(MATCH, row)
    for item in items:
        state.add(MATCH_ITEM, BankMatchItemRow(match_key=row["key"], item=item))
