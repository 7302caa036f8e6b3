"""Money that arrived: recorded once, posted to the books, and answered with a receipt.

Always true: one donation is one entry (Dr the channel's account, Cr 4101 by fund, or 2601 for agency
money), its giver is an opaque key in the books, and its receipt is made in the same transaction.
Source: field.md 4.6 entries 2, 3 and 11; Charity Law 38.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import sealed
from charity.db.tables import Table
from charity.giving import campaigns, channels, receipts, rules, unidentified, work_units
from charity.giving.channels import Channel
from charity.giving.donations import corrected, read_back
from charity.giving.donations.corrected import Corrected
from charity.giving.donors import counting
from charity.giving.models import (
    CAMPAIGN,
    DONATION,
    WORK_UNIT,
    DonationRow,
)
from charity.giving.unidentified import Sources
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers, sums
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.state import Entry, Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import privacy
from charity.people import parties
from charity.people.models import PERSON
from charity.people.persons import Donor, person_row
from charity.roles import Actor

PARTS_MAX = 10
"""Purposes of one transfer."""


@dataclass(slots=True, kw_only=True)
class Gift:
    """Money that arrived, before it is recorded. `donor` is a person key, `known` its keys; `memo` is sealed."""

    key: str
    campaign: str
    fund: str
    amount_fen: int
    received_on: str
    channel: Channel
    channel_ref: str
    donor: str
    known: Sequence[str]
    public_name: bool
    public_amount: bool
    work_unit: str | None = None
    pledge: str | None = None
    memo: bytes | None = None
    together: str | None = None
    """The key of the first gift of the same transfer, of a later one."""
    corrects: str = ""
    """The correction whose gift this one takes the place of."""
    roster: str = ""
    """The roster that it is on."""
    held: Sources = ()
    """What was held as unidentified and it is taken from: then it has no number of the bank's."""

    def __post_init__(self) -> None:
        """Blanks and hyphens alone are no payment number."""
        if self.held or not payment_numbers.normal(self.channel_ref):
            self.channel_ref = ""

    def wants(self, year: int) -> Wants:
        """What recording it needs to see."""
        rows: list[tuple[Table[Any], str]] = [(CAMPAIGN, self.campaign)]
        if self.channel_ref:
            rows += payment_numbers.wants(self.channel.code, self.channel_ref)
        if self.work_unit:
            rows.append((WORK_UNIT, self.work_unit))
        rows += [*parties.wants(self.known), *unidentified.wants(self.held)]
        return Wants(funds=[self.fund], series=[(receipts.SERIES, year)], rows=rows)


@dataclass(frozen=True, slots=True)
class Part:
    """One purpose of a transfer; `fund` None is the campaign's own."""

    campaign: str
    fund: str | None
    amount_fen: int


async def receive(
    *,
    campaign: str,
    amount_fen: int,
    received_on: str,
    channel: str,
    donor: Donor,
    by: Actor,
    channel_ref: str = "",
    fund: str | None = None,
    work_unit: str | None = None,
    public_name: bool = False,
    public_amount: bool = False,
    memo: str = "",
    confirmed_amount_fen: int | None = None,
    corrects: str = "",
    idem: Idem | None = None,
) -> Answer:
    """Record a gift that arrived: 201 `{id, entry, receipt: {code, number}}`.

    `confirmed_amount_fen` is the sum typed a second time, needed where `read_back` says so; `corrects` the number of a
    correction whose gift this one takes the place of.
    """
    by.must("gift.receive")
    way = await channels.arrived(channel, channel_ref, anew=bool(corrects))
    await privacy.must_be_current(donor.notice)
    check_day(received_on)
    held = await unidentified.sources(channel, channel_ref, received_on)
    asked = await campaigns.known(campaign)
    await campaigns.must_be_certified(asked, on=received_on)
    key, person = tokens.key16(), tokens.key16()
    row = person_row(donor, key=person)
    gift = Gift(
        key=key,
        campaign=campaign,
        fund=await campaigns.chosen_fund(asked, fund, on=received_on),
        amount_fen=amount_fen,
        received_on=received_on,
        channel=way,
        channel_ref=channel_ref,
        donor=person,
        known=parties.keys(row),
        work_unit=work_unit,
        public_name=public_name,
        public_amount=public_amount,
        memo=sealed.seal("donation", "memo", key, memo),
        held=held,
    )
    today = clock.today()

    def decide(state: State, replaced: Corrected | None = None) -> Answer:
        _read_back(state, [gift], today.isoformat(), confirmed_amount_fen)
        campaigns.accepting(state, campaign, day=received_on, anew=replaced is not None)
        if replaced:
            corrected.take_place(state, replaced, [gift])
        state.add(PERSON, row)
        return record(state, gift, today=today.isoformat(), by=by)

    return await submit(_command(decide, gift.wants(today.year), idem, corrects, held))


