"""Money moves between places: one slip of the cashier, one entry, a gap-free number ZZ.

Postings (docs/field.md 9, rows 2 and 6): for each fund Dr the place it reaches, Cr the place it leaves; the fee of a
settlement is 筹资费用 of the general fund, Dr 5401 / Cr the bank: it never reduces a gift. A wrong slip is reversed by
an accountant, who is never the cashier who made it: its exact negation, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from charity import clock
from charity.db import sealed
from charity.finance import rules
from charity.finance.models import TRANSFER, MoneyTransferRow, TransferKind
from charity.ledger import accounts as acc
from charity.ledger import funds, numbers, payment_numbers, reversals
from charity.ledger.accounts import Posting
from charity.ledger.content import Content
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.places import Place
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor
from charity.words import Term

PREFIX, SERIES = "ZZ", "transfer"
KIND, REVERSAL = "money.transfer", "money.reversal"
CHANNEL = "bank"
"""Whose numbers the slips carry: every transfer has a bank account at one end."""
FUNDS_MAX = 200
KIND_WORDS = {
    TransferKind.DEPOSIT: "现金存入银行",
    TransferKind.WITHDRAWAL: "从银行提取现金",
    TransferKind.BETWEEN: "银行账户之间划转",
    TransferKind.SETTLEMENT: "支付平台结算",
}
CHARTS = {
    (acc.CASH, acc.BANK): TransferKind.DEPOSIT,
    (acc.BANK, acc.CASH): TransferKind.WITHDRAWAL,
    (acc.BANK, acc.BANK): TransferKind.BETWEEN,
    (acc.OTHER_MONEY, acc.BANK): TransferKind.SETTLEMENT,
}
"""Which way money moves between which charts; no other way is one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What is moved: `lines` are (fund, fen) that leave the source; `fee_fen` of them a platform kept."""

    kind: TransferKind
    source: Place
    target: Place
    on: date
    lines: tuple[tuple[str, int], ...]
    fee_fen: int = 0
    channel_ref: str = ""

    @property
    def amount_fen(self) -> int:
        """What leaves the source, all funds together."""
        return sum(fen for _, fen in self.lines)

    def postings(self) -> list[Posting]:
        """The entry: each fund by itself; of the general fund's money the bank gets what the fee leaves of it."""
        lines: list[Posting] = []
        moved = dict(self.lines)
        if self.fee_fen:
            lines.append((acc.money(acc.FUNDRAISING, acc.GENERAL_FUND), acc.CNY, self.fee_fen))
            moved.setdefault(acc.GENERAL_FUND, 0)
        for fund, fen in sorted(moved.items()):
            arriving = fen - self.fee_fen if fund == acc.GENERAL_FUND else fen
            both = [(self.target.account(fund), acc.CNY, arriving), (self.source.account(fund), acc.CNY, -fen)]
            lines += [line for line in both if line[2]]
        return lines

    def facts(self) -> dict[str, Any]:
        """What the entry says beside its postings; a fee is money spent on raising money."""
        facts: dict[str, Any] = {
            "transfer": self.kind.value,
            "from": self.source.code,
            "to": self.target.code,
            "on": self.on.isoformat(),
        }
        return {**facts, "purpose": "fundraising"} if self.fee_fen else facts


def shown(transfer: Transfer, held: Mapping[str, int]) -> Content:
    """What the cashier sees before confirming: the slip, and what each fund has at the source (`held`, fen)."""
    lines = [{"fund": fund, "amount_fen": fen, "held_fen": held.get(fund, 0)} for fund, fen in transfer.lines]
    slip = {**transfer.facts(), "channel_ref": transfer.channel_ref, "fee_fen": transfer.fee_fen}
    return Content(facts={**slip, "lines": lines})


def content_of(row: MoneyTransferRow) -> Content:
    """What whoever takes a slip back is shown of it; its lines are those of the entry `seq`, which never change."""
    names = ("number", "kind", "source", "target", "on_day", "channel_ref", "amount_fen", "fee_fen", "maker", "seq")
    facts: dict[str, Any] = {name: row[name] for name in names}  # type: ignore[literal-required]
    return Content(facts={**facts, "kind": str(row["kind"]), "reversed": row["reversal_seq"] is not None})


def kind_of(source: Place, target: Place) -> TransferKind | None:
    """What moves money between these places; None when nothing does."""
    return CHARTS.get((source.chart, target.chart))


async def check(transfer: Transfer) -> None:
    """Refuse what can be told without the books: places, day, lines, fee."""
    if transfer.source.code == transfer.target.code:
        raise rules.TRANSFER_SAME_PLACE()
    if kind_of(transfer.source, transfer.target) is not transfer.kind:
        kind = Term(KIND_WORDS[transfer.kind])
        raise rules.TRANSFER_NOT_THESE(kind=kind, source=transfer.source, target=transfer.target)
    if transfer.on > clock.today():
        raise rules.TRANSFER_LATER()
    if not transfer.lines:
        raise rules.TRANSFER_NOTHING()
    seen: set[str] = set()
    for fund, _ in transfer.lines:
        if fund in seen:
            raise rules.TRANSFER_TWICE(fund=await funds.named(fund))
        seen.add(fund)
    settles = transfer.kind is TransferKind.SETTLEMENT
    if transfer.fee_fen and not (settles and transfer.fee_fen < transfer.amount_fen):
        raise rules.TRANSFER_FEE()
    payment_numbers.must_be(transfer.channel_ref)  # each kind has a bank account at one end, which gives a slip


