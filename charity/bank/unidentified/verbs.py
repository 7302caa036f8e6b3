"""Hold a line as unidentified, and undo it.

The line, the entry and the decision that matches them change in one batch (charity/bank/posted.py). The bank's number
is taken for it; where it was given before, to money that has its own line, what is held goes without one.
"""

from dataclasses import replace
from typing import Any

from charity import clock, tokens
from charity.bank import matching, movements, posted, rules
from charity.bank.models import LINE, Method
from charity.bank.statements import LineView
from charity.db import reading
from charity.giving import unidentified
from charity.giving.unidentified import UNIDENTIFIED, Held
from charity.ledger import moved, payment_numbers, reversals
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
    one, today = _held(view, note), clock.today()
    await movements.follow()

    async def load(loader: Loader) -> bool:
        await unidentified.must_not_be_held(loader, line)
        return await _accounted_for(one)

    def decide(state: State, accounted_for: bool) -> Answer:  # noqa: FBT001 - what `load` answers
        row = posted.open_line(state, line)
        again = accounted_for and payment_numbers.is_taken(state, one.channel, one.channel_ref)
        named = replace(one, channel_ref="") if again else one
        held, entry = unidentified.hold(state, named, today=today, actor=by.key)
        posted.bring_together(state, row, entry, one.match, Method.HELD, by=by)
        return Answer(201, {"number": held["number"], "entry": entry.id})

    wants = unidentified.wants_to_hold(one, today.year)
    wanted = Wants(series=wants.series, rows=[(LINE, line), *wants.rows])
    answer = await submit(Command(decide, wanted, idem, load=load, alone=True))
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


async def _accounted_for(one: Held) -> bool:
    """Whether what the books have under the bank's number was on another line: banks give a number again.

    Anything that came under it and waits for its line may be this money; so may what is booked and not followed yet.
    """
    waits = await reading.value(
        "SELECT 1 FROM bank_movement WHERE reference = $1 AND fen > 0 AND matched IS NULL AND reverses IS NULL LIMIT 1",
        movements.folded(one.channel_ref),
    )
    return not waits and not await moved.touched(one.place, after=await movements.mark(), on=clock.today().isoformat())


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