async def receive_together(
    *,
    parts: Sequence[Part],
    received_on: str,
    channel: str,
    donor: Donor,
    by: Actor,
    channel_ref: str = "",
    work_unit: str | None = None,
    public_name: bool = False,
    public_amount: bool = False,
    memo: str = "",
    confirmed_amount_fen: int | None = None,
    corrects: str = "",
    idem: Idem | None = None,
) -> Answer:
    """Record one transfer for several purposes: 201 `{gifts: [{id, entry}], receipt: {code, number}}`.

    An entry a purpose, one payment number and one receipt over all; `confirmed_amount_fen` is the sum of all, and
    `corrects` as in `receive`.
    """
    by.must("gift.receive")
    if not 0 < len(parts) <= PARTS_MAX:
        raise rules.TOO_MANY_PARTS(most=PARTS_MAX)
    way = await channels.arrived(channel, channel_ref, anew=bool(corrects))
    await privacy.must_be_current(donor.notice)
    check_day(received_on)
    held = await unidentified.sources(channel, channel_ref, received_on)
    row = person_row(donor, key=tokens.key16())
    gifts: list[Gift] = []
    for part in parts:
        asked, key = await campaigns.known(part.campaign), tokens.key16()
        await campaigns.must_be_certified(asked, on=received_on)
        gift = Gift(
            key=key,
            campaign=part.campaign,
            fund=await campaigns.chosen_fund(asked, part.fund, on=received_on),
            amount_fen=part.amount_fen,
            received_on=received_on,
            channel=way,
            channel_ref=channel_ref,
            donor=row["key"],
            known=parties.keys(row),
            work_unit=work_unit,
            public_name=public_name,
            public_amount=public_amount,
            memo=sealed.seal("donation", "memo", key, memo),
            together=gifts[0].key if gifts else None,
            held=held,
        )
        gifts.append(gift)
    today = clock.today()

    def decide(state: State, replaced: Corrected | None = None) -> Answer:
        _read_back(state, gifts, today.isoformat(), confirmed_amount_fen)
        if replaced:
            corrected.take_place(state, replaced, gifts)
        state.add(PERSON, row)
        booked: list[Entry] = []
        for gift in gifts:
            campaigns.accepting(state, gift.campaign, day=received_on, anew=replaced is not None)
            booked.append(book(state, gift, today=today.isoformat(), by=by))
        refs = [{"id": gift.key, "entry": entry.id} for gift, entry in zip(gifts, booked, strict=True)]
        return Answer(
            201, {"gifts": refs, "receipt": _receipt(state, gifts, booked[0], today=today.isoformat(), by=by)}
        )

    return await submit(_command(decide, _wants(gifts, today.year), idem, corrects, held))


