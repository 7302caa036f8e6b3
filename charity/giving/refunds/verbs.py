"""Refunds: requested by an accountant, approved by somebody else; then the cashier pays (paying.py).

Always true: requester, approver and payer are three accounts; a gift is never refunded beyond what it was. The approval
posts what is owed and takes the money off the receipt; a chargeback was taken already and needs no payment.
Source: field.md 9, rows 84-89; docs/books.md.
"""

from dataclasses import dataclass

from charity import clock, tokens
from charity.db import sealed
from charity.giving import donations, receipts, rules
from charity.giving.channels import CHANNELS
from charity.giving.donors import counting
from charity.giving.fields import must_say_why
from charity.giving.kinds import RefundCause
from charity.giving.models import DONATION, REFUND, UNIT_SUMS, DonationRow, RefundRow
from charity.giving.refunds import bookings
from charity.giving.refunds.bookings import Booking
from charity.ledger import accounts as acc
from charity.ledger import numbers, places, sums, takeovers
from charity.ledger import refunds as books
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.takeovers import Leaving
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor

PREFIX, SERIES = "TK", "refund"


async def request(
    donation: str, *, amount_fen: int, cause: str, reason: str, by: Actor, idem: Idem | None = None
) -> Answer:
    """Ask to give money back; nothing is posted. 201 `{number, status: "requested", content_hash}`."""
    by.must("refund.request")
    must_say_why(reason)
    today = clock.today().isoformat()
    salt = tokens.key16()

    async def load(loader: Loader) -> tuple[int, Booking]:
        """What is asked for already, and how this would be booked."""
        gift = loader.state.row(DONATION, donation)
        if gift is None:
            raise rules.DONATION_UNKNOWN()
        _must_be_refundable(gift, cause)
        for row in await loader.rows(
            "SELECT number FROM gift_reversal WHERE donation = $1 AND status = 'requested'", donation
        ):
            raise rules.REFUND_CORRECTING(number=row["number"])
        asked = await loader.rows(
            "SELECT COALESCE(SUM(amount_fen), 0) AS fen FROM refund WHERE donation = $1 AND status = 'requested'",
            donation,
        )
        unspent = await takeovers.unspent_fen(loader, gift["seq"], fund=gift["fund"])
        return int(asked[0]["fen"]), _booking(loader.state, gift, amount_fen, cause, unspent, today)

    def decide(state: State, facts: tuple[int, Booking]) -> Answer:
        asked, booking = facts
        gift = state.row(DONATION, donation)
        assert gift is not None, "loaded"
        left = donations.given_fen(gift) - gift["refunded_fen"] - asked
        if amount_fen > left:
            raise rules.REFUND_TOO_MUCH(left_yuan=yuan(left))
        year = int(today[:4])
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        kept = sealed.seal("refund", "reason", number, reason.strip())
        assert kept is not None, "a reason was given"
        row = RefundRow(
            number=number,
            donation=donation,
            amount_fen=amount_fen,
            cause=cause,
            reason=kept,
            salt=salt,
            status="requested",
            requested_by=by.key,
            requested_at=state.now,
            approved_by=None,
            approved_at=None,
            decision=None,
            debit="",
            general_fen=0,
            seq=None,
            paid_by=None,
            paid_at=None,
            paid_on=None,
            paid_from="",
            channel="",
            channel_ref="",
            paid_seq=None,
        )
        state.add(REFUND, row)
        shown = bookings.content(row, gift, booking)
        return Answer(201, {"number": number, "status": "requested", "content_hash": shown.hash})

    wants = Wants(series=[(SERIES, int(today[:4]))], rows=[(DONATION, donation)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load, alone=True))


