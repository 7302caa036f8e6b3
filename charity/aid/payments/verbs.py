"""Paying an approved voucher: one entry in the books, and the fund's stream loses what was paid.

Postings (docs/field.md 9, rows 28, 33, 44, 47, 59 to 62): 业务活动成本 5101 by programme, 预付账款 1141 when goods
are bought from a supplier, 其他应收款 1122 when a branch gets it until its signed roster, 受托代理负债 2601 when the
fund is agency money, 管理费用 5301 or 筹资费用 5401 for our own costs; against the place that pays, 银行存款 1002 or
现金 1001. The payer is neither the maker nor one of the approvers, and a bank's number belongs to one payment only, in
or out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from charity import clock
from charity.aid import branches, rules, vouchers
from charity.aid.models import APPROVAL, VOUCHER, PayeeKind, Purpose, VoucherRow
from charity.aid.vouchers import APPROVALS_NEEDED, approvals_in_force, stored
from charity.goods import purchases
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers, places, sums
from charity.ledger.accounts import Posting
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.places import Place
from charity.ledger.state import Entry, Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

KIND = "voucher.paid"
CHANNEL = "bank"
CHANNELS = {"bank": acc.BANK, "cash": acc.CASH}
"""Charts of the places that pay: a platform pays nobody."""
COSTS = {"administration": acc.MANAGEMENT, "fundraising": acc.FUNDRAISING}
assert set(COSTS.values()) == set(acc.COSTS)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a payment loaded: the voucher, when it was approved."""

    voucher: VoucherRow
    approved_at: list[str]


