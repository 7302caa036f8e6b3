"""Paying an approved voucher: one entry in the books, and the fund's stream loses what was paid.

Postings (field.md 4.6, entries 8 and 11): 业务活动成本 5101 by programme, 预付账款 1141 when goods are bought
from a supplier, or 受托代理负债 2601 when the fund is agency money; against 银行存款 1002. The payer is
neither the maker nor one of the approvers, and a bank's number belongs to one payment only, in or out.
"""

from dataclasses import dataclass
from datetime import date

from charity import clock
from charity.aid import rules, vouchers
from charity.aid.models import APPROVAL, VOUCHER, PayeeKind, VoucherRow
from charity.aid.vouchers import APPROVALS_NEEDED, approvals_in_force, stored
from charity.goods import purchases
from charity.ledger import accounts as acc
from charity.ledger import payment_numbers, sums
from charity.ledger.accounts import Posting
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

PAYING_BANK = "ICBC-01"
KIND = "voucher.paid"
CHANNEL = "bank"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a payment loaded: the voucher, when it was approved."""

    voucher: VoucherRow
    approved_at: list[str]


async def pay(
    *, number: str, paid_on: date, channel_ref: str, content_hash: str, by: Actor, idem: Idem | None = None
) -> Answer:
    """Pay an approved voucher: `{entry, status: "paid"}`. `channel_ref` is the bank's own reference.

    `content_hash` is what the payer was shown: a voucher that was returned, changed and approved anew since is
    another one (409).
    """
    by.must("voucher.pay")
    if paid_on > clock.today():
        raise rules.PAID_IN_FUTURE()
    payment_numbers.must_be(channel_ref)
    payee = await vouchers.payee_now(number)

    async def load(loader: Loader) -> _Facts:
        row = stored(loader.state, number)
        await loader.funds([row["fund"]])
        await loader.money_places([acc.money(acc.BANK, row["fund"], PAYING_BANK)])
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
        fund = row["fund"]
        lines = _postings(state.fund(fund).kind, row["payee_kind"], row["programme"], fund, row["amount_fen"])
        entry = state.post(
            KIND,
            lines,
            effective_on=paid_on.isoformat(),
            actor=by.key,
            party=payee.party,
            facts={
                "voucher": number,
                "programme": row["programme"],
                "recipients": row["recipients"],
                "payee_kind": row["payee_kind"],
                "content_hash": row["content_hash"],
                "maker": row["maker"],
                "approvers": list(approved),
            },
            flows=Flows(spend=[(fund, row["amount_fen"])]),
        )
        day, programme, helped = entry.effective_on, row["programme"], row["recipients"]
        sums.outlay(state, day=day, postings=lines, programme=programme, recipients=helped)
        if row["payee_kind"] == PayeeKind.SUPPLIER:
            purchases.open(state, number, fund, row["amount_fen"])
        state.change(
            VOUCHER,
            number,
            status="paid",
            payer=by.key,
            paid_on=paid_on.isoformat(),
            paid_at=state.now,
            channel_ref=channel_ref,
            entry=entry.id,
            entry_seq=entry.seq,
        )
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


def _postings(fund_kind: str, payee_kind: str, programme: str, fund: str, amount_fen: int) -> list[Posting]:
    if payee_kind == PayeeKind.SUPPLIER:  # also of agency money: it is owed until the goods are handed over
        debit = acc.money(acc.PREPAID, fund)
    elif fund_kind == "agency":
        debit = acc.money(acc.AGENCY_DEBT, fund)
    else:
        debit = acc.money(acc.COST, fund, programme)
    return [(debit, acc.CNY, amount_fen), (acc.money(acc.BANK, fund, PAYING_BANK), acc.CNY, -amount_fen)]
