"""Settling a roster: the unit's one transfer becomes an entry for each giver, all of one act.

Postings (docs/books.md): each gift is Dr the place of money / Cr 4101 by fund, effective on the bank's date, with one
payment number and one 记-number; the unit's own gift is the last. Receipts are issued with it, or by a press of their
own: one over the staff with their list (D6), one for each who wished his own, one for the unit. Always true: staff and
unit together are what the transfer brought; a difference is settled by nobody unasked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from charity import clock, tokens
from charity.db import sealed
from charity.db.tables import Table
from charity.errors import FieldError, unreadable
from charity.giving import campaigns, channels, donations, receipts, rules, unidentified, unit_rosters, work_units
from charity.giving.channels import Channel
from charity.giving.donations import Gift
from charity.giving.fields import must_say_why
from charity.giving.models import DONATION, RECEIPT
from charity.giving.settling import readers
from charity.giving.unidentified import Sources
from charity.giving.unit_rosters import UNIT_ROSTER, UNIT_ROSTER_LINE, RosterStatus, UnitRoster, UnitRosterRow
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.people import parties
from charity.people.models import PERSON, PersonRow
from charity.people.persons import Donor, person_row
from charity.roles import Actor

SETTLED_FROM = (RosterStatus.LOCKED, RosterStatus.REMITTED)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A unit's transfer as the bank has it, fen, and why its own gift takes a difference."""

    on: str
    fen: int
    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Staff:
    """One of the staff: his line, his row as a giver, his gift, and whether he wishes a receipt of his own."""

    line: str
    person: PersonRow
    gift: Gift
    single: bool
    tail: bytes | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What settling needs, made before the writer's lock: the staff, and the unit's own gift, last of the act.

    `unit` is the unit's row as a giver where it never gave before; `left_out` are lines that are not counted.
    """

    fund: str
    lines: list[Staff]
    unit: PersonRow | None
    own: Gift
    left_out: list[str]
    rows: list[tuple[Table[Any], str]]


async def settle(
    key: str,
    *,
    received_on: str,
    received_fen: int,
    channel: str = "bank",
    channel_ref: str = "",
    difference: str = "",
    reason: str = "",
    with_receipts: bool = True,
    content_hash: str,
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Book the transfer of the roster that was shown: 201 `{status, gifts, receipts}`.

    A transfer of another sum is refused (unit_roster.difference) unless `difference` is "unit": then the unit's own
    gift takes it, with a reason.
    """
    by.must("gift.receive")
    way = await channels.arrived(channel, channel_ref)
    if not received_on:
        raise unreadable(FieldError("received_on", "请填写到账日期"))
    donations.check_day(received_on)
    held = await unidentified.sources(channel, channel_ref, received_on)
    row = await unit_rosters.get(key, by=by)
    if difference not in {"", "unit"}:
        raise unreadable(FieldError("difference", "请选择差额怎么办"))
    if difference:
        must_say_why(reason)
    made = await _prepared(row, way, received_on, channel_ref, held)
    today = clock.today()
    transfer = Transfer(received_on, received_fen, channel_ref, reason.strip())

    async def load(loader: Loader) -> None:
        await unidentified.load(loader, held, on=today.isoformat())

    def decide(state: State, _: None) -> Answer:
        now = state.row(UNIT_ROSTER, key)
        assert now is not None, "it was read"
        if now["status"] not in SETTLED_FROM:
            raise rules.UNIT_ROSTER_SETTLED() if now["settled_at"] else rules.UNIT_ROSTER_OPEN()
        unit_rosters.locked_content(now).must_be(content_hash)
        if now["version"] != row.version:  # locked anew since its lines were read: they may be others
            raise rules.UNIT_ROSTER_CHANGED()
        unit_fen = _own_fen(now, received_fen, difference)
        campaigns.accepting(state, now["campaign"], day=received_on, late=True)
        if held:
            unidentified.must_be_enough(state, held, now["staff_fen"] + unit_fen)
        _book(state, now, made, unit_fen, transfer, today=today.isoformat(), by=by)
        numbers: list[str] = []
        if with_receipts:
            gifts = [one.gift.key for one in made.lines]
            singles = {one.gift.key for one in made.lines if one.single}
            numbers = _receipts(state, key, gifts, singles, by=by, on=today.isoformat())
        booked = state.row(UNIT_ROSTER, key)
        assert booked is not None, "it was changed"
        body = {"status": booked["status"], "gifts": len(made.lines) + bool(unit_fen), "receipts": numbers[:2]}
        return Answer(201, {**body, "receipt_count": len(numbers)})

    wants = Wants(funds=[made.fund], series=[(receipts.SERIES, today.year)], rows=made.rows)
    return await submit(Command(decide, wants=wants, idem=idem, load=load, alone=True))


