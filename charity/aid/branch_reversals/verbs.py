"""Reversals of booked rosters and returns: asked for with a reason, confirmed by another person, who books them.

    waiting -> confirmed | refused | withdrawn

Postings: the exact negation, on the day it is confirmed. A roster's: 1122 / 5101, and whom it listed count no more. A
return's: 1122 / the place, and its payment takes as much of the fund's stream again; refused (`fund.short`,
`place.short`) where the fund has used what came back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from charity import clock, tokens
from charity.aid import branches, rosters, rules
from charity.aid.branches import Step
from charity.aid.models import ADVANCE, REVERSAL, ROSTER, VOUCHER, BranchReversalRow, RosterStatus
from charity.aid.vouchers import stored as stored_voucher
from charity.db import sealed
from charity.ledger import numbers, payment_numbers, reversals, sums
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

PREFIX, SERIES = "HX", "branch_reversal"
Kind = Literal["roster", "return"]
ASKING: dict[Kind, str] = {"roster": "voucher.make", "return": "voucher.pay"}
"""Who may ask: whoever may write such a thing down."""
TARGETS: dict[Kind, Step] = {"roster": Step(ROSTER, "maker", rules.ROSTER_UNKNOWN), "return": branches.RETURN_STEP}
KINDS: dict[Kind, str] = {"roster": rosters.REVERSAL, "return": branches.RETURN_REVERSAL}
STEP = Step(REVERSAL, "maker", rules.UNDONE_UNKNOWN)


def content_of(row: Mapping[str, Any], target: Mapping[str, Any]) -> Content:
    """What whoever confirms is shown: what is taken back, as it is now, and why."""
    number = row["number"]
    return Content(
        facts={
            "number": number,
            "kind": row["kind"],
            "target": row["target"],
            "status": str(row["status"]),
            "voucher": target["voucher"],
            "amount_fen": target["amount_fen"],
            "target_status": str(target["status"]),
        },
        personal={"cause": sealed.unseal("branch_reversal", "cause", number, row["cause"])},
        salt=row["salt"],
    )


async def request(*, kind: Kind, target: str, cause: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Ask for the reversal of what is booked; nothing is posted. 201 `{number, status, content_hash}`."""
    by.must(ASKING[kind])
    year, salt, step = clock.today().year, tokens.key16(), TARGETS[kind]

    async def load(loader: Loader) -> list[str]:
        sql = "SELECT number FROM branch_reversal WHERE target = $1 AND status = 'waiting'"
        return [row["number"] for row in await loader.rows(sql, target)]

    def decide(state: State, waiting: list[str]) -> Answer:
        of = step.stored(state, target)
        if of["status"] != RosterStatus.CONFIRMED:
            raise rules.UNDONE_NOT_BOOKED(number=target)
        for other in waiting:
            raise rules.UNDONE_WAITING(number=target, reversal=other)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        kept = sealed.seal("branch_reversal", "cause", number, cause)
        assert kept is not None, "a reason was given"
        row = BranchReversalRow(
            number=number,
            year=year,
            kind=kind,
            target=target,
            status=RosterStatus.WAITING.value,
            cause=kept,
            salt=salt,
            maker=by.key,
            made_at=state.now,
            decided_by=None,
            decided_at=None,
            reason=None,
            entry_seq=None,
        )
        state.add(REVERSAL, row)
        return Answer(201, {"number": number, "status": row["status"], "content_hash": content_of(row, of).hash})

    wants = Wants(rows=[(step.table, target)], series=[(SERIES, year)])
    return await submit(Command(decide, wants, idem, load=load, alone=True))


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a confirmation loaded: what is taken back, its entry, and the entry of its payment."""

    target: dict[str, Any]
    body: dict[str, Any]
    payment_seq: int


async def confirm(*, number: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Confirm the reversal that was shown; it is booked: 201 `{status, entry}`."""
    by.must("voucher.approve")
    today = clock.today().isoformat()

    async def load(loader: Loader) -> _Loaded:
        row = STEP.stored(loader.state, number)
        target = await _target(loader, row)
        _must_be_decidable(row, target, content_hash, by)
        if target["status"] != RosterStatus.CONFIRMED:
            raise rules.UNDONE_NOT_BOOKED(number=row["target"])
        await loader.stored(ADVANCE, [target["voucher"]])
        await loader.stored(VOUCHER, [target["voucher"]])
        if row["kind"] == "return":
            for table, key in payment_numbers.wants_to_free(branches.CHANNEL, target["channel_ref"], row["target"]):
                await loader.stored(table, [key])
        body = await reversals.load(loader, target["entry_seq"], on=today)
        return _Loaded(target, body, stored_voucher(loader.state, target["voucher"])["entry_seq"] or 0)

    def decide(state: State, loaded: _Loaded) -> Answer:
        row, target = STEP.stored(state, number), loaded.target
        kind: Kind = row["kind"]
        programme = stored_voucher(state, target["voucher"])["programme"]
        entry = reversals.reverse(
            state,
            loaded.body,
            kind=KINDS[kind],
            effective_on=today,
            actor=by.key,
            reason_code=KINDS[kind],
            payer=loaded.payment_seq if kind == "return" else None,
            **facts(row, target, programme),
        )
        advance = branches.stored_advance(state, target["voucher"])
        if kind == "return":
            payment_numbers.free(state, branches.CHANNEL, target["channel_ref"], row["target"])
            state.change(ADVANCE, target["voucher"], returned_fen=advance["returned_fen"] - target["amount_fen"])
        else:
            lines = [(account, unit, -fen) for account, unit, fen in loaded.body["postings"]]
            day, people, of = entry.effective_on, -target["recipients"], programme or ""
            sums.outlay(state, day=day, postings=lines, programme=of, recipients=people, payments=-1)
            state.change(ADVANCE, target["voucher"], rostered_fen=advance["rostered_fen"] - target["amount_fen"])
        state.change(TARGETS[kind].table, row["target"], status=RosterStatus.REVERSED.value)
        STEP.decided(state, number, RosterStatus.CONFIRMED, by, entry_seq=entry.seq)
        return Answer(201, {"status": RosterStatus.CONFIRMED.value, "entry": entry.id})

    return await submit(Command(decide, Wants(rows=[(REVERSAL, number)]), idem, load=load, alone=True))


