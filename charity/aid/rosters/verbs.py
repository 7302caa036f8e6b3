"""Rosters of branches: written from the signed sheets, confirmed by another person.

    waiting -> confirmed -> reversed | refused | withdrawn

Postings (docs/books.md): a confirmed roster is Dr 5101 by programme / Cr 1122 of the branch, on the day it is
confirmed. No money of the fund moves: what left it left with the payment, whose givers keep it.
"""

import json
from typing import Any

from charity import clock, tokens
from charity.aid import branches, recipients, rules
from charity.aid.branches import Step
from charity.aid.models import ADVANCE, ROSTER, VOUCHER, BranchRosterRow, RosterStatus
from charity.aid.recipients import Recipient
from charity.aid.rosters.content import RosterContent, written
from charity.aid.vouchers import stored as stored_voucher
from charity.db import sealed
from charity.errors import FieldError, Refusal, unreadable
from charity.ledger import accounts as acc
from charity.ledger import numbers, sums
from charity.ledger.content import changed, hashed
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

PREFIX, SERIES = "HM", "branch_roster"
KIND, REVERSAL = "branch.roster", "roster.reversal"
STEP = Step(ROSTER, "maker", rules.ROSTER_UNKNOWN)
PERSONAL = ("place", "listed")
"""What stands in the content as a digest."""


async def record(*, voucher: str, roster: RosterContent, by: Actor, idem: Idem | None = None) -> Answer:
    """Write down a signed roster of the payment `voucher`: 201 `{number, status, content_hash}`."""
    by.must("voucher.make")
    looked_up = await _look_up(roster, by)
    year, salt = clock.today().year, tokens.key16()

    def decide(state: State) -> Answer:
        advance = branches.stored_advance(state, voucher)
        if isinstance(looked_up, Refusal):
            raise looked_up
        if roster.distributed_on > clock.business_date(state.now):
            raise rules.ROSTER_LATER()
        paid_on = stored_voucher(state, voucher)["paid_on"] or ""
        if roster.distributed_on.isoformat() < paid_on:
            raise rules.ROSTER_EARLY(paid_on=paid_on)
        branches.must_reach(advance, roster.amount_fen)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        amounts = [line.amount_fen for line in roster.lines]
        keys = [one.key for one in looked_up]
        text = written(number, voucher, roster, salt, list(zip(keys, amounts, strict=True)))
        row = _row(number, year, voucher, roster, salt, text, by.key, state.now)
        state.add(ROSTER, row)
        recipients.keep(state, voucher, row["content_hash"], looked_up, amounts)
        return Answer(201, {"number": number, "status": row["status"], "content_hash": row["content_hash"]})

    wants = Wants(rows=[(ADVANCE, voucher), (VOUCHER, voucher)], series=[(SERIES, year)])
    return await submit(Command(decide, wants, idem))