def _read_back(state: State, gifts: Sequence[Gift], today: str, confirmed_fen: int | None) -> None:
    """Refuse a sum that has to be typed a second time, and was not; it is that of all purposes of one payment."""
    fen, way, known = sum(gift.amount_fen for gift in gifts), gifts[0].channel, gifts[0].known
    today_fen = parties.day_fen(state, known, way.code, today)
    why = read_back.reasons(fen, way, largest_fen=parties.largest(state, known), today_fen=today_fen)
    read_back.check(fen, confirmed_fen, why)


def _wants(gifts: Sequence[Gift], year: int) -> Wants:
    """What several gifts name, each thing once."""
    wants = [gift.wants(year) for gift in gifts]
    rows = dict.fromkeys(row for w in wants for row in w.rows)
    funds = dict.fromkeys(fund for w in wants for fund in w.funds)
    return Wants(funds=list(funds), series=wants[0].series, rows=list(rows))


def _command(decide: Callable[..., Answer], wants: Wants, idem: Idem | None, corrects: str, held: Sources) -> Command:
    """The command of gifts; a correction that they follow is loaded first, and what they are taken from."""
    if not corrects and not held:
        return Command(decide, wants=wants, idem=idem)

    async def load(loader: Loader) -> Corrected | None:
        await unidentified.load(loader, held, on=clock.today().isoformat())
        return await corrected.load(loader, corrects) if corrects else None

    return Command(decide, wants=wants, idem=idem, load=load)


def record(state: State, gift: Gift, *, today: str, by: Actor) -> Answer:
    """Post a gift and add its rows; the caller has checked the campaign and added the person."""
    entry = book(state, gift, today=today, by=by)
    receipt = _receipt(state, [gift], entry, today=today, by=by)
    return Answer(201, {"id": gift.key, "entry": entry.id, "receipt": receipt})


def book(state: State, gift: Gift, *, today: str, by: Actor) -> Entry:
    """The entry of a gift and its row, without a receipt; the caller has checked the campaign and added the person."""
    if gift.work_unit and not (gift.pledge or gift.corrects or gift.roster):  # what was promised before is received
        work_units.must_take_part(state, gift.work_unit)
    if gift.channel_ref:
        holder = Holder(PaymentKind.GIFT, gift.together or gift.key)
        payment_numbers.take(state, gift.channel.code, gift.channel_ref, holder)
    party = counting.given(
        state,
        donor=gift.donor,
        known=gift.known,
        fund=gift.fund,
        amount_fen=gift.amount_fen,
        campaign=gift.campaign,
        work_unit=gift.work_unit,
        channel=gift.channel.code,
        today=today,
    )
    income = acc.AGENCY_DEBT if state.fund(gift.fund).kind == "agency" else acc.GIFTS
    money = [(acc.money(gift.channel.chart, gift.fund, gift.channel.place), acc.CNY, gift.amount_fen)]
    used: dict[str, int] = {}
    if gift.held:
        money, used = unidentified.draw(state, gift.held, gift.fund, gift.amount_fen)
    facts = {"campaign": gift.campaign, "channel": gift.channel.code, "donation": gift.key, "on": gift.received_on}
    if gift.work_unit:
        facts["work_unit"] = gift.work_unit
    if gift.together:
        facts["together"] = gift.together
    if gift.corrects:
        facts["corrects"] = gift.corrects
    if gift.roster:
        facts["unit_roster"] = gift.roster
    if used:
        facts[unidentified.FACT] = " ".join(used)
    entry = state.post(
        "gift.cash",
        [*money, (acc.money(income, gift.fund), acc.CNY, -gift.amount_fen)],
        effective_on=today if used else _booked_on(state, gift, today),
        actor=by.key,
        party=party,
        facts=facts,
        flows=Flows(receive=[(gift.fund, gift.amount_fen)]),
    )
    sums.income(
        state,
        day=entry.effective_on,
        fund=gift.fund,
        campaign=gift.campaign,
        store=None,
        kind=sums.CASH,
        fen=gift.amount_fen,
        gifts=1,
    )
    unidentified.note(state, used, entry.seq)
    state.add(DONATION, _row(gift, entry, party, by=by))
    return entry


