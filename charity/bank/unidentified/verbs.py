"""Hold a line as unidentified, and undo it.

The line, the entry and the decision that matches them change in one batch (charity/bank/posted.py).
"""

from typing import Any

from charity import clock, tokens
from charity.bank import matching, movements, posted, rules
from charity.bank.models import LINE, Method
from charity.bank.statements import LineView
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
        row = posted.open_line(state, line)
        held, entry = unidentified.hold(state, one, year=year, actor=by.key)
        posted.bring_together(state, row, entry, one.match, Method.HELD, by=by)
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
    await movements.follow()  # its movement is there, to be freed
    today = clock.today().isoformat()

    async def load(loader: Loader) -> dict[str, Any]:
        for table, key in unidentified.wants_to_free(unidentified.stored(loader.state, one.number)):
            await loader.stored(table, [key])
        return await reversals.load(loader, one.seq, on=today)

    def decide(state: State, body: dict[str, Any]) -> Answer:
        entry = unidentified.reverse(state, one.number, body, on=today, reason=reason, actor=by.key)
        posted.part(state, one.line, one.seq, one.match, by=by)
        return Answer(201, {"number": one.number, "entry": entry.id})

    rows = [(UNIDENTIFIED, one.number), *posted.wants_to_part(one.line, one.seq, one.place)]
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