async def issue(key: str, *, by: Actor, idem: Idem | None = None) -> Answer:
    """Issue the receipts of a roster whose money is booked: 201 `{status, receipts}`.

    Later again, over its gifts that have none any more: when the one over the staff was voided, it is issued anew so.
    """
    by.must("gift.receive")
    row = await unit_rosters.get(key, by=by)
    stored = await readers.settled_lines(row)
    gifts = [line["donation"] for line in stored]
    singles = {line["donation"] for line in stored if line["single"]}
    today = clock.today()

    async def load(loader: Loader) -> None:
        await loader.stored(DONATION, [*gifts, *([row.unit_donation] if row.unit_donation else [])])

    def decide(state: State, _: None) -> Answer:
        now = state.row(UNIT_ROSTER, key)
        assert now is not None, "it was read"
        if not now["settled_at"]:
            raise rules.UNIT_ROSTER_UNSETTLED()
        numbers = _receipts(state, key, gifts, singles, by=by, on=today.isoformat())
        if not numbers and now["status"] != RosterStatus.MATCHED:
            raise rules.UNIT_ROSTER_ISSUED()
        issued = state.row(UNIT_ROSTER, key)
        assert issued is not None, "it was changed"
        return Answer(201, {"status": issued["status"], "receipts": numbers[:2], "receipt_count": len(numbers)})

    wants = Wants(series=[(receipts.SERIES, today.year)], rows=[(UNIT_ROSTER, key)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load, alone=True))


async def publish(key: str, *, by: Actor) -> Answer:
    """Note that the table of units with this one (D5) was published: 200 `{status}`. It never names staff."""
    by.must("campaign.manage")
    await unit_rosters.get(key, by=by)

    def decide(state: State) -> Answer:
        now = state.row(UNIT_ROSTER, key)
        assert now is not None, "it was read"
        if now["status"] != RosterStatus.RECEIPTED:
            raise rules.UNIT_ROSTER_UNISSUED() if now["status"] != RosterStatus.PUBLISHED else rules.UNIT_ROSTER_OUT()
        since = {"changed_at": state.now, "changed_by": by.key, "version": now["version"] + 1}
        status = RosterStatus.PUBLISHED.value
        state.change(UNIT_ROSTER, key, status=status, published_at=state.now, published_by=by.key, **since)
        return Answer(200, {"status": status})

    return await submit(Command(decide, wants=Wants(rows=[(UNIT_ROSTER, key)])))


