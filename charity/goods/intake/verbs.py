"""Goods come in: lots are made, and the books take them (field.md 3.2; 4.6, entries 4, 5 and 11).

A gift with evidence of value is Dr 1201 / Cr 4101 (agency funds 1801 / 2601) with a donation and a receipt;
without evidence only pieces move, from `world:donors`, and no receipt is made (field.md 0.7). Bought goods
come from `world:suppliers`, Dr 1201 / Cr 1141, never beyond what their paid voucher prepaid. Always true:
a lot has one integer cost per piece, so an indivisible total becomes two lots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from charity import clock, money, tokens
from charity.db.tables import Table
from charity.errors import FieldError, Rule
from charity.giving import campaigns, donations, receipts
from charity.giving.donors import counting
from charity.giving.models import CAMPAIGN, DONATION
from charity.goods import items, purchases, rules, slips
from charity.goods.intake.lines import IntakeLine, faults
from charity.goods.intake.lots import SERIES, Evidence, NewLot, made, shelve
from charity.goods.intake.lots import postings as shelved
from charity.goods.items import Item
from charity.goods.models import IntakeRow
from charity.ledger import accounts as acc
from charity.ledger import sums
from charity.ledger.state import Entry, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.office import privacy, stores
from charity.people import parties
from charity.people.models import PERSON, PersonRow
from charity.people.persons import Donor, person_row
from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class _Delivery:
    """An intake with everything known that its decision needs."""

    store: str
    source: str
    fund: str
    campaign: str | None
    voucher: str | None
    lots: tuple[NewLot, ...]
    known: dict[str, Item]
    person: PersonRow | None
    donation: str
    day: date
    public_name: bool
    public_amount: bool
    reasons: tuple[tuple[FieldError, Rule], ...]

    @property
    def known_giver(self) -> tuple[str, ...]:
        """What the giver is known by (`parties.keys`)."""
        return parties.keys(self.person) if self.person else ()

    @property
    def value_fen(self) -> int:
        """The value of all lots, fen."""
        return sum(lot.quantity * lot.cost_fen for lot in self.lots)


async def take_in(
    *,
    store: str,
    source: Literal["gift", "purchase"],
    lines: Sequence[IntakeLine],
    by: Actor,
    donor: Donor | None = None,
    voucher: str | None = None,
    campaign: str | None = None,
    fund: str | None = None,
    public_name: bool = False,
    public_amount: bool = False,
    idem: Idem | None = None,
) -> Answer:
    """Take goods in at a store: lots, an intake slip, the entry, and for valued gifts a receipt.

    Refuses all lines that cannot be taken at once: barcodes (a wrong check digit is named), expiry, value.
    """
    by.must("goods.move")
    await stores.served(store, by=by)
    await privacy.must_be_current(donor.notice if donor else None)
    known = await items.known(line.barcode for line in lines)
    day = clock.today()
    reasons = _header(source, donor, voucher)
    for n, line in enumerate(lines):
        reasons += faults(n, line, known.get(line.barcode), source, day)
    if not reasons and sum(line.value_fen for line in lines) > money.AMOUNT_MAX_FEN:
        reasons.append((rules.at("lines", rules.VALUE_TOO_LARGE), rules.VALUE_TOO_LARGE))
    lots = [] if reasons else [lot for line in lines for lot in _lots(line, source)]
    person = None if source == "purchase" else person_row(donor or Donor(), key=tokens.key16())
    delivery = _Delivery(
        store=store,
        source=source,
        fund=await _fund(source, campaign, fund, voucher),
        campaign=campaign if source == "gift" else None,
        voucher=voucher if source == "purchase" else None,
        lots=tuple(lots),
        known=known,
        person=person,
        donation=tokens.key16(),
        day=day,
        public_name=public_name,
        public_amount=public_amount,
        reasons=tuple(reasons),
    )

    def decide(state: State) -> Answer:
        return _decide(state, delivery, by)

    return await submit(Command(decide, wants=_wants(delivery), idem=idem))


async def _fund(source: str, campaign: str | None, fund: str | None, voucher: str | None) -> str:
    """The fund of the lots: the campaign's choice, the voucher's own, or the unrestricted one."""
    if source == "purchase" and not fund and voucher:
        return await purchases.fund_of(voucher) or acc.GENERAL_FUND
    if source == "gift" and campaign:
        asked = await campaigns.known(campaign)
        await campaigns.must_be_certified(asked, on=clock.today().isoformat())
        return asked.chosen(fund)
    return fund or acc.GENERAL_FUND


def _header(source: str, donor: Donor | None, voucher: str | None) -> list[tuple[FieldError, Rule]]:
    reasons = []
    if source == "purchase" and not voucher:
        reasons.append(rules.VOUCHER_MISSING)
    if source == "purchase" and donor is not None:
        reasons.append(rules.DONOR_NOT_FOR_PURCHASE)
    if source == "gift" and voucher:
        reasons.append(rules.VOUCHER_NOT_FOR_GIFT)
    return [(rules.at(rule.field or "", rule), rule) for rule in reasons]


def _lots(line: IntakeLine, source: str) -> list[NewLot]:
    """The lots of a line. What was bought has an invoice where nothing else is named."""
    evidence: Evidence = line.evidence or "none"
    if source == "purchase" and evidence == "none":
        evidence = "invoice"
    expires_on = line.expires_on.isoformat() if line.expires_on else None
    return made(line.barcode, expires_on, line.costs(), evidence)


def _wants(d: _Delivery) -> Wants:
    shelf = acc.shelf(d.store)
    rows: list[tuple[Table[Any], str]] = []
    if d.campaign:
        rows.append((CAMPAIGN, d.campaign))
    if d.voucher:
        rows.append(purchases.wants(d.voucher))
    rows += parties.wants(d.known_giver)
    return Wants(
        holdings=[(shelf, acc.lot(lot.code)) for lot in d.lots],
        funds=[d.fund],
        series=[slips.series(SERIES, d.store, d.day.year), (receipts.SERIES, d.day.year)],
        rows=rows,
    )


def _decide(state: State, d: _Delivery, by: Actor) -> Answer:
    if d.reasons:
        raise rules.together(rules.NOT_TAKEN_IN, d.reasons)
    kind = state.fund(d.fund).kind
    if d.campaign:
        campaigns.accepting(state, d.campaign, day=d.day.isoformat())
    if d.voucher:
        purchases.receive(state, d.voucher, d.fund, d.value_fen)
    number = slips.next_number(state, SERIES, d.store, d.day.year)
    party = counting.given(state, donor=d.person["key"], known=d.known_giver, fund=d.fund) if d.person else ""
    entry = state.post(
        f"goods.{d.source}",
        _postings(d, kind),
        effective_on=d.day.isoformat(),
        actor=by.key,
        party=party,
        facts=_facts(d, number),
    )
    receipt = _rows(state, d, number, entry, party, by)
    lots = [
        {"code": lot.code, "barcode": lot.barcode, "quantity": lot.quantity, "expires_on": lot.expires_on}
        for lot in d.lots
    ]
    answer = {"number": number, "entry": entry.id, "lots": lots}
    return Answer(201, {**answer, "receipt": receipt} if receipt else answer)


def _facts(d: _Delivery, number: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"document": number, "store": d.store, "source": d.source, "fund": d.fund}
    chosen = {"campaign": d.campaign, "voucher": d.voucher}
    return facts | {name: value for name, value in chosen.items() if value}


def _postings(d: _Delivery, fund_kind: str) -> list[acc.Posting]:
    """Lots onto the shelf; and their value, when they have one, into the books."""
    origin = acc.DONORS if d.source == "gift" else acc.SUPPLIERS
    postings = shelved(d.store, origin, d.lots)
    if d.value_fen:
        agency = fund_kind == "agency"
        stock = acc.AGENCY_ASSETS if agency else acc.STOCK
        against = acc.PREPAID if d.source == "purchase" else acc.AGENCY_DEBT if agency else acc.GIFTS
        postings.append((acc.money(stock, d.fund, d.store), acc.CNY, d.value_fen))
        postings.append((acc.money(against, d.fund), acc.CNY, -d.value_fen))
    return postings


def _rows(state: State, d: _Delivery, number: str, entry: Entry, party: str, by: Actor) -> dict[str, Any] | None:
    """The rows of the slip, its lots and lines, and of the gift; the receipt, when there is one."""
    receipt = _gift(state, d, entry, party, by) if d.person else None
    donor = d.person["key"] if d.person else None
    row = IntakeRow(
        number=number,
        source=d.source,
        fund=d.fund,
        campaign=d.campaign,
        donor=donor,
        donation=d.donation if d.person else None,
        voucher=d.voucher,
        receipt_code=receipt["code"] if receipt else None,
        receipt_number=receipt["number"] if receipt else None,
    )
    shelve(state, d.store, row, d.lots, entry, by)
    return receipt


def _gift(state: State, d: _Delivery, entry: Entry, party: str, by: Actor) -> dict[str, Any] | None:
    assert d.person is not None
    state.add(PERSON, d.person)
    day = d.day.isoformat()
    donation = donations.in_kind_row(
        key=d.donation,
        campaign=d.campaign,
        fund=d.fund,
        donor=d.person["key"],
        party=party,
        amount_fen=d.value_fen or None,
        received_on=day,
        store=d.store,
        public_name=d.public_name,
        public_amount=d.public_amount,
        entry=entry,
        by=by,
    )
    state.add(DONATION, donation)
    sums.income(
        state,
        day=entry.effective_on,
        fund=d.fund,
        campaign=d.campaign,
        store=d.store,
        kind=sums.IN_KIND,
        fen=d.value_fen,
        gifts=1,
    )
    if not d.value_fen:
        return None
    return receipts.issue(
        state,
        donor=d.person["key"],
        donations=[d.donation],
        amount_fen=d.value_fen,
        campaign=d.campaign,
        fund=d.fund,
        issued_on=day,
        by=by,
        seq=entry.seq,
        kind="in_kind",
        lines=[_printed(lot, d.known[lot.barcode]) for lot in d.lots],
        delivery="kept_undelivered" if d.person["kind"] == "anonymous" else "pending",
    )


def _printed(lot: NewLot, item: Item) -> receipts.GoodsLine:
    """A lot as the giver's receipt prints it."""
    return receipts.GoodsLine(item.name, item.measure, lot.quantity, lot.cost_fen, lot.evidence)