async def make(transfer: Transfer, *, by: Actor, content_hash: str | None = None, idem: Idem | None = None) -> Answer:
    """Move it: 201 `{number, entry}`.

    With a `content_hash` (our page always sends it) only if the source holds what was shown beside it.
    """
    by.must("money.transfer")
    await check(transfer)
    year = clock.today().year
    touched = {fund for fund, _ in transfer.lines} | {acc.GENERAL_FUND}

    async def load(loader: Loader) -> None:
        places_of = [place.account(fund) for fund in touched for place in (transfer.source, transfer.target)]
        await loader.money_places(places_of, on=transfer.on.isoformat())

    def decide(state: State, _: None) -> Answer:
        if transfer.on.isoformat() <= state.closed_through:
            raise rules.TRANSFER_CLOSED(closed_through=state.closed_through)
        _must_be_apart(state, transfer)
        _must_be_as_shown(state, transfer, content_hash)
        number = numbers.written(PREFIX, year, state.number(SERIES, year))
        payment_numbers.take(state, CHANNEL, transfer.channel_ref, Holder(PaymentKind.TRANSFER, number))
        fee = Flows(spend=[(acc.GENERAL_FUND, transfer.fee_fen)]) if transfer.fee_fen else None
        entry = state.post(
            KIND,
            transfer.postings(),
            effective_on=transfer.on.isoformat(),
            actor=by.key,
            facts={"number": number, **transfer.facts()},
            flows=fee,
        )
        row = MoneyTransferRow(
            number=number,
            year=year,
            kind=transfer.kind.value,
            source=transfer.source.code,
            target=transfer.target.code,
            on_day=transfer.on.isoformat(),
            channel_ref=transfer.channel_ref,
            amount_fen=transfer.amount_fen,
            fee_fen=transfer.fee_fen,
            maker=by.key,
            made_at=state.now,
            seq=entry.seq,
            reversed_by=None,
            reversed_at=None,
            reversal_seq=None,
            reason=None,
        )
        state.add(TRANSFER, row)
        return Answer(201, {"number": number, "entry": entry.id})

    rows = payment_numbers.wants(CHANNEL, transfer.channel_ref)
    wants = Wants(funds=touched, series=[(SERIES, year)], rows=rows)
    return await submit(Command(decide, wants, idem, load=load))


def _must_be_apart(state: State, transfer: Transfer) -> None:
    """Agency money is carried by itself; a platform settles what it holds, whosever it is."""
    agency = [fund for fund, _ in transfer.lines if state.fund(fund).kind == "agency"]
    if agency and len(agency) < len(transfer.lines) and transfer.kind is not TransferKind.SETTLEMENT:
        raise rules.TRANSFER_AGENCY(fund=state.named(agency[0]))


def _must_be_as_shown(state: State, transfer: Transfer, content_hash: str | None) -> None:
    if content_hash is None:
        return
    held = {fund: state.balance(transfer.source.account(fund)) for fund, _ in transfer.lines}
    shown(transfer, held).must_be(content_hash)


async def reverse(*, number: str, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Take the slip that was shown back, today: 201 `{number, entry}`. Refused where what it moved has gone on."""
    by.must("money.reverse")
    today = clock.today().isoformat()

    async def load(loader: Loader) -> dict[str, Any]:
        row = _stored(loader.state, number)
        for table, key in payment_numbers.wants_to_free(CHANNEL, row["channel_ref"], number):
            await loader.stored(table, [key])
        return await reversals.load(loader, row["seq"], on=today)

    def decide(state: State, body: dict[str, Any]) -> Answer:
        row = _stored(state, number)
        if row["reversal_seq"] is not None:
            raise rules.TRANSFER_REVERSED(number=number)
        if row["maker"] == by.key:  # who was the cashier then
            raise rules.TRANSFER_OWN(number=number)
        content_of(row).must_be(content_hash)
        payment_numbers.free(state, CHANNEL, row["channel_ref"], number)
        entry = reversals.reverse(
            state, body, kind=REVERSAL, effective_on=today, actor=by.key, reason_code="money.reversal"
        )
        state.change(
            TRANSFER,
            number,
            reversed_by=by.key,
            reversed_at=state.now,
            reversal_seq=entry.seq,
            reason=sealed.seal("money_transfer", "reason", number, reason),
        )
        return Answer(201, {"number": number, "entry": entry.id})

    return await submit(Command(decide, Wants(rows=[(TRANSFER, number)]), idem, load=load))


def _stored(state: State, number: str) -> MoneyTransferRow:
    row = state.row(TRANSFER, number)
    if row is None:
        raise rules.TRANSFER_UNKNOWN(number=number)
    return row