async def single_out(donation: str, *, by: Actor, idem: Idem | None = None) -> Answer:
    """A receipt of his own for one of a roster's givers; the unit's is replaced by one without him.

    Answer 201 `{code, number}`.
    """
    by.must("receipt.void")
    today = clock.today()

    async def load(loader: Loader) -> list[str]:
        gift = await loader.row(DONATION, donation)
        if gift is None or not gift["receipt"]:
            raise rules.UNIT_ROSTER_NOT_ON()
        return await receipts.lines(loader, gift["receipt"])

    def decide(state: State, on_receipt: list[str]) -> Answer:
        gift = state.row(DONATION, donation)
        assert gift is not None, "it was loaded"
        receipt = state.row(RECEIPT, gift["receipt"] or "")
        if receipt is None or not receipt["roster"]:
            raise rules.UNIT_ROSTER_NOT_ON()
        left_fen = donations.given_fen(gift) - gift["refunded_fen"]
        why = "职工要求单独开具收据"
        receipts.take_off(state, gift, left_fen, on_receipt, issued_on=today.isoformat(), reason=why, by=by)
        own = receipts.issue(
            state,
            donor=gift["donor"],
            donations=[donation],
            amount_fen=left_fen,
            campaign=gift["campaign"],
            fund=gift["fund"],
            issued_on=today.isoformat(),
            by=by,
            seq=gift["seq"],
            kind="cash",
        )
        return Answer(201, dict(own))

    return await submit(Command(decide, Wants(series=[(receipts.SERIES, today.year)]), idem, load=load))


# -- inside -------------------------------------------------------------------------------------------


def _book(
    state: State, row: UnitRosterRow, made: Prepared, unit_fen: int, transfer: Transfer, *, today: str, by: Actor
) -> None:
    """An entry for each giver, the unit last, and what the roster keeps of the transfer."""
    key = row["key"]
    if made.unit is not None:
        state.add(PERSON, made.unit)
    for one in made.lines:
        state.add(PERSON, one.person)
        donations.book(state, one.gift, today=today, by=by)
        booked = {"donor": one.gift.donor, "donation": one.gift.key, "tail": one.tail}
        state.change(UNIT_ROSTER_LINE, one.line, typed=None, name_index=None, **booked)
    for line in made.left_out:  # who gave online himself: nothing of him is kept here
        state.change(UNIT_ROSTER_LINE, line, typed=None, name_index=None)
    if unit_fen:
        donations.book(state, replace(made.own, amount_fen=unit_fen), today=today, by=by)
    short_fen = row["staff_fen"] + row["unit_fen"] - transfer.fen
    reason = transfer.reason if short_fen else ""
    state.change(
        UNIT_ROSTER,
        key,
        status=RosterStatus.MATCHED.value,
        unit_fen=unit_fen,
        received_on=transfer.on,
        received_fen=transfer.fen,
        channel_ref=transfer.ref,
        short_fen=short_fen,
        short_reason=sealed.seal("unit_roster", "short_reason", key, reason),
        settled_at=state.now,
        settled_by=by.key,
        donor=made.own.donor,
        unit_donation=made.own.key if unit_fen else None,
        changed_at=state.now,
        changed_by=by.key,
        version=row["version"] + 1,
    )


def _own_fen(row: UnitRosterRow, received_fen: int, difference: str) -> int:
    """What the unit's own gift is, when the transfer brought so much."""
    expected = row["staff_fen"] + row["unit_fen"]
    if received_fen == expected:
        return row["unit_fen"]
    over = received_fen - expected
    if not difference:
        raise rules.UNIT_ROSTER_DIFFERENCE(
            expected_yuan=yuan(expected), received_yuan=yuan(received_fen), apart_yuan=yuan(abs(over))
        )
    if row["unit_fen"] + over < 0:
        raise rules.UNIT_ROSTER_UNIT_SHORT(unit_yuan=yuan(row["unit_fen"]), apart_yuan=yuan(abs(over)))
    return row["unit_fen"] + over