async def reject(number: str, *, reason: str, by: Actor, content_hash: str | None = None) -> None:
    """Turn a request down, with a reason; with a `content_hash` only while it is what was shown."""
    by.must("refund.approve")
    must_say_why(reason)
    today = clock.today().isoformat()

    async def load(loader: Loader) -> Booking:
        return (await _requested(loader, number, by, today)).booking

    def decide(state: State, booking: Booking) -> Answer:
        refund, gift = bookings.rows(state, number)
        if content_hash is not None:
            bookings.content(refund, gift, booking).must_be(content_hash)
        kept = sealed.seal("refund", "decision", number, reason.strip())
        columns = {"approved_by": by.key, "approved_at": state.now, "decision": kept}
        state.change(REFUND, number, status="rejected", **columns)
        return Answer(200, {"number": number, "status": "rejected"})

    await submit(Command(decide, wants=Wants(rows=[(REFUND, number)]), load=load, alone=True))


async def approve(number: str, *, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Approve and post what is owed: 201 `{entry, status: "approved"}`. The requester may not.

    A chargeback is posted against the money that was taken, and is `refunded` at once.
    """
    by.must("refund.approve")
    approval = _Approval(number, content_hash, by)
    return await submit(Command(approval.decide, wants=approval.wants(), idem=idem, load=approval.load, alone=True))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that waits for this approver: what is unspent of its gift, and how it would be booked."""

    gift: DonationRow
    unspent_fen: int
    booking: Booking


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an approval loaded: booking, what leaves, the gifts on the receipt, the giver, who is credited."""

    booking: Booking
    leaving: Leaving
    on_receipt: list[str]
    giver: counting.Giver
    credit: dict[str, str]


class _Approval:
    """One approval: what it loads and what it decides."""

    def __init__(self, number: str, content_hash: str, by: Actor) -> None:
        self.number, self.content_hash, self.by = number, content_hash, by
        self.today = clock.today().isoformat()

    def wants(self) -> Wants:
        return Wants(rows=[(REFUND, self.number)], series=[(receipts.SERIES, int(self.today[:4]))])

    async def load(self, loader: Loader) -> _Facts:
        asked = await _requested(loader, self.number, self.by, self.today)
        refund, gift = bookings.rows(loader.state, self.number)
        bookings.content(refund, gift, asked.booking).must_be(self.content_hash)
        amount, fund = refund["amount_fen"], gift["fund"]
        left = donations.given_fen(gift) - gift["refunded_fen"]
        if amount > left:
            raise rules.REFUND_TOO_MUCH(left_yuan=yuan(left))
        if asked.booking.debit == acc.AGENCY_DEBT:
            # What was forwarded for the giver is not ours to give back: no general fund answers for it.
            if amount > asked.unspent_fen:
                raise rules.REFUND_FORWARDED(left_yuan=yuan(asked.unspent_fen))
            leaving = await takeovers.load(loader, gift["seq"], fund=fund, payer=fund, amount_fen=amount)
        else:
            leaving = await books.load(loader, gift["seq"], fund=fund, amount_fen=amount)
        paying = books.by_fund(leaving)
        credit = {code: books.owed(code) for code in paying}
        if refund["cause"] == RefundCause.CHARGEBACK:
            credit = await _taken_from(loader, paying, gift["seq"], self.today)
        on_receipt = await receipts.lines(loader, gift["receipt"]) if gift["receipt"] else []
        return _Facts(asked.booking, leaving, on_receipt, await counting.load(loader, gift), credit)

    def decide(self, state: State, facts: _Facts) -> Answer:
        refund, gift = bookings.rows(state, self.number)
        amount, booking = refund["amount_fen"], facts.booking
        asked = books.Refund(
            gift_seq=gift["seq"],
            debit=booking.debit,
            credit=facts.credit,
            effective_on=self.today,
            party=gift["party"],
            facts={
                "campaign": gift["campaign"],
                "cause": refund["cause"],
                "donation": gift["key"],
                "maker": refund["requested_by"],
                "refund": self.number,
            },
        )
        entry = books.post(state, facts.leaving, asked, actor=self.by.key)
        self._take_back(state, gift, amount, facts)
        status = "refunded" if refund["cause"] == RefundCause.CHARGEBACK else "approved"
        columns = {"approved_by": self.by.key, "approved_at": state.now, "seq": entry.seq}
        state.change(
            REFUND, self.number, status=status, debit=booking.debit, general_fen=booking.general_fen, **columns
        )
        sums.income(
            state,
            day=entry.effective_on,
            fund=gift["fund"],
            campaign=gift["campaign"],
            store=gift["store"],
            kind=gift["kind"],
            fen=-amount if booking.debit in {acc.GIFTS, acc.AGENCY_DEBT} else 0,
            gifts=0,
        )
        return Answer(201, {"entry": entry.id, "status": status})

    def _take_back(self, state: State, gift: DonationRow, amount: int, facts: _Facts) -> None:
        """What the gift, its receipt, its campaign and its unit count from now on."""
        refunded = gift["refunded_fen"] + amount
        receipts.take_off(state, gift, amount, facts.on_receipt, issued_on=self.today, reason=self.number, by=self.by)
        status = "refunded" if refunded == gift["amount_fen"] else "ok"
        state.change(DONATION, gift["key"], refunded_fen=refunded, status=status)
        if status == "refunded":
            counting.taken_back(state, gift, facts.giver, gifts=0, amount_fen=amount)
        elif gift["work_unit"]:
            state.tally(UNIT_SUMS, (donations.campaign_of(gift), gift["work_unit"]), 0, 0, -amount)


async def _requested(loader: Loader, number: str, by: Actor, today: str) -> _Asked:
    """The request as it waits for this approver, with its gift and streams loaded."""
    refund = loader.state.row(REFUND, number)
    if refund is None:
        raise rules.REFUND_UNKNOWN()
    if refund["status"] != "requested":
        raise rules.REFUND_DONE(number=number)
    if refund["requested_by"] == by.key:
        raise rules.REFUND_SAME()
    gift = await loader.row(DONATION, refund["donation"])
    assert gift is not None, "a refund has its gift"
    unspent = await takeovers.unspent_fen(loader, gift["seq"], fund=gift["fund"])
    booking = _booking(loader.state, gift, refund["amount_fen"], refund["cause"], unspent, today)
    return _Asked(gift, unspent, booking)


def _booking(state: State, gift: DonationRow, amount_fen: int, cause: str, unspent_fen: int, today: str) -> Booking:
    agency = state.fund(gift["fund"]).kind == "agency"
    earlier = bookings.earlier_year(gift["booked_on"], state.open_day(today))
    return Booking(
        bookings.debit(cause, agency=agency, earlier=earlier),
        bookings.general_fen(amount_fen, unspent_fen, agency=agency),
    )


async def _taken_from(loader: Loader, paying: dict[str, int], seq: int, on: str) -> dict[str, str]:
    """By fund the account from which a platform or a bank took a chargeback.

    That is where the gift of entry `seq` came in, else the bank account into which gifts come now.
    """
    body, (receiving,) = await loader.entry(seq), await loader.rows(places.RECEIVING)
    assert body is not None, "what is given back is in the books"
    lines = body["postings"]
    came = next((acc.place_of(a) for a, _, quantity in lines if quantity > 0 and acc.is_money_place(a)), "")
    came = came or receiving["code"]  # a gift of the general fund that was held before: it lies where it came
    credit = {}
    for fund, fen in paying.items():
        ways = [f"{place}/{fund}" for place in (came, receiving["code"])]
        await loader.money_places(ways, on=on)
        enough = [way for way in ways if loader.state.balance(way) >= fen]
        credit[fund] = (enough or ways)[0]
    return credit


def _must_be_refundable(gift: DonationRow, cause: str) -> None:
    if gift["kind"] != "cash":
        raise rules.REFUND_IN_KIND()
    if gift["status"] == "reversed":
        raise rules.REVERSAL_GONE()
    if cause == RefundCause.CHARGEBACK and CHANNELS[gift["channel"]].chart == acc.CASH:
        raise rules.REFUND_CASH_CHARGEBACK()
