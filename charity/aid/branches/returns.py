"""A branch gives back what it did not distribute: Dr the place that gets it / Cr 1122, recorded by the cashier.

What comes back are the last positions of its payment; the givers' shares of the payment shrink by it.
"""

from datetime import date
from typing import Any

from charity import clock
from charity.aid import rules
from charity.aid.branches import advances
from charity.aid.models import ADVANCE, RETURN, VOUCHER, BranchReturnRow
from charity.aid.vouchers import stored as stored_voucher
from charity.errors import FieldError, unreadable
from charity.ledger import accounts as acc
from charity.ledger import numbers, outlay_returns, payment_numbers, places
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.places import Place
from charity.ledger.state import State
from charity.ledger.streams import Piece
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor
from charity.words import Term

PREFIX, SERIES = "FH", "branch_return"
KIND = "branch.returned"
CHANNEL = "bank"
CHARTS = (acc.BANK, acc.CASH)


async def give_back(
    *,
    voucher: str,
    amount_fen: int,
    received_on: date,
    paid_into: str | None = None,
    channel_ref: str = "",
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Record what came back of `voucher`: 201 `{number, entry}`. Without a place it is the only bank account."""
    by.must("voucher.pay")
    if received_on > clock.today():
        raise rules.RETURN_LATER()
    place = await _receiving(paid_into, channel_ref)
    year = clock.today().year

    async def load(loader: Loader) -> list[Piece]:
        advance = advances.stored(loader.state, voucher)
        await loader.holdings(
            [(advances.account(advance["branch"], advance["fund"]), acc.CNY), (place.account(advance["fund"]), acc.CNY)]
        )
        paid = stored_voucher(loader.state, voucher)
        return await outlay_returns.load(loader, paid["entry_seq"] or 0, advance["fund"])

    def decide(state: State, held: list[Piece]) -> Answer:
        advance, paid = advances.stored(state, voucher), stored_voucher(state, voucher)
        if received_on.isoformat() < (paid["paid_on"] or ""):
            raise rules.RETURN_EARLY(paid_on=paid["paid_on"])
        left = advances.open_fen(advance)
        if amount_fen > left:
            raise rules.RETURN_EXCEEDS(voucher=voucher, left_yuan=yuan(left), amount_yuan=yuan(amount_fen))
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        payment_numbers.take(state, CHANNEL, channel_ref, Holder(PaymentKind.RETURN, number, voucher))
        entry = outlay_returns.post(
            state,
            held,
            kind=KIND,
            fund=advance["fund"],
            account=advances.account(advance["branch"], advance["fund"]),
            place=place.account(advance["fund"]),
            amount_fen=amount_fen,
            effective_on=received_on.isoformat(),
            actor=by.key,
            party=advance["branch"],
            facts=facts(number, voucher, paid["programme"]),
        )
        row = BranchReturnRow(
            number=number,
            year=year,
            voucher=voucher,
            amount_fen=amount_fen,
            received_on=received_on.isoformat(),
            paid_into=place.code,
            channel_ref=channel_ref,
            cashier=by.key,
            made_at=state.now,
            entry_seq=entry.seq,
        )
        state.add(RETURN, row)
        state.change(ADVANCE, voucher, returned_fen=advance["returned_fen"] + amount_fen)
        return Answer(201, {"number": number, "entry": entry.id})

    wants = Wants(
        rows=[(ADVANCE, voucher), (VOUCHER, voucher), *payment_numbers.wants(CHANNEL, channel_ref)],
        series=[(SERIES, year)],
    )
    return await submit(Command(decide, wants, idem, load=load, alone=True))


def facts(number: str, voucher: str, programme: str | None) -> dict[str, Any]:
    """What the entry says beside its postings."""
    return {"return": number, "voucher": voucher, "programme": programme}


async def _receiving(paid_into: str | None, channel_ref: str) -> Place:
    banks = [] if paid_into else await places.every((acc.BANK,))
    if not paid_into and len(banks) != 1:
        raise unreadable(FieldError("paid_into", "请选择收款账户"))
    place = await places.get(paid_into, field="paid_into") if paid_into else banks[0]
    if place.chart not in CHARTS:
        raise rules.RETURN_PLACE(place=Term(place.name))
    if place.chart == acc.CASH and channel_ref:
        raise rules.CASH_HAS_NO_REF()
    if place.chart != acc.CASH:
        payment_numbers.must_be(channel_ref)
    return place
