"""Correcting a gift of money that was entered wrongly: requested by an accountant, approved by somebody else.

The approval posts the gift's exact negation (`gift.reversal`); in a later year than the gift's a correcting entry
through 3201 (`gift.correction`). What is used of it already the fund's next free gifts take over; refused when the
fund would be short. Money that was moved on since is fetched back first, within the fund. The gift counts nowhere from
then on, its receipt is voided, its payment number is free, and a pledge waits for its money again. It is a correction,
never a refund.
"""

from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import sealed
from charity.giving import donations, receipts, rules, unidentified
from charity.giving.donors import counting
from charity.giving.fields import must_say_why
from charity.giving.models import (
    DONATION,
    GIFT_REVERSAL,
    PLEDGE,
    DonationRow,
    GiftReversalRow,
)
from charity.giving.reversals.shape import Outlook, content
from charity.ledger import accounts as acc
from charity.ledger import numbers, payment_numbers, sums, takeovers
from charity.ledger import reversals as books
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.takeovers import Leaving
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.money import yuan
from charity.roles import Actor

PREFIX, SERIES = "GZ", "gift_reversal"


async def request(donation: str, *, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Ask to undo a gift that was entered wrongly; nothing is posted.

    201 `{number, status: "requested", content_hash}`.
    """
    by.must("reversal.request")
    must_say_why(reason)
    today = clock.today().isoformat()
    salt = tokens.key16()

    async def load(loader: Loader) -> Outlook:
        gift = loader.state.row(DONATION, donation)
        if gift is None:
            raise rules.DONATION_UNKNOWN()
        _must_be_reversible(gift)
        for row in await loader.rows(
            "SELECT number FROM gift_reversal WHERE donation = $1 AND status = 'requested'", donation
        ):
            raise rules.REVERSAL_WAITING(number=row["number"])
        await _no_open_refund(loader, donation)
        return await _outlook(loader, gift, today)

    def decide(state: State, outlook: Outlook) -> Answer:
        gift = state.row(DONATION, donation)
        assert gift is not None, "loaded"
        year = int(today[:4])
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        kept = sealed.seal("gift_reversal", "reason", number, reason.strip())
        assert kept is not None, "a reason was given"
        row = GiftReversalRow(
            number=number,
            donation=donation,
            reason=kept,
            salt=salt,
            status="requested",
            requested_by=by.key,
            requested_at=state.now,
            decided_by=None,
            decided_at=None,
            decision=None,
            seq=None,
            rebooked_as=None,
        )
        state.add(GIFT_REVERSAL, row)
        shown = content(row, gift, outlook)
        return Answer(201, {"number": number, "status": "requested", "content_hash": shown.hash})

    wants = Wants(series=[(SERIES, int(today[:4]))], rows=[(DONATION, donation)])
    return await submit(Command(decide, wants=wants, idem=idem, load=load, alone=True))


async def reject(number: str, *, reason: str, by: Actor, content_hash: str | None = None) -> None:
    """Turn a request down, with a reason; with a `content_hash` only while it is what was shown."""
    by.must("reversal.approve")
    must_say_why(reason)
    today = clock.today().isoformat()

    async def load(loader: Loader) -> None:
        gift, shown = await _requested(loader, number, by, today)
        if content_hash is not None:
            content(_row(loader.state, number), gift, shown).must_be(content_hash)

    def decide(state: State, _: None) -> Answer:
        kept = sealed.seal("gift_reversal", "decision", number, reason.strip())
        columns = {"decided_by": by.key, "decided_at": state.now, "decision": kept}
        state.change(GIFT_REVERSAL, number, status="rejected", **columns)
        return Answer(200, {"number": number, "status": "rejected"})

    await submit(Command(decide, wants=Wants(rows=[(GIFT_REVERSAL, number)]), load=load, alone=True))


async def approve(number: str, *, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Approve and post the correction: 201 `{entry}`. The requester may not."""
    by.must("reversal.approve")
    approval = _Approval(number, content_hash, by)
    return await submit(Command(approval.decide, wants=approval.wants(), idem=idem, load=approval.load, alone=True))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an approval loaded: the gift's entry, what leaves with it, the gifts on its receipt, its giver."""

    gift: DonationRow
    body: dict[str, Any]
    leaving: Leaving
    through: str
    on_receipt: list[str]
    giver: counting.Giver
    held: dict[str, int]
    """What it took of money that was held as unidentified, by number."""


class _Approval:
    """One approval: what it loads and what it decides."""

    def __init__(self, number: str, content_hash: str, by: Actor) -> None:
        self.number, self.content_hash, self.by = number, content_hash, by
        self.today = clock.today().isoformat()

    def wants(self) -> Wants:
        return Wants(rows=[(GIFT_REVERSAL, self.number)], series=[(receipts.SERIES, int(self.today[:4]))])

    async def load(self, loader: Loader) -> _Facts:
        gift, outlook = await _requested(loader, self.number, self.by, self.today)
        content(_row(loader.state, self.number), gift, outlook).must_be(self.content_hash)
        _must_be_reversible(gift)
        await _no_open_refund(loader, gift["key"])
        body, leaving = await books.load_gift(
            loader, gift["seq"], fund=gift["fund"], amount_fen=donations.given_fen(gift), on=self.today
        )
        if gift["channel_ref"]:
            for table, key in payment_numbers.wants_to_free(gift["channel"], gift["channel_ref"], gift["key"]):
                await loader.stored(table, [key])
        if gift["pledge"]:
            await loader.stored(PLEDGE, [gift["pledge"]])
        return _Facts(
            gift,
            body,
            leaving,
            outlook.through,
            await receipts.lines(loader, gift["receipt"]) if gift["receipt"] else [],
            await counting.load(loader, gift),
            await unidentified.load_back(loader, gift["seq"]),
        )

    def decide(self, state: State, facts: _Facts) -> Answer:
        gift = facts.gift
        maker = _row(state, self.number)["requested_by"]
        known = {"maker": maker, "reversal": self.number}
        books.fetch_back(state, facts.body, effective_on=self.today, actor=self.by.key, **known)
        entry = books.gift_back(
            state,
            facts.body,
            facts.leaving,
            through=facts.through or None,
            effective_on=self.today,
            actor=self.by.key,
            campaign=donations.campaign_of(gift),
            donation=gift["key"],
            **known,
        )
        unidentified.give_back(state, facts.held, entry.seq)
        receipts.take_off(
            state,
            gift,
            donations.given_fen(gift),
            facts.on_receipt,
            issued_on=self.today,
            reason=self.number,
            by=self.by,
        )
        state.change(DONATION, gift["key"], status="reversed")
        if gift["channel_ref"]:
            payment_numbers.free(state, gift["channel"], gift["channel_ref"], gift["key"])
        self._take_back(state, facts)
        sums.income(
            state,
            day=entry.effective_on,
            fund=gift["fund"],
            campaign=gift["campaign"],
            store=gift["store"],
            kind=gift["kind"],
            fen=0 if facts.through else -donations.given_fen(gift),
            gifts=-1,
        )
        columns = {"decided_by": self.by.key, "decided_at": state.now, "seq": entry.seq}
        state.change(GIFT_REVERSAL, self.number, status="approved", **columns)
        return Answer(201, {"entry": entry.id})

    def _take_back(self, state: State, facts: _Facts) -> None:
        """What the fund, the unit and the pledge counted of the gift."""
        gift, amount = facts.gift, donations.given_fen(facts.gift)
        counting.taken_back(state, gift, facts.giver, gifts=-1, amount_fen=amount)
        if not gift["pledge"]:
            return
        pledge = state.row(PLEDGE, gift["pledge"])
        assert pledge is not None, "a gift has its pledge"
        received = pledge["received_fen"] - amount
        status = pledge["status"]
        if status in {"received", "partial"}:
            status = "received" if received >= pledge["amount_fen"] else "partial" if received else "pending"
        state.change(PLEDGE, gift["pledge"], received_fen=received, status=status)


async def _requested(loader: Loader, number: str, by: Actor, today: str) -> tuple[DonationRow, Outlook]:
    """The gift of a request that waits for this approver, and what its correction would do."""
    reversal = loader.state.row(GIFT_REVERSAL, number)
    if reversal is None:
        raise rules.REVERSAL_UNKNOWN()
    if reversal["status"] != "requested":
        raise rules.REVERSAL_DONE(number=number)
    if reversal["requested_by"] == by.key:
        raise rules.REVERSAL_SAME()
    gift = await loader.row(DONATION, reversal["donation"])
    assert gift is not None, "a correction has its gift"
    return gift, await _outlook(loader, gift, today)


async def _outlook(loader: Loader, gift: DonationRow, today: str) -> Outlook:
    """How the gift would be undone now. What was held for others was never income: no year is closed to it."""
    unspent = await takeovers.unspent_fen(loader, gift["seq"], fund=gift["fund"])
    agency = loader.state.fund(gift["fund"]).kind == "agency"
    earlier = not agency and gift["booked_on"][:4] < loader.state.open_day(today)[:4]
    return Outlook(donations.given_fen(gift) - unspent, acc.PRIOR_YEARS if earlier else "")


async def _no_open_refund(loader: Loader, donation: str) -> None:
    for row in await loader.rows("SELECT number FROM refund WHERE donation = $1 AND status = 'requested'", donation):
        raise rules.REVERSAL_REFUNDING(number=row["number"])


def _row(state: State, number: str) -> GiftReversalRow:
    row = state.row(GIFT_REVERSAL, number)
    assert row is not None, "loaded"
    return row


def _must_be_reversible(gift: DonationRow) -> None:
    if gift["kind"] != "cash":
        raise rules.REVERSAL_IN_KIND()
    if gift["status"] == "reversed":
        raise rules.REVERSAL_GONE()
    if gift["refunded_fen"]:
        raise rules.REVERSAL_REFUNDED(refunded_yuan=yuan(gift["refunded_fen"]))