async def confirm(*, number: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Confirm the roster that was shown: the money has reached its recipients. `{status, entry}`."""
    by.must("voucher.approve")

    async def load(loader: Loader) -> None:
        row = STEP.stored(loader.state, number)
        advance = await loader.row(ADVANCE, row["voucher"])
        await loader.stored(VOUCHER, [row["voucher"]])
        assert advance is not None, "a roster has its advance"
        await loader.funds([advance["fund"]])
        await loader.holdings([(branches.account(advance["branch"], advance["fund"]), acc.CNY)])

    def decide(state: State, _: None) -> Answer:
        row = _decidable(state, number, content_hash, by)
        advance = branches.stored_advance(state, row["voucher"])
        branches.must_reach(advance, row["amount_fen"])
        programme = stored_voucher(state, row["voucher"])["programme"]
        assert programme, "aid has a programme"
        lines = [
            (acc.money(acc.COST, advance["fund"], programme), acc.CNY, row["amount_fen"]),
            (branches.account(advance["branch"], advance["fund"]), acc.CNY, -row["amount_fen"]),
        ]
        entry = state.post(
            KIND,
            lines,
            effective_on=clock.business_date(state.now).isoformat(),
            actor=by.key,
            party=advance["branch"],
            facts=facts(row, programme),
        )
        day, people = entry.effective_on, row["recipients"]
        sums.outlay(state, day=day, postings=lines, programme=programme, recipients=people, payments=1)
        state.change(ADVANCE, row["voucher"], rostered_fen=advance["rostered_fen"] + row["amount_fen"])
        STEP.decided(state, number, RosterStatus.CONFIRMED, by, entry_seq=entry.seq)
        return Answer(201, {"status": RosterStatus.CONFIRMED.value, "entry": entry.id})

    return await submit(Command(decide, Wants(rows=[(ROSTER, number)]), idem, load=load))


async def refuse(*, number: str, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Refuse the roster that was shown, with a reason; a right one is written anew. `{status: "refused"}`."""
    by.must("voucher.approve")

    def decide(state: State) -> Answer:
        _decidable(state, number, content_hash, by)
        return STEP.ended(state, number, RosterStatus.REFUSED, by, reason)

    return await submit(Command(decide, Wants(rows=[(ROSTER, number)]), idem))


async def withdraw(*, number: str, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Its maker takes back a roster that waits, with a reason. `{status: "withdrawn"}`."""
    by.must("voucher.make")
    return await STEP.withdraw(number, reason, by, idem)


def facts(row: BranchRosterRow, programme: str) -> dict[str, Any]:
    """What the entry of a roster says beside its postings."""
    return {
        "roster": row["number"],
        "voucher": row["voucher"],
        "programme": programme,
        "recipients": row["recipients"],
        "listed": json.loads(row["content"])["listed"] is not None,
        "distributed_on": row["distributed_on"],
        "content_hash": row["content_hash"],
        "maker": row["maker"],
    }


def _row(
    number: str, year: int, voucher: str, roster: RosterContent, salt: str, text: str, maker: str, at: str
) -> BranchRosterRow:
    place = sealed.seal("branch_roster", "place", number, roster.place)
    assert place is not None, "a roster has its place"
    return BranchRosterRow(
        number=number,
        year=year,
        voucher=voucher,
        status=RosterStatus.WAITING.value,
        distributed_on=roster.distributed_on.isoformat(),
        amount_fen=roster.amount_fen,
        recipients=roster.recipients,
        place=place,
        salt=salt,
        content=text,
        content_hash=hashed(text),
        maker=maker,
        made_at=at,
        decided_by=None,
        decided_at=None,
        reason=None,
        entry_seq=None,
    )


async def _look_up(roster: RosterContent, by: Actor) -> list[Recipient] | Refusal:
    """Who is listed, or what of the roster does not go together."""
    if roster.lines:
        errors = []
        if roster.recipients != len(roster.lines):
            errors.append(FieldError("recipients", "人数与名单的户（人）数不同；填了名单就不用填人数"))
        if roster.amount_fen != sum(line.amount_fen for line in roster.lines):
            errors.append(FieldError("amount_fen", "合计与名单各行相加不同；填了名单就不用填合计"))
        if errors:
            return unreadable(*errors)
    elif roster.recipients < 1:
        return unreadable(FieldError("recipients", "请填写领取的户（人）数，或者填名单"))
    try:
        return await recipients.find([line.code for line in roster.lines], by=by, field="lines")
    except Refusal as refusal:
        return refusal


def _decidable(state: State, number: str, content_hash: str, by: Actor) -> Any:
    row = STEP.stored(state, number)
    if row["maker"] == by.key:
        raise rules.ROSTER_OWN()
    if row["content_hash"] != content_hash:
        shown = {name: value for name, value in json.loads(row["content"]).items() if name not in PERSONAL}
        raise changed(row["content_hash"], shown | {"status": row["status"]})
    if row["status"] != RosterStatus.WAITING:
        raise rules.ROSTER_DECIDED(number=number)
    return row
