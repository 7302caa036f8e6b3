"""A branch gives back what it did not distribute: written down by the cashier, confirmed by another person.

Posting: Dr the place that gets it / Cr 1122, on the day it came. What comes back are the last positions of its payment;
the givers' shares of the payment shrink by it, so nobody books it alone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from charity import clock
from charity.aid import rules
from charity.aid.branches import advances
from charity.aid.branches.steps import Step
from charity.aid.models import ADVANCE, RETURN, VOUCHER, BranchAdvanceRow, BranchReturnRow, RosterStatus
from charity.aid.vouchers import stored as stored_voucher
from charity.db.tables import Table
from charity.errors import FieldError, unreadable
from charity.ledger import accounts as acc
from charity.ledger import numbers, outlay_returns, payment_numbers, places
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.places import Place
from charity.ledger.state import State
from charity.ledger.streams import Piece
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor

PREFIX, SERIES = "FH", "branch_return"
KIND, REVERSAL = "branch.returned", "return.reversal"
CHANNEL = "bank"
CHARTS = (acc.BANK, acc.CASH)
STEP = Step(RETURN, "cashier", rules.RETURN_UNKNOWN)
_SHOWN = ("number", "voucher", "status", "amount_fen", "received_on", "paid_into", "channel_ref", "cashier")


def content_of(row: Mapping[str, Any]) -> Content:
    """What whoever confirms a return is shown of it."""
    return Content(facts={name: str(row[name]) if name == "status" else row[name] for name in _SHOWN})


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
    """Write down what came back of `voucher`: 201 `{number, status, content_hash}`.

    Without a place it lies in the bank account, where there is only one.
    """
    by.must("voucher.pay")
    if received_on > clock.today():
        raise rules.RETURN_LATER()
    place = await _receiving(paid_into, channel_ref)
    year = clock.today().year

    async def load(loader: Loader) -> list[dict[str, Any]]:
        return await loader.rows("SELECT number, channel_ref FROM branch_return WHERE status = 'waiting'")

    def decide(state: State, waiting: list[dict[str, Any]]) -> Answer:
        advance, paid = advances.stored(state, voucher), stored_voucher(state, voucher)
        if received_on.isoformat() < (paid["paid_on"] or ""):
            raise rules.RETURN_EARLY(paid_on=paid["paid_on"])
        _must_be_there(advance, amount_fen)
        payment_numbers.must_be_free(state, CHANNEL, channel_ref)
        _must_not_wait(waiting, channel_ref)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        row = BranchReturnRow(
            number=number,
            year=year,
            voucher=voucher,
            status=RosterStatus.WAITING.value,
            amount_fen=amount_fen,
            received_on=received_on.isoformat(),
            paid_into=place.code,
            channel_ref=channel_ref,
            cashier=by.key,
            made_at=state.now,
            decided_by=None,
            decided_at=None,
            reason=None,
            entry_seq=None,
        )
        state.add(RETURN, row)
        return Answer(201, {"number": number, "status": row["status"], "content_hash": content_of(row).hash})

    rows: list[tuple[Table[Any], str]] = [
        (ADVANCE, voucher),
        (VOUCHER, voucher),
        *payment_numbers.wants(CHANNEL, channel_ref),
    ]
    return await submit(Command(decide, Wants(rows=rows, series=[(SERIES, year)]), idem, load=load, alone=True))


async def confirm(*, number: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Confirm the return that was shown; it is booked: 201 `{status, entry}`."""
    by.must("voucher.approve")

    async def load(loader: Loader) -> list[Piece]:
        row = STEP.stored(loader.state, number)
        await loader.stored(ADVANCE, [row["voucher"]])
        await loader.stored(VOUCHER, [row["voucher"]])
        for table, key in payment_numbers.wants(CHANNEL, row["channel_ref"]):
            await loader.stored(table, [key])
        advance = advances.stored(loader.state, row["voucher"])
        place, account = f"{row['paid_into']}/{advance['fund']}", advances.account(advance["branch"], advance["fund"])
        await loader.holdings([(account, acc.CNY), (place, acc.CNY)])
        paid = stored_voucher(loader.state, row["voucher"])
        return await outlay_returns.load(loader, paid["entry_seq"] or 0, advance["fund"])

    def decide(state: State, held: list[Piece]) -> Answer:
        row = _decidable(state, number, content_hash, by)
        advance, voucher = advances.stored(state, row["voucher"]), row["voucher"]
        _must_be_there(advance, row["amount_fen"])
        payment_numbers.take(state, CHANNEL, row["channel_ref"], Holder(PaymentKind.RETURN, number, number))
        entry = outlay_returns.post(
            state,
            held,
            kind=KIND,
            fund=advance["fund"],
            account=advances.account(advance["branch"], advance["fund"]),
            place=f"{row['paid_into']}/{advance['fund']}",
            amount_fen=row["amount_fen"],
            effective_on=row["received_on"],
            actor=by.key,
            party=advance["branch"],
            facts=facts(number, voucher, stored_voucher(state, voucher)["programme"], row["cashier"]),
        )
        state.change(ADVANCE, voucher, returned_fen=advance["returned_fen"] + row["amount_fen"])
        STEP.decided(state, number, RosterStatus.CONFIRMED, by, entry_seq=entry.seq)
        return Answer(201, {"status": RosterStatus.CONFIRMED.value, "entry": entry.id})

    return await submit(Command(decide, Wants(rows=[(RETURN, number)]), idem, load=load, alone=True))


