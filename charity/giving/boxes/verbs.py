"""Boxes are made; an opening is counted by a cashier, confirmed by a second person, or dropped; its cash is paid in.

What is confirmed books one gift of nobody (Dr 1001 / Cr 4101) by the channel `box`, in the batch that confirms it:
whoever counted is its cashier. A gift that was booked wrongly is corrected as any other is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from charity import clock, tokens
from charity.db import sealed
from charity.errors import FieldError, unreadable
from charity.giving import campaigns, channels, donations, rules
from charity.giving.boxes import readers
from charity.giving.boxes.content import content
from charity.giving.boxes.models import (
    BOX_OPENING,
    DONATION_BOX,
    BoxOpeningRow,
    DonationBoxRow,
    OpeningStatus,
)
from charity.giving.boxes.sheets import DENOMINATIONS, counted_fen
from charity.giving.donations import Gift
from charity.ledger import numbers
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.people.models import PERSON
from charity.people.persons import Donor, person_row
from charity.roles import Actor, Role

PREFIX, SERIES = "KX", "box_opening"
CHANNEL: Final = "box"
CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opening as it was counted: `sheets` has how many of each; who opened the box, and who of the site saw it."""

    box: str
    on: str
    time: str
    sheets: Mapping[int, int]
    opener: str
    witness: str
    slip_ref: str = ""


async def make(*, code: str, site: str, keeper: str, campaign: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Put up a box: 201 `{code}`. One with this code is refused."""
    by.must("box.manage")
    if not CODE.fullmatch(code):
        raise unreadable(FieldError("code", "箱号用大写字母、数字和连字符，最多 16 个字符，如 MX-01"))
    await campaigns.known(campaign)

    def decide(state: State) -> Answer:
        if state.row(DONATION_BOX, code) is not None:
            raise rules.BOX_TAKEN(code=code)
        row = DonationBoxRow(
            code=code,
            site=site,
            keeper=sealed.seal("donation_box", "keeper", code, keeper),
            campaign=campaign,
            made_by=by.key,
            made_at=state.now,
        )
        state.add(DONATION_BOX, row)
        return Answer(201, {"code": code})

    return await submit(Command(decide, Wants(rows=[(DONATION_BOX, code)]), idem))


async def count(opened: Opened, *, by: Actor, idem: Idem | None = None) -> Answer:
    """Record what one person of finance counted: 201 `{number, content_hash}`; nothing is booked yet.

    On a closed day it is refused at once: nobody could confirm it, and it would hold up the close of the next day.
    """
    by.must("box.count")
    donations.check_day(opened.on)
    amount_fen = counted_fen(opened.sheets)
    if not amount_fen:
        raise rules.BOX_EMPTY()
    year, way = clock.today().year, channels.known(CHANNEL)

    def decide(state: State) -> Answer:
        if state.row(DONATION_BOX, opened.box) is None:
            raise rules.BOX_UNKNOWN(code=opened.box)
        state.must_be_open(f"{way.chart}/{way.place}", opened.on)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        row = BoxOpeningRow(
            number=number,
            year=year,
            box=opened.box,
            opened_on=opened.on,
            opened_time=opened.time,
            sheets=json.dumps([[fen, opened.sheets[fen]] for fen in DENOMINATIONS if opened.sheets.get(fen)]),
            amount_fen=amount_fen,
            opener=sealed.seal("box_opening", "opener", number, opened.opener),
            witness=sealed.seal("box_opening", "witness", number, opened.witness),
            salt=state.new_key(),
            status=OpeningStatus.COUNTED.value,
            counted_by=by.key,
            counted_at=state.now,
            confirmed_by=None,
            confirmed_at=None,
            donation=None,
            slip_ref=opened.slip_ref,
        )
        state.add(BOX_OPENING, row)
        return Answer(201, {"number": number, "content_hash": content(row).hash})

    wants = Wants(series=[(SERIES, year)], rows=[(DONATION_BOX, opened.box)])
    return await submit(Command(decide, wants, idem))


async def confirm(number: str, *, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Confirm as the second person what was counted, and book it: 201 `{number, id, receipt}`."""
    by.must("box.confirm")
    gift, person = await _gift(number, by)
    today = clock.today().isoformat()

    def decide(state: State) -> Answer:
        row = _stored(state, number)
        if row["status"] != OpeningStatus.COUNTED:
            raise rules.BOX_DONE(number=number)
        if row["counted_by"] == by.key:
            raise rules.BOX_OWN()
        content(row).must_be(content_hash)
        campaigns.accepting(state, gift.campaign, day=row["opened_on"], late=True)
        state.add(PERSON, person)
        cashier = Actor(row["counted_by"], "", frozenset({Role.CASHIER}))
        booked = donations.record(state, gift, today=today, by=cashier)
        state.change(
            BOX_OPENING,
            number,
            status=OpeningStatus.CONFIRMED.value,
            confirmed_by=by.key,
            confirmed_at=state.now,
            donation=gift.key,
        )
        return Answer(201, {"number": number, "id": gift.key, "receipt": booked.body["receipt"]})

    wants = gift.wants(clock.today().year)
    named = Wants(funds=wants.funds, series=wants.series, rows=[*wants.rows, (BOX_OPENING, number)])
    return await submit(Command(decide, named, idem))


async def _gift(number: str, by: Actor) -> tuple[Gift, Any]:
    """The gift that an opening books, and the row of nobody who gave it."""
    row = await readers.opening(number, by=by)
    box = await readers.get(row.box, by=by)
    asked = await campaigns.known(box.campaign)
    await campaigns.must_be_certified(asked, on=row.opened_on)
    key, person = tokens.key16(), tokens.key16()
    gift = Gift(
        key=key,
        campaign=box.campaign,
        fund=await campaigns.chosen_fund(asked, None, on=row.opened_on),
        amount_fen=row.amount_fen,
        received_on=row.opened_on,
        channel=channels.known(CHANNEL),
        channel_ref="",
        donor=person,
        known=(),
        public_name=False,
        public_amount=False,
        memo=sealed.seal("donation", "memo", key, f"{box.code} {number}"),
    )
    return gift, person_row(Donor(), key=person)


async def drop(number: str, *, by: Actor, idem: Idem | None = None) -> Answer:
    """Drop what was counted wrongly, before it is confirmed: 200 `{number}`; its number stays used."""
    by.must("box.count")

    def decide(state: State) -> Answer:
        row = _stored(state, number)
        if row["status"] != OpeningStatus.COUNTED:
            raise rules.BOX_DONE(number=number)
        state.change(BOX_OPENING, number, status=OpeningStatus.DROPPED.value)
        return Answer(200, {"number": number})

    return await submit(Command(decide, Wants(rows=[(BOX_OPENING, number)]), idem))


async def paid_in(number: str, *, slip_ref: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Note the bank's slip by which the cash of an opening was paid in, once: 200 `{number}`."""
    by.must("box.count")

    def decide(state: State) -> Answer:
        row = _stored(state, number)
        if row["status"] == OpeningStatus.DROPPED or row["slip_ref"]:
            raise rules.BOX_DONE(number=number)
        state.change(BOX_OPENING, number, slip_ref=slip_ref)
        return Answer(200, {"number": number})

    return await submit(Command(decide, Wants(rows=[(BOX_OPENING, number)]), idem))


def _stored(state: State, number: str) -> BoxOpeningRow:
    row = state.row(BOX_OPENING, number)
    if row is None:
        raise rules.BOX_OPENING_UNKNOWN()
    return row
