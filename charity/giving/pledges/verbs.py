"""Pledges 认捐: promises that post nothing, and the money that arrives for them.

Always true: a pledge is no income (field.md 0.9); its page shows no name; only received gifts are
shown publicly (Charity Law 41). `expired` is not stored: it is a pending pledge whose time is over, and
its money is still taken when it comes.
"""

from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import reading, sealed
from charity.db.tables import Table
from charity.giving import campaigns, channels, donations, invitations, rules, unidentified, ways, work_units
from charity.giving.donations import Gift, read_back
from charity.giving.models import CAMPAIGN, PLEDGE, REFERENCE, WORK_UNIT, PledgeRow
from charity.giving.pledges import content
from charity.giving.pledges.readers import OPEN, get
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import privacy
from charity.people import parties
from charity.people.models import PERSON
from charity.people.persons import Donor, person_row
from charity.roles import Actor
from charity.words import Term

PLEDGE_DAYS = 30
STATUS_WORDS = {
    "pending": "待到账",
    "partial": "部分到账",
    "received": "已到账",
    "expired": "已过期",
    "cancelled": "已取消",
    "released": "已免除",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What somebody promises. `message` is sealed; the two switches are the giver's own wish.

    `invitation` is the code of one, which a campaign by invitation asks for.
    """

    campaign: str
    amount_fen: int
    channel: str
    donor: Donor
    public_name: bool
    public_amount: bool
    fund: str | None = None
    work_unit: str | None = None
    message: str = ""
    invitation: str = ""


async def promise(promised: Promise, *, idem: Idem | None = None) -> Answer:
    """Keep a promise: 201 `{code, reference, status, amount_fen, expires_at}`. Anybody may."""
    await channels.promised(promised.channel)
    await privacy.must_be_current(promised.donor.notice)
    campaign = await campaigns.known(promised.campaign)
    today = clock.today().isoformat()
    await invitations.must_be_invited(campaign, promised.invitation, today=today)
    await campaigns.must_go_on(campaign)
    await ways.must_be_offered(promised.channel, promised.campaign)
    fund = await campaigns.chosen_fund(campaign, promised.fund, on=today)
    code, person = tokens.code128(), tokens.key16()
    prefix = await _prefix(campaign.prefix, promised.work_unit)
    drawn = [tokens.reference(prefix), tokens.reference(prefix)]
    row = person_row(promised.donor, key=person)
    message = sealed.seal("pledge", "message", code, promised.message)
    expires_at = clock.later(PLEDGE_DAYS * 86_400)

    def decide(state: State) -> Answer:
        invitations.must_admit(state, campaign, promised.invitation, today=today)
        campaigns.accepting(state, promised.campaign, day=today)
        if promised.work_unit:
            work_units.must_take_part(state, promised.work_unit)
        free = [r for r in drawn if state.row(REFERENCE, r) is None]
        if not free:
            raise rules.PLEDGE_BUSY()
        pledge = PledgeRow(
            code=code,
            reference=free[0],
            campaign=promised.campaign,
            fund=fund,
            donor=person,
            work_unit=promised.work_unit,
            amount_fen=promised.amount_fen,
            received_fen=0,
            channel=promised.channel,
            public_name=promised.public_name,
            public_amount=promised.public_amount,
            message=message,
            status="pending",
            created_at=state.now,
            expires_at=expires_at,
        )
        state.add(PERSON, row)
        state.add(REFERENCE, pledge)
        answer = {"code": code, "reference": free[0], "status": pledge["status"]}
        return Answer(201, {**answer, "amount_fen": promised.amount_fen, "expires_at": expires_at})

    rows: list[tuple[Table[Any], str]] = [(CAMPAIGN, promised.campaign), *((REFERENCE, r) for r in drawn)]
    rows += invitations.wants(campaign, promised.invitation)
    if promised.work_unit:
        rows.append((WORK_UNIT, promised.work_unit))
    return await submit(Command(decide, wants=Wants(rows=rows), idem=idem))


async def _prefix(campaign: str, work_unit: str | None) -> str:
    """A reference begins with the unit's own (YRJ26-02 as YRJ2602), else with the campaign's."""
    if not work_unit:
        return campaign
    unit = await reading.value("SELECT reference FROM work_unit WHERE code = $1", work_unit)
    plain = "".join(c for c in str(unit or "").upper() if c.isascii() and c.isalnum())
    return plain[: tokens.PREFIX_MAX] or campaign


async def receive(
    code: str,
    *,
    amount_fen: int,
    received_on: str,
    channel: str,
    channel_ref: str = "",
    content_hash: str,
    confirmed_amount_fen: int | None = None,
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Record money for a pledge, whole or in part: 201 `{id, entry, receipt}`.

    `content_hash` is that of the pledge as it was shown; `confirmed_amount_fen` the sum typed a second time, needed
    where `read_back` says so.
    """
    by.must("gift.receive")
    way = await channels.arrived(channel, channel_ref)
    donations.check_day(received_on)
    held = await unidentified.sources(channel, channel_ref, received_on)
    pledge = await get(code)
    gift = Gift(
        key=tokens.key16(),
        campaign=pledge.campaign_id,
        fund=pledge.fund,
        amount_fen=amount_fen,
        received_on=received_on,
        channel=way,
        channel_ref=channel_ref,
        donor=pledge.donor_id,
        known=await parties.keys_of(pledge.donor_id),
        work_unit=pledge.work_unit_id,
        pledge=code,
        public_name=pledge.public_name,
        public_amount=pledge.public_amount,
        held=held,
    )
    today = clock.today()

    def decide(state: State, _: None = None) -> Answer:
        row = state.row(PLEDGE, code)
        assert row is not None
        if row["status"] not in OPEN:
            raise rules.PLEDGE_DONE(state=Term(STATUS_WORDS[row["status"]]))
        content.of_row(row).must_be(content_hash)
        due_fen, largest_fen = row["amount_fen"] - row["received_fen"], parties.largest(state, gift.known)
        today_fen = parties.day_fen(state, gift.known, way.code, today.isoformat())
        why = read_back.reasons(amount_fen, way, due_fen=due_fen, largest_fen=largest_fen, today_fen=today_fen)
        read_back.check(amount_fen, confirmed_amount_fen, why)
        campaigns.accepting(state, pledge.campaign_id, day=received_on, late=True)
        gift.public_name, gift.public_amount = row["public_name"], row["public_amount"]  # one may be taken back since
        total = row["received_fen"] + amount_fen
        status = "received" if total >= row["amount_fen"] else "partial"
        state.change(PLEDGE, code, received_fen=total, status=status)
        return donations.record(state, gift, today=today.isoformat(), by=by)

    wants = gift.wants(today.year)
    wants.rows = [*wants.rows, (PLEDGE, code)]
    if not held:
        return await submit(Command(decide, wants=wants, idem=idem))
    on = today.isoformat()
    return await submit(Command(decide, wants, idem, load=lambda loader: unidentified.load(loader, held, on=on)))