async def refuse(*, number: str, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Refuse the return that was shown, with a reason. `{status: "refused"}`."""
    by.must("voucher.approve")

    def decide(state: State) -> Answer:
        _decidable(state, number, content_hash, by)
        return STEP.ended(state, number, RosterStatus.REFUSED, by, reason)

    return await submit(Command(decide, Wants(rows=[(RETURN, number)]), idem))


async def withdraw(*, number: str, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """The cashier takes back a return that waits, with a reason. `{status: "withdrawn"}`."""
    by.must("voucher.pay")
    return await STEP.withdraw(number, reason, by, idem)


def facts(number: str, voucher: str, programme: str | None, cashier: str | None) -> dict[str, Any]:
    """What the entry says beside its postings; of before a second person confirmed it without `cashier`."""
    known = {"return": number, "voucher": voucher, "programme": programme}
    return known if cashier is None else {**known, "cashier": cashier}


def _decidable(state: State, number: str, content_hash: str, by: Actor) -> dict[str, Any]:
    row = STEP.stored(state, number)
    STEP.must_be_of_another(row, by)
    STEP.must_wait(row)
    content_of(row).must_be(content_hash)
    return row


def _must_be_there(advance: BranchAdvanceRow, amount_fen: int) -> None:
    left = advances.open_fen(advance)
    if amount_fen > left:
        raise rules.RETURN_EXCEEDS(voucher=advance["voucher"], left_yuan=yuan(left), amount_yuan=yuan(amount_fen))


def _must_not_wait(waiting: list[dict[str, Any]], channel_ref: str) -> None:
    """Refuse the bank's number of a return that nobody has decided yet: one of the two would never be booked."""
    ref = payment_numbers.normal(channel_ref)
    for row in waiting:
        if ref and payment_numbers.normal(row["channel_ref"]) == ref:
            raise rules.RETURN_WAITS(ref=channel_ref, number=row["number"])


async def _receiving(paid_into: str | None, channel_ref: str) -> Place:
    banks = [] if paid_into else await places.every((acc.BANK,))
    if not paid_into and len(banks) != 1:
        raise unreadable(FieldError("paid_into", "请选择收款账户"))
    place = await places.get(paid_into, field="paid_into") if paid_into else banks[0]
    if place.chart not in CHARTS:
        raise rules.RETURN_PLACE(place=place)
    if place.chart == acc.CASH and channel_ref:
        raise rules.CASH_HAS_NO_REF()
    if place.chart != acc.CASH:
        payment_numbers.must_be(channel_ref)
    return place