async def pay(
    *,
    number: str,
    paid_on: date,
    channel_ref: str = "",
    paid_from: str | None = None,
    content_hash: str,
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Pay an approved voucher: `{entry, status: "paid"}`.

    `paid_from` is a place of money, without one the bank account that pays; `channel_ref` the bank's own reference,
    which cash has not. `content_hash` is what the payer was shown: a voucher that was returned, changed and approved
    anew since is another one (409).
    """
    by.must("voucher.pay")
    if paid_on > clock.today():
        raise rules.PAID_IN_FUTURE()
    place = await _paying(paid_from, channel_ref)
    payee = await vouchers.payee_now(number)

    async def load(loader: Loader) -> _Facts:
        row = stored(loader.state, number)
        await loader.funds([row["fund"]])
        await loader.money_places([place.account(row["fund"])], on=paid_on.isoformat())
        if branches.is_advance(row):
            await loader.holdings([(branches.account(row["payee"], row["fund"]), acc.CNY)])
        approvals = [await loader.row(APPROVAL, key) for key in approvals_in_force(row).values()]
        return _Facts(row, [a["at"] for a in approvals if a is not None])

    def decide(state: State, facts: _Facts) -> Answer:
        row = facts.voucher
        approved = approvals_in_force(row)
        _must_be_payable(row, approved, content_hash, by)
        approved_on = clock.business_date(max(facts.approved_at, default=state.now))
        if paid_on < approved_on:
            raise rules.PAID_BEFORE_APPROVAL(approved_on=approved_on.isoformat())
        if not vouchers.same_payee(row["content"], payee, row["salt"]):
            raise rules.PAYEE_CHANGED()
        payment_numbers.take(state, CHANNEL, channel_ref, Holder(PaymentKind.VOUCHER, number))
        assert len(approved) >= APPROVALS_NEEDED, number
        entry = _post(state, row, place, approved, payee.party, paid_on, by)
        columns = {
            "paid_from": place.code,
            "channel_ref": channel_ref or None,
            "entry": entry.id,
            "entry_seq": entry.seq,
        }
        paid = {"status": "paid", "payer": by.key, "paid_on": paid_on.isoformat(), "paid_at": state.now}
        state.change(VOUCHER, number, **paid, **columns)
        return Answer(201, {"entry": entry.id, "status": "paid"})

    wants = Wants(rows=[(VOUCHER, number), purchases.wants(number), *payment_numbers.wants(CHANNEL, channel_ref)])
    return await submit(Command(decide, wants, idem, load=load))


def _must_be_payable(row: VoucherRow, approved: dict[str, str], content_hash: str, by: Actor) -> None:
    """Neither its maker nor an approver pays, and only what is approved (I11) and was shown."""
    if row["maker"] == by.key:
        raise rules.PAYER_MADE()
    if by.key in approved:
        raise rules.PAYER_APPROVED()
    vouchers.must_be(row, content_hash)
    if row["status"] != "approved":
        raise rules.NOT_PAYABLE(number=row["number"])


def _post(
    state: State, row: VoucherRow, place: Place, approved: dict[str, str], party: str, paid_on: date, by: Actor
) -> Entry:
    """The entry in the books, and what goods and registers keep of it."""
    fund = row["fund"]
    lines = _postings(state.fund(fund).kind, row, place)
    entry = state.post(
        KIND,
        lines,
        effective_on=paid_on.isoformat(),
        actor=by.key,
        party=party,
        facts={
            "voucher": row["number"],
            **use_facts(row),
            "payee_kind": row["payee_kind"],
            "content_hash": row["content_hash"],
            "maker": row["maker"],
            "approvers": list(approved),
        },
        flows=Flows(spend=[(fund, row["amount_fen"])]),
    )
    if row["programme"]:  # our own costs are no aid: the register of aid does not list them
        day, programme, helped = entry.effective_on, row["programme"], row["recipients"]
        sums.outlay(state, day=day, postings=lines, programme=programme, recipients=helped, payments=1)
    if is_purchase(row):
        purchases.open(state, row["number"], fund, row["amount_fen"])
    if branches.is_advance(row):
        branches.open_advance(state, row)
    return entry


async def _paying(paid_from: str | None, channel_ref: str) -> Place:
    """The place that pays; a bank names its payment, the till has nothing to name."""
    place = await places.get(paid_from, field="paid_from") if paid_from else await places.paying()
    if place.chart not in CHANNELS.values():
        raise rules.PAYS_NOBODY(place=place)
    if place.chart == acc.CASH and channel_ref:
        raise rules.CASH_HAS_NO_REF()
    if place.chart != acc.CASH:
        payment_numbers.must_be(channel_ref)
    return place


async def paying_place(channel: Literal["bank", "cash"], paid_from: str | None) -> str:
    """The code of the place that pays by this channel: the one that was chosen, else the bank that pays or a till."""
    chart = CHANNELS[channel]
    if paid_from:
        if (await places.get(paid_from, field="paid_from")).chart != chart:
            raise rules.PLACE_OF_OTHER_CHANNEL()
        return paid_from
    if channel == "bank":
        return (await places.paying()).code
    tills = await places.every((chart,))
    if not tills:
        raise rules.NO_TILL()
    return tills[0].code


def is_purchase(row: Mapping[str, Any]) -> bool:
    """Whether a voucher buys goods for the shelves: what a supplier gets for our own costs is used up at once."""
    return bool(row["payee_kind"] == PayeeKind.SUPPLIER and row["purpose"] == Purpose.AID)


def use_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says of what the money is for: a programme and how many it helps, or the purpose of a cost."""
    if row["purpose"] != Purpose.AID:
        return {"purpose": row["purpose"]}
    listed = json.loads(row["content"]).get("listed") is not None
    return {"programme": row["programme"], "recipients": row["recipients"], "listed": listed}


def _postings(fund_kind: str, row: VoucherRow, place: Place) -> list[Posting]:
    fund, amount_fen = row["fund"], row["amount_fen"]
    if row["purpose"] != Purpose.AID:
        debit = acc.money(COSTS[row["purpose"]], fund)
    elif is_purchase(row):  # also of agency money: it is owed until the goods are handed over
        debit = acc.money(acc.PREPAID, fund)
    elif branches.is_advance(row):
        assert fund_kind != "agency", "money held for others is no advance"
        debit = branches.account(row["payee"], fund)
    elif fund_kind == "agency":
        debit = acc.money(acc.AGENCY_DEBT, fund)
    else:
        assert row["programme"], "aid has a programme"
        debit = acc.money(acc.COST, fund, row["programme"])
    return [(debit, acc.CNY, amount_fen), (place.account(fund), acc.CNY, -amount_fen)]