def _receipt(state: State, gifts: Sequence[Gift], first: Entry, *, today: str, by: Actor) -> dict[str, str]:
    """One receipt over gifts of one giver; for several campaigns it names none of them."""
    same_campaign = all(gift.campaign == gifts[0].campaign for gift in gifts)
    receipt = receipts.issue(
        state,
        donor=gifts[0].donor,
        donations=[gift.key for gift in gifts],
        amount_fen=sum(gift.amount_fen for gift in gifts),
        campaign=gifts[0].campaign if same_campaign else None,
        fund=gifts[0].fund,
        issued_on=today,
        by=by,
        seq=first.seq,
        kind="cash",
        delivery="pending" if gifts[0].known else "kept_undelivered",
    )
    payment_numbers.known_as(state, gifts[0].channel.code, gifts[0].channel_ref, receipt["number"])
    return receipt


def _booked_on(state: State, gift: Gift, today: str) -> str:
    """The day on which it arrived; if that is closed, the first open one of what nobody of us can date.

    That is what was booked wrongly on a day that is closed since, and what a provider of payments tells late.
    """
    if not gift.corrects and gift.channel.chart != acc.OTHER_MONEY:
        return gift.received_on
    place = acc.place_of(acc.money(gift.channel.chart, gift.fund, gift.channel.place))
    return state.open_day_at(place, gift.received_on, today)


def _row(gift: Gift, entry: Entry, party: str, *, by: Actor) -> DonationRow:
    return DonationRow(
        key=gift.key,
        kind="cash",
        campaign=gift.campaign,
        fund=gift.fund,
        donor=gift.donor,
        party=party,
        work_unit=gift.work_unit,
        amount_fen=gift.amount_fen,
        refunded_fen=0,
        received_on=gift.received_on,
        channel=gift.channel.code,
        channel_ref=gift.channel_ref,
        pledge=gift.pledge,
        store=None,
        seq=entry.seq,
        booked_on=entry.effective_on,
        receipt=None,
        public_name=gift.public_name,
        public_amount=gift.public_amount,
        memo=gift.memo,
        status="ok",
        recorded_by=by.key,
        recorded_at=entry.recorded_at,
    )


def in_kind_row(
    *,
    key: str,
    campaign: str | None,
    fund: str,
    donor: str,
    party: str,
    amount_fen: int | None,
    received_on: str,
    store: str,
    public_name: bool,
    public_amount: bool,
    entry: Entry,
    by: Actor,
) -> DonationRow:
    """The donation row of a gift in kind, for `state.add(DONATION, …)` before `receipts.issue`.

    `amount_fen` is None for goods without evidence of value: they get no receipt (field.md 4.3).
    """
    return DonationRow(
        key=key,
        kind="in_kind",
        campaign=campaign,
        fund=fund,
        donor=donor,
        party=party,
        work_unit=None,
        amount_fen=amount_fen,
        refunded_fen=0,
        received_on=received_on,
        channel="",
        channel_ref="",
        pledge=None,
        store=store,
        seq=entry.seq,
        booked_on=entry.effective_on,
        receipt=None,
        public_name=public_name,
        public_amount=public_amount,
        memo=None,
        status="ok",
        recorded_by=by.key,
        recorded_at=entry.recorded_at,
    )


def check_day(received_on: str) -> None:
    """Refuse a day that has not come yet."""
    today = clock.today().isoformat()
    if received_on > today:
        raise rules.RECEIVED_LATER(today=today)


def given_fen(gift: DonationRow) -> int:
    """What a gift of money was, fen."""
    assert gift["amount_fen"] is not None, "only goods may have no value"
    return gift["amount_fen"]


def campaign_of(gift: DonationRow) -> str:
    """The campaign that counts a gift of money."""
    assert gift["campaign"] is not None, "only goods may have no campaign"
    return gift["campaign"]
