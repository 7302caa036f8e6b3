"""A day is prepared, closed, and opened again; each is a command, so that no entry comes between.

Under the writer's lock on the books and the lock on the place, which matches and statements wait for, the day is read
anew: what was shown is what is confirmed, or it is refused.
"""

import logging

from charity import clock, tokens
from charity.bank import matching, rules
from charity.bank.closing import readers
from charity.bank.closing.confirming import NOTHING, Prepared
from charity.bank.closing.readers import Day
from charity.bank.models import DAY, BankDayRow, DayStatus
from charity.db import sealed
from charity.ledger import accounts as acc
from charity.ledger import closed_days, places
from charity.ledger.content import changed
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

log = logging.getLogger("charity.bank")
_PREPARED = "SELECT key FROM bank_day WHERE place = $1 AND on_day = $2 AND status = $3"


async def prepare(
    *,
    place: str,
    on: str,
    content_hash: str,
    asked: Prepared = NOTHING,
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Prepare the day that was shown: 201 `{key, content_hash}`.

    `asked` has what the cashier says beside it. Prepared again, it takes the place of the first.
    """
    by.must("day.prepare")
    at, fresh, today = await places.get(place, field="place"), tokens.key16(), clock.today().isoformat()
    await matching.keep_up()

    async def load(loader: Loader) -> tuple[Day, str]:
        day = await _now(at.code, on, by)
        waiting = await loader.rows(_PREPARED, at.code, on, DayStatus.PREPARED.value)
        key = str(waiting[0]["key"]) if waiting else ""
        if key:
            await loader.stored(DAY, [key])
        return day, key

    def decide(state: State, facts: tuple[Day, str]) -> Answer:
        day, key = facts
        day.shown().must_be(content_hash)
        day.must_be_closable(asked, today)
        row_key = key or fresh
        content = day.prepared(asked, by=by.key, key=row_key)
        row = BankDayRow(
            key=row_key,
            place=at.code,
            on_day=on,
            before_on=day.before,
            status=DayStatus.PREPARED.value,
            content=content.text,
            content_hash=content.hash,
            book_fen=day.book_fen,
            counted_fen=day.counted(asked),
            note=sealed.seal("bank_day", "note", row_key, asked.note or None),
            prepared_by=by.key,
            prepared_at=state.now,
            closed_by=None,
            closed_at=None,
            closed_seq=None,
            reopened_by=None,
            reopened_at=None,
            reason=None,
        )
        if key:
            state.change(DAY, key, **{name: value for name, value in row.items() if name != "key"})
        else:
            state.add(DAY, row)
        return Answer(201, {"key": row["key"], "content_hash": row["content_hash"]})

    answer = await submit(Command(decide, Wants(rows=[closed_days.wanted(at.code)]), idem, load=load, alone=True))
    log.info("day.prepared", extra={"place": at.code, "on": on, "by": by.key})
    return answer


async def close(*, key: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Close the day over what was shown of it, by another than who prepared it: 201 `{key, on}`."""
    by.must("day.close")
    await matching.keep_up()
    place, today = (await readers.get(key, by=by)).row["place"], clock.today().isoformat()

    async def load(loader: Loader) -> Day:
        row = loader.state.row(DAY, key)
        assert row is not None, "read above"
        return await _now(row["place"], row["on_day"], by)

    def decide(state: State, day: Day) -> Answer:
        row = _stored(state, key)
        if row["status"] != DayStatus.PREPARED:
            raise rules.DAY_NOT_PREPARED()
        if row["prepared_by"] == by.key:
            raise rules.DAY_OWN()
        if row["content_hash"] != content_hash:
            raise changed(row["content_hash"], {"prepared_at": row["prepared_at"]})
        asked = readers.prepared_as(row)
        if day.prepared(asked, by=row["prepared_by"], key=key).hash != content_hash:
            raise rules.DAY_CHANGED()
        day.must_be_closable(asked, today)
        state.change(
            DAY,
            key,
            status=DayStatus.CLOSED.value,
            closed_by=by.key,
            closed_at=state.now,
            closed_seq=state.seq,
        )
        closed_days.move(state, row["place"], row["on_day"])
        return Answer(201, {"key": key, "on": row["on_day"]})

    wants = Wants(rows=[(DAY, key), closed_days.wanted(place)])
    answer = await submit(Command(decide, wants, idem, load=load, alone=True))
    log.info("day.closed", extra={"day": key, "place": place, "by": by.key})
    return answer


async def reopen(*, key: str, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Open the last closed day of a place again: 201 `{key, on}`; its row stays, with the reason."""
    by.must("day.close")
    place = (await readers.get(key, by=by)).row["place"]

    def decide(state: State) -> Answer:
        row = _stored(state, key)
        last = closed_days.through(state, place)
        if row["status"] != DayStatus.CLOSED:
            raise rules.DAY_UNKNOWN()
        if row["on_day"] != last:
            raise rules.DAY_NOT_LAST(day=last)
        state.change(
            DAY,
            key,
            status=DayStatus.REOPENED.value,
            reopened_by=by.key,
            reopened_at=state.now,
            reason=sealed.seal("bank_day", "reason", key, reason),
        )
        closed_days.move(state, place, row["before_on"])
        return Answer(201, {"key": key, "on": row["on_day"]})

    wants = Wants(rows=[(DAY, key), closed_days.wanted(place)])
    answer = await submit(Command(decide, wants, idem, alone=True))
    log.info("day.reopened", extra={"day": key, "place": place, "by": by.key})
    return answer


async def _now(place: str, on: str, by: Actor) -> Day:
    """The day as it is, with all that was booked among the movements."""
    if not place.startswith(f"{acc.CASH}/"):  # cash has no lines that follow it
        await readers.must_be_followed(place, on)
    return await readers.shown_day(place, on, by=by)


def _stored(state: State, key: str) -> BankDayRow:
    row = state.row(DAY, key)
    if row is None:
        raise rules.DAY_UNKNOWN()
    return row
