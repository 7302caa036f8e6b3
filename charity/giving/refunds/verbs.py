"""Refunds: requested by an accountant, approved by somebody else, posted by the approval.

Always true: requester and approver differ; a gift is never refunded beyond what it was; the receipt
is voided with the money, or replaced over what remains. Source: field.md 4.2, 4.6 entry 12.
"""

from dataclasses import dataclass

from charity import clock
from charity.db import sealed
from charity.giving import channels, receipts, rules
from charity.giving.limits import REASON_MAX
from charity.giving.models import DONATION, RECEIPT, REFUND, UNIT_SUMS, DonationRow, RefundRow
from charity.ledger import accounts as acc
from charity.ledger import numbers, sums
from charity.ledger import refunds as books
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.takeovers import Leaving
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor

PREFIX, SERIES = "TK", "refund"


async def request(donation: str, *, amount_fen: int, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Ask to give money back; nothing is posted. 201 `{number, status: "requested"}`."""
    by.must("refund.request")
    if not reason.strip() or len(reason) > REASON_MAX:
        raise rules.REASON_NEEDED()
    year = clock.today().year

    async def load(loader: Loader) -> list[RefundRow]:
        """The requests that are open, as earlier commands of the batch left them."""
        stored = await loader.rows("SELECT number FROM refund WHERE donation = $1 AND status = 'requested'", donation)
        rows = [await loader.row(REFUND, row["number"]) for row in stored]
        rows += loader.added(REFUND, donation=donation)
        return [row for row in rows if row is not None and row["status"] == "requested"]

    def decide(state: State, waiting: list[RefundRow]) -> Answer:
        gift = state.row(DONATION, donation)
        if gift is None:
            raise rules.DONATION_UNKNOWN()
        if gift["kind"] != "cash":
            raise rules.REFUND_IN_KIND()
        left = _given(gift) - gift["refunded_fen"] - sum(row["amount_fen"] for row in waiting)
        if amount_fen > left:
            raise rules.REFUND_TOO_MUCH(left_yuan=yuan(left))
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        kept = sealed.seal("refund", "reason", number, reason.strip())
        assert kept is not None, "a reason was given"
        row = RefundRow(
            number=number,
            donation=donation,
            amount_fen=amount_fen,
            reason=kept,
            status="requested",
            requested_by=by.key,
            requested_at=state.now,
            approved_by=None,
            approved_at=None,
            seq=None,
        )
        state.add(REFUND, row)
        return Answer(201, {"number": number, "status": "requested"})

    wants = Wants(series=[(SERIES, year)], rows=[(DONATION, donation)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load))


async def reject(number: str, *, by: Actor) -> None:
    """Turn a request down."""
    by.must("refund.approve")

    def decide(state: State) -> Answer:
        _open_refund(state, number, by)
        state.change(REFUND, number, status="rejected", approved_by=by.key, approved_at=state.now)
        return Answer(200, {"number": number, "status": "rejected"})

    await submit(Command(decide, wants=Wants(rows=[(REFUND, number)])))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an approval loaded: what leaves of the gift in the books, and the gifts on its receipt."""

    leaving: Leaving
    on_receipt: list[str]


class _Approval:
    """One approval: what it loads and what it decides."""

    def __init__(self, number: str, by: Actor) -> None:
        self.number, self.by = number, by
        self.today = clock.today().isoformat()

    def wants(self) -> Wants:
        return Wants(rows=[(REFUND, self.number)], series=[(receipts.SERIES, int(self.today[:4]))])

    async def load(self, loader: Loader) -> _Facts:
        refund = loader.state.row(REFUND, self.number)
        if refund is None:
            raise rules.REFUND_UNKNOWN()
        gift = await loader.row(DONATION, refund["donation"])
        assert gift is not None, "a refund has its gift"
        left = _given(gift) - gift["refunded_fen"]
        if refund["amount_fen"] > left:
            raise rules.REFUND_TOO_MUCH(left_yuan=yuan(left))
        leaving = await books.load(loader, gift["seq"], fund=gift["fund"], amount_fen=refund["amount_fen"])
        channel = channels.CHANNELS[gift["channel"]]
        paying = [acc.money(channel.chart, fund, channel.place) for fund in books.by_fund(leaving)]
        await loader.money_places(paying)
        return _Facts(leaving, await receipts.lines(loader, gift["receipt"]) if gift["receipt"] else [])

    def decide(self, state: State, facts: _Facts) -> Answer:
        refund = _open_refund(state, self.number, self.by)
        gift = state.row(DONATION, refund["donation"])
        assert gift is not None, "loaded"
        amount = refund["amount_fen"]
        channel = channels.CHANNELS[gift["channel"]]
        debit = acc.GIFTS
        if state.fund(gift["fund"]).kind == "agency":
            # What was forwarded for the giver is not ours to give back: no general fund answers for it.
            debit = acc.AGENCY_DEBT
            if facts.leaving.used_fen:
                raise rules.REFUND_FORWARDED(left_yuan=yuan(facts.leaving.unspent_fen))
        asked = books.Refund(
            gift_seq=gift["seq"],
            debit=debit,
            credit={fund: acc.money(channel.chart, fund, channel.place) for fund in books.by_fund(facts.leaving)},
            effective_on=self.today,
            party=gift["party"] or gift["donor"],
            facts={"campaign": gift["campaign"], "donation": gift["key"], "refund": self.number},
        )
        entry = books.post(state, facts.leaving, asked, actor=self.by.key)
        refunded = gift["refunded_fen"] + amount
        status = "refunded" if refunded == gift["amount_fen"] else "ok"
        self._end_receipt(state, gift, amount, facts.on_receipt)
        state.change(DONATION, gift["key"], refunded_fen=refunded, status=status)
        columns = {"approved_by": self.by.key, "approved_at": state.now, "seq": entry.seq}
        state.change(REFUND, self.number, status="refunded", **columns)
        if gift["work_unit"]:
            state.tally(UNIT_SUMS, (_campaign(gift), gift["work_unit"]), 0, 0, -amount)
        day, fund, store = entry.effective_on, gift["fund"], gift["store"]
        sums.income(
            state, day=day, fund=fund, campaign=gift["campaign"], store=store, kind=gift["kind"], fen=-amount, gifts=0
        )
        return Answer(201, {"entry": entry.id, "status": "refunded"})

    def _end_receipt(self, state: State, gift: DonationRow, amount_fen: int, on_receipt: list[str]) -> None:
        """Void the receipt, or replace it by one over what remains."""
        if not gift["receipt"]:
            return
        receipt = state.row(RECEIPT, gift["receipt"])
        assert receipt is not None
        reason = self.number
        remaining = receipt["amount_fen"] - amount_fen
        if not remaining:
            receipts.end(state, receipt, on_receipt, reason=reason, by=self.by)
            return
        in_part = amount_fen < _given(gift) - gift["refunded_fen"]
        keys = [k for k in on_receipt if in_part or k != gift["key"]]
        receipts.reissue(
            state,
            receipt,
            keys,
            amount_fen=remaining,
            donor=receipt["donor"],
            issued_on=self.today,
            reason=reason,
            by=self.by,
        )
        if gift["key"] not in keys:
            state.change(DONATION, gift["key"], receipt=None)


def _given(gift: DonationRow) -> int:
    """What a gift of money was, fen."""
    assert gift["amount_fen"] is not None, "only goods may have no value"
    return gift["amount_fen"]


def _campaign(gift: DonationRow) -> str:
    """The campaign that counts a gift of money."""
    assert gift["campaign"] is not None, "only goods may have no campaign"
    return gift["campaign"]


async def approve(number: str, *, by: Actor, idem: Idem | None = None) -> Answer:
    """Approve and post: 201 `{entry, status: "refunded"}`. The requester may not."""
    by.must("refund.approve")
    approval = _Approval(number, by)
    return await submit(Command(approval.decide, wants=approval.wants(), idem=idem, load=approval.load, alone=True))


def _open_refund(state: State, number: str, by: Actor) -> RefundRow:
    refund = state.row(REFUND, number)
    if refund is None:
        raise rules.REFUND_UNKNOWN()
    if refund["status"] != "requested":
        raise rules.REFUND_DONE(number=number)
    if refund["requested_by"] == by.key:
        raise rules.REFUND_SAME()
    return refund