async def refuse(*, number: str, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Refuse the request that was shown, with a reason. `{status: "refused"}`."""
    by.must("voucher.approve")

    async def load(loader: Loader) -> None:
        row = STEP.stored(loader.state, number)
        _must_be_decidable(row, await _target(loader, row), content_hash, by)

    def decide(state: State, _: None) -> Answer:
        return STEP.ended(state, number, RosterStatus.REFUSED, by, reason)

    return await submit(Command(decide, Wants(rows=[(REVERSAL, number)]), idem, load=load, alone=True))


async def withdraw(*, number: str, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Whoever asked takes the request back, with a reason. `{status: "withdrawn"}`."""
    by.must("voucher.read")
    return await STEP.withdraw(number, reason, by, idem)


def facts(row: Mapping[str, Any], target: Mapping[str, Any], programme: str | None) -> dict[str, Any]:
    """What the entry says beside its postings, its reason code and the entry that it takes back."""
    known = {"branch_reversal": row["number"], "maker": row["maker"], "voucher": target["voucher"]}
    return {**known, "programme": programme}


async def _target(loader: Loader, row: Mapping[str, Any]) -> dict[str, Any]:
    step = TARGETS[row["kind"]]
    await loader.stored(step.table, [row["target"]])
    return step.stored(loader.state, row["target"])


def _must_be_decidable(row: dict[str, Any], target: Mapping[str, Any], content_hash: str, by: Actor) -> None:
    STEP.must_be_of_another(row, by)
    STEP.must_wait(row)
    content_of(row, target).must_be(content_hash)
