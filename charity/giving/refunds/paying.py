"""The cashier pays an approved refund: what is owed leaves the place of money that was chosen, each fund from its own.

Neither requester nor approver pays. A bank's or a platform's number belongs to one payment only; cash has none.
"""

from datetime import date

from charity import clock
from charity.giving import donations, receipts, rules
from charity.giving.channels import CHANNELS
from charity.giving.models import DONATION, REFUND, DonationRow, RefundRow
from charity.giving.refunds import bookings, readers
from charity.giving.refunds.bookings import Booking
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers, places
from charity.ledger import refunds as books
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.places import Place
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import SYSTEM, Actor
from charity.words import Term


async def offered(channel: str) -> list[Place]:
    """The places that can pay back a gift of this channel, first as it came: tills and banks, and its platform."""
    way = CHANNELS[channel]
    own = f"{way.chart}/{way.place}"
    every = [place for place in await places.every() if place.chart != acc.OTHER_MONEY or place.code == own]
    usual = own if way.chart == acc.CASH else (await places.paying()).code
    return sorted(every, key=lambda place: (place.code != usual, place.code))


async def pay(
    number: str,
    *,
    paid_on: date,
    content_hash: str,
    by: Actor,
    paid_from: str | None = None,
    channel_ref: str = "",
    idem: Idem | None = None,
) -> Answer:
    """Pay an approved refund: 201 `{entry, status: "refunded"}`.

    `paid_from` is the code of an offered place, without one the first.
    """
    by.must("refund.pay")
    if paid_on > clock.today():
        raise rules.REFUND_PAID_LATE()
    place, channel = await _place(number, paid_from, channel_ref, by)

    async def load(loader: Loader) -> None:
        refund = loader.state.row(REFUND, number)
        assert refund is not None, "a refund stays"
        gift = await loader.row(DONATION, refund["donation"])
        assert gift is not None, "a refund has its gift"
        await loader.money_places([place.account(fund) for fund in _parts(refund, gift)], on=paid_on.isoformat())

    def decide(state: State, _: None) -> Answer:
        refund, gift = bookings.rows(state, number)
        _must_be_payable(refund, gift, content_hash, paid_on, by)
        payment_numbers.take(state, channel, channel_ref, Holder(PaymentKind.REFUND, number))
        entry = books.pay(
            state,
            _parts(refund, gift),
            chart=place.chart,
            place=place.place,
            effective_on=paid_on.isoformat(),
            actor=by.key,
            party=gift["party"] or gift["donor"],
            facts={
                "donation": gift["key"],
                "maker": refund["requested_by"],
                "of": refund["seq"],
                "refund": number,
            },
        )
        columns = {"paid_by": by.key, "paid_at": state.now, "paid_on": paid_on.isoformat(), "paid_seq": entry.seq}
        paid = {"paid_from": place.code, "channel": channel, "channel_ref": channel_ref}
        state.change(REFUND, number, status="refunded", **paid, **columns)
        return Answer(201, {"entry": entry.id, "status": "refunded"})

    wants = Wants(rows=[(REFUND, number), *payment_numbers.wants(channel, channel_ref)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load))


def _parts(refund: RefundRow, gift: DonationRow) -> dict[str, int]:
    return books.parts(gift["fund"], refund["amount_fen"], refund["general_fen"])


async def _place(number: str, paid_from: str | None, channel_ref: str, by: Actor) -> tuple[Place, str]:
    """The place that pays, and the channel whose number the payment has."""
    refund = await readers.get(number, by=by)
    gift = await donations.get(refund.donation_id, by=SYSTEM)  # whoever pays a refund sees what is given back
    ways = await offered(gift.channel)
    place = next((way for way in ways if way.code == (paid_from or ways[0].code)), None)
    if place is None:
        named = await places.get(paid_from or "", field="paid_from")
        raise rules.REFUND_PLACE(place=named)
    if place.chart == acc.CASH:
        if channel_ref:
            raise rules.REFUND_CASH_REF()
        return place, "cash"
    payment_numbers.must_be(channel_ref)
    return place, "bank" if place.chart == acc.BANK else gift.channel


def _must_be_payable(refund: RefundRow, gift: DonationRow, content_hash: str, paid_on: date, by: Actor) -> None:
    if by.key in {refund["requested_by"], refund["approved_by"]}:
        raise rules.REFUND_PAYER()
    if refund["status"] != "approved":
        state = Term(receipts.REFUND_STATUS_WORDS[refund["status"]])
        raise rules.REFUND_NOT_APPROVED(number=refund["number"], state=state)
    bookings.content(refund, gift, Booking(refund["debit"], refund["general_fen"])).must_be(content_hash)
    approved_on = clock.business_date(refund["approved_at"] or "")
    if paid_on < approved_on:
        raise rules.REFUND_PAID_EARLY(approved_on=approved_on.isoformat())
