"""How far a roster is: units are invited, a list is locked as it was shown, opened again, and noted as remitted.

These go through the writer, which settles rosters too: nothing changes beside a settlement.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

from charity import clock, tokens
from charity.db.tables import Table
from charity.errors import FieldError, unreadable
from charity.giving import campaigns, organisers, rules, work_units
from charity.giving.models import CAMPAIGN, WORK_UNIT
from charity.giving.unit_rosters import online, readers
from charity.giving.unit_rosters.models import FILLED, UNIT_ROSTER, RosterStatus, UnitRosterRow
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import AMOUNT_MAX_FEN
from charity.roles import Actor
from charity.words import Term

UNITS_MAX: Final = 500
"""Units that are invited at once."""


async def invite(campaign: str, units: Sequence[str], *, by: Actor, idem: Idem | None = None) -> Answer:
    """Begin a roster for each of these units: 201 `{rosters: [{key, work_unit, reference}]}`. Who has one keeps it.

    Its reference is the unit's own; where an earlier campaign used that, one of the campaign's.
    """
    by.must("roster.manage")
    wanted = sorted(set(units))
    if not 0 < len(wanted) <= UNITS_MAX:
        raise unreadable(FieldError("work_unit", "请勾选 1 至 {most} 个单位", (("most", UNITS_MAX),)))
    shown = await campaigns.get(campaign, by=by)
    if shown.row["kind"] != "one_day":
        raise rules.CAMPAIGN_NOT_FOUND()

    async def load(loader: Loader) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        rosters = await loader.rows("SELECT campaign, work_unit, reference FROM unit_roster")
        return rosters, await loader.rows(organisers.AT_WORK)

    def decide(state: State, loaded: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> Answer:
        rosters, joined = loaded[0], {one["work_unit"] for one in loaded[1]}
        row = state.row(CAMPAIGN, campaign)
        assert row is not None, "it was read"
        if row["status"] not in {"active", "filed"}:
            raise rules.CAMPAIGN_NOT_OPEN(name=row["name"], state=Term(campaigns.STATUS_WORDS[row["status"]]))
        there = {one["work_unit"] for one in rosters if one["campaign"] == campaign}
        used = {one["reference"] for one in rosters}
        made = []
        for code in wanted:
            work_units.must_take_part(state, code)
            if code in there:
                continue
            unit = state.row(WORK_UNIT, code)
            assert unit is not None, "it takes part"
            reference = _reference(unit["reference"], row["prefix"], row["starts_on"], used)
            used.add(reference)
            new = _new(campaign, code, reference, state.now, by, joined=code in joined)
            state.add(UNIT_ROSTER, new)
            made.append({"key": new["key"], "work_unit": code, "reference": reference})
        return Answer(201, {"rosters": made})

    rows: list[tuple[Table[Any], str]] = [(CAMPAIGN, campaign), *((WORK_UNIT, code) for code in wanted)]
    return await submit(Command(decide, wants=Wants(rows=rows), idem=idem, load=load, alone=True))


def locked_content(row: Any) -> Content:
    """What is shown of a roster when it is locked, and when its money is settled; `row` is a row or a model."""
    names = (
        "key",
        "status",
        "reference",
        "people",
        "staff_fen",
        "unit_fen",
        "online",
        "expected_people",
        "expected_fen",
        "version",
    )
    get = row.__getitem__ if isinstance(row, dict) else row.__getattribute__
    return Content(facts={name: str(get(name)) if name == "status" else get(name) for name in names})


async def lock(key: str, *, content_hash: str, checked: bool = False, by: Actor) -> Answer:
    """Lock the list that was shown: 200 `{status}`. `checked`: equal names, other numbers than expected, are right."""
    by.must("roster.edit")
    roster = await readers.get(key, by=by)
    doubles = await readers.doubles(roster.key, roster.sheet)
    late = await online.since(roster) if roster.status in FILLED else []

    def decide(state: State) -> Answer:
        row = _stored(state, key)
        if row["status"] not in FILLED:
            raise rules.UNIT_ROSTER_CLOSED()
        locked_content(row).must_be(content_hash)
        if row["version"] != roster.version:  # equal names, and who gave online, were looked for before
            raise rules.UNIT_ROSTER_CHANGED()
        if row["draft"] is not None:
            raise rules.UNIT_ROSTER_DRAFT()
        if row["wrong"]:
            raise rules.UNIT_ROSTER_WRONG(count=row["wrong"])
        if row["people"] == 0 and row["unit_fen"] == 0:
            raise rules.UNIT_ROSTER_EMPTY()
        if late:
            raise rules.UNIT_ROSTER_ONLINE(count=len(late))
        if not checked and (doubles or unexpected(row)):
            raise rules.UNIT_ROSTER_UNCHECKED()
        return _turn(state, row, RosterStatus.LOCKED, by, locked_at=state.now)

    return await submit(_command(key, decide))


def unexpected(row: Any) -> bool:
    """Whether a roster has other numbers than its unit expects."""
    get: Any = row.__getitem__ if isinstance(row, dict) else row.__getattribute__
    pairs = (("expected_people", "people"), ("expected_fen", "staff_fen"))
    return any(get(expected) is not None and get(expected) != get(actual) for expected, actual in pairs)


async def unlock(key: str, *, content_hash: str, by: Actor) -> Answer:
    """Open the list again, as long as its money is not booked: 200 `{status}`. Once remitted only the office may."""
    by.must("roster.edit")
    await readers.get(key, by=by)

    def decide(state: State) -> Answer:
        row = _stored(state, key)
        if row["status"] not in {RosterStatus.LOCKED, RosterStatus.REMITTED}:
            raise rules.UNIT_ROSTER_SETTLED()
        if row["status"] == RosterStatus.REMITTED:
            by.must("roster.manage")
        locked_content(row).must_be(content_hash)
        return _turn(state, row, RosterStatus.OPEN, by, locked_at=None, remitted_on=None, remitted_fen=None)

    return await submit(_command(key, decide))


async def remit(key: str, *, remitted_on: str, remitted_fen: int, content_hash: str, by: Actor) -> Answer:
    """Say that the unit has transferred so much on a day, which may be another sum than the list: 200 `{status}`."""
    by.must("roster.edit")
    await readers.get(key, by=by)
    if not remitted_on:
        raise unreadable(FieldError("remitted_on", "请填写汇款日期"))
    if remitted_on > clock.today().isoformat():
        raise unreadable(FieldError("remitted_on", "汇款日期不能晚于今天"))
    if not 0 < remitted_fen <= AMOUNT_MAX_FEN:
        raise unreadable(FieldError("remitted_fen", "请填写汇款金额"))

    def decide(state: State) -> Answer:
        row = _stored(state, key)
        if row["status"] not in {RosterStatus.LOCKED, RosterStatus.REMITTED}:
            raise rules.UNIT_ROSTER_SETTLED() if row["status"] not in FILLED else rules.UNIT_ROSTER_OPEN()
        locked_content(row).must_be(content_hash)
        return _turn(state, row, RosterStatus.REMITTED, by, remitted_on=remitted_on, remitted_fen=remitted_fen)

    return await submit(_command(key, decide))


def _reference(own: str, prefix: str, starts_on: str, used: set[str]) -> str:
    if own not in used:
        return own
    n = 1
    while (reference := f"{prefix}{starts_on[2:4]}-{n:02d}") in used:
        n += 1
    return reference


def _new(campaign: str, work_unit: str, reference: str, now: str, by: Actor, *, joined: bool) -> UnitRosterRow:
    empty = dict.fromkeys(UnitRosterRow.__annotations__)
    zero = dict.fromkeys(("unit_fen", "sheet", "people", "staff_fen", "online", "wrong", "version", "short_fen"), 0)
    named = {"key": tokens.key16(), "campaign": campaign, "work_unit": work_unit, "reference": reference}
    since = {"invited_at": now, "invited_by": by.key, "changed_at": now, "changed_by": by.key}
    known = {"status": (RosterStatus.JOINED if joined else RosterStatus.INVITED).value, "channel_ref": ""}
    return cast("UnitRosterRow", {**empty, **zero, **named, **since, **known})


def _command(key: str, decide: Any) -> Command:
    return Command(decide, wants=Wants(rows=[(UNIT_ROSTER, key)]))


def _stored(state: State, key: str) -> UnitRosterRow:
    row = state.row(UNIT_ROSTER, key)
    if row is None:
        raise rules.UNIT_ROSTER_UNKNOWN()
    return row


def _turn(state: State, row: UnitRosterRow, status: RosterStatus, by: Actor, **columns: Any) -> Answer:
    since = {"changed_at": state.now, "changed_by": by.key, "version": row["version"] + 1}
    state.change(UNIT_ROSTER, row["key"], status=status.value, **since, **columns)
    return Answer(200, {"status": status.value})