async def _prepared(row: UnitRoster, way: Channel, received_on: str, channel_ref: str, held: Sources) -> Prepared:
    """Persons, gifts and what the command names, from the lines as they are locked."""
    asked = await campaigns.known(row.campaign)
    promised = clock.business_date(row.locked_at).isoformat() if row.locked_at else received_on
    await campaigns.must_be_certified(asked, on=min(received_on, promised))
    fund = await campaigns.chosen_fund(asked, None, on=received_on)
    first = ""

    def gift(donor: str, known: Sequence[str], amount_fen: int, *, public: bool, amount: bool) -> Gift:
        nonlocal first
        key = tokens.key16()
        made = Gift(
            key=key,
            campaign=row.campaign,
            fund=fund,
            amount_fen=amount_fen,
            received_on=received_on,
            channel=way,
            channel_ref=channel_ref,
            donor=donor,
            known=known,
            public_name=public,
            public_amount=amount,
            work_unit=row.work_unit,
            together=first or None,
            roster=row.key,
            held=held,
        )
        first = first or key
        return made

    staff: list[Staff] = []
    for line in await readers.locked_lines(row):
        person = person_row(Donor("person", line.name, line.phone), key=tokens.key16())
        given = gift(person["key"], parties.keys(person), line.amount_fen, public=line.public, amount=line.public)
        tail = sealed.seal("unit_roster_line", "tail", line.key, line.tail)
        staff.append(Staff(line.key, person, given, line.single, tail))
    unit_key, unit = await _unit_person(row.work_unit)
    known = parties.keys(unit) if unit is not None else await parties.keys_of(unit_key)
    own = gift(unit_key, known, 1, public=True, amount=False)
    wanted: dict[tuple[Table[Any], str], None] = {(UNIT_ROSTER, row.key): None}
    left_out = await readers.left_out(row)
    wanted |= dict.fromkeys((UNIT_ROSTER_LINE, line) for line in [*(one.line for one in staff), *left_out])
    for made in [*(one.gift for one in staff), own]:
        wanted |= dict.fromkeys(made.wants(0).rows)
    return Prepared(fund, staff, unit, own, left_out, list(wanted))


async def _unit_person(work_unit: str) -> tuple[str, PersonRow | None]:
    """The unit as a giver: the key it gave under before, or a new row of its name."""
    name = (await work_units.named([work_unit]))[work_unit]
    before = await readers.giver_of(work_unit, name)
    if before:
        return before, None
    key = tokens.key16()
    return key, person_row(Donor("organisation", name), key=key)


def _receipts(state: State, key: str, gifts: Sequence[str], singles: set[str], *, by: Actor, on: str) -> list[str]:
    """One receipt over the staff, one for each who wished his own, one for the unit; their numbers, that one first.

    A gift that has one already keeps it.
    """
    row = state.row(UNIT_ROSTER, key)
    assert row is not None, "the command named it"
    stored = {gift: state.row(DONATION, gift) for gift in gifts}
    open_gifts = {gift: one for gift, one in stored.items() if one and one["receipt"] is None and one["status"] == "ok"}
    together = [one for gift, one in open_gifts.items() if gift not in singles]
    numbers = []
    if together:
        numbers.append(_receipt(state, together, row["donor"] or "", by=by, on=on, roster=key))
    own = state.row(DONATION, row["unit_donation"]) if row["unit_donation"] else None
    if own is not None and own["receipt"] is None and own["status"] == "ok":
        numbers.append(_receipt(state, [own], own["donor"], by=by, on=on))
    numbers += [
        _receipt(state, [one], one["donor"], by=by, on=on) for gift, one in open_gifts.items() if gift in singles
    ]
    since = {"changed_at": state.now, "changed_by": by.key, "version": row["version"] + 1}
    status = RosterStatus.RECEIPTED.value if row["status"] == RosterStatus.MATCHED else row["status"]
    state.change(UNIT_ROSTER, key, status=status, **since)
    return numbers


def _receipt(state: State, gifts: Sequence[Any], donor: str, *, by: Actor, on: str, roster: str | None = None) -> str:
    done = receipts.issue(
        state,
        donor=donor,
        donations=[gift["key"] for gift in gifts],
        amount_fen=sum(gift["amount_fen"] - gift["refunded_fen"] for gift in gifts),
        campaign=gifts[0]["campaign"],
        fund=gifts[0]["fund"],
        issued_on=on,
        by=by,
        seq=gifts[0]["seq"],
        kind="cash",
        roster=roster,
    )
    return done["number"]
