"""What leaves a gift, and who takes its used positions over: random histories against a model that moves every fen."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from ledger.test_ledger import BANK, GIFTS, books, gift, payment, refund, reversal, seq_of

from charity.db import reading
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger import reversals, takeovers, tracing, verify, writer
from charity.ledger.loading import Loader
from charity.ledger.reversals import CORRECTION, REVERSAL
from charity.ledger.state import State
from charity.ledger.takeovers import Leaving
from charity.ledger.tracing import GiftState, Source
from charity.ledger.writer import Answer, Command

__all__ = ["books"]

GEN, EDU = "F-GEN", "F-EDU"
DAY = "2026-11-24"


def undone(seq: int, *, through: str | None = None) -> Command:
    """A gift that was entered wrongly."""

    async def load(loader: Loader) -> tuple[dict[str, Any], Leaving]:
        entry = await loader.entry(seq)
        assert entry is not None
        ((fund, ((start, stop),)),) = entry["flows"]["received"]
        return await reversals.load_gift(loader, seq, fund=fund, amount_fen=stop - start, on=DAY)

    def decide(state: State, facts: tuple[dict[str, Any], Leaving]) -> Answer:
        body, leaving = facts
        entry = reversals.gift_back(
            state, body, leaving, through=through, effective_on=DAY, actor="c", reversal="GZ-2026-000001"
        )
        return Answer(201, {"seq": entry.seq})

    return Command(decide, load=load, alone=True)


async def postings(seq: int) -> list[tuple[str, int]]:
    return [
        (row[0], row[1])
        for row in await reading.tuples(
            "SELECT a.code, p.quantity FROM posting p JOIN account a ON a.id = p.account WHERE p.seq = $1 ORDER BY p.n",
            seq,
        )
    ]


async def test_an_unspent_gift_leaves_as_if_it_had_never_come(books: Any) -> None:
    kept, wrong = await seq_of(gift(EDU, 70)), await seq_of(gift(EDU, 300))
    back = await seq_of(undone(wrong))
    assert await postings(back) == [(account, -fen) for account, fen in await postings(wrong)]
    assert await reading.tuples("SELECT kind, reverses FROM entry WHERE seq = $1", back) == [(REVERSAL, wrong)]
    assert await tracing.gift_state(wrong) == GiftState(0, 0, 0, 0)
    assert await tracing.gift_state(kept) == GiftState(70, 0, 0, 70)
    assert await verify.run() == []


async def test_the_next_free_gifts_take_over_what_is_spent_of_a_wrong_one(books: Any) -> None:
    wrong, second, third = [await seq_of(gift(EDU, fen)) for fen in (100, 30, 80)]
    first_paid, paid = await seq_of(payment(EDU, 50)), await seq_of(payment(EDU, 20))
    back = await seq_of(undone(wrong))
    assert await postings(back) == [(acc.money(BANK, EDU, "ICBC-01"), -100), (acc.money(GIFTS, EDU), 100)]
    assert await tracing.gift_state(wrong) == GiftState(0, 0, 0, 0)
    assert await tracing.gift_uses(wrong) == []
    assert await tracing.payment_sources(first_paid) == [Source(second, EDU, 30), Source(third, EDU, 20)]
    assert await tracing.payment_sources(paid) == [Source(third, EDU, 20)]
    assert await tracing.gift_state(third) == GiftState(80, 40, 0, 40)
    with pytest.raises(Refusal, match=r"entry\.reversed_already"):
        await writer.submit(undone(wrong))
    with pytest.raises(Refusal, match=r"entry\.reversal_of_reversal"):
        await writer.submit(reversal(back))
    assert await verify.run() == []


async def test_a_wrong_gift_is_not_undone_when_its_fund_would_be_short(books: Any) -> None:
    await seq_of(gift(GEN, 1_000))
    wrong = await seq_of(gift(EDU, 100))
    await seq_of(gift(EDU, 19))
    await seq_of(payment(EDU, 20))
    with pytest.raises(Refusal) as refused:
        await writer.submit(undone(wrong))
    assert (refused.value.code, refused.value.facts["fund"]) == ("fund.short", EDU)
    assert (refused.value.facts["available_yuan"], refused.value.facts["needed_yuan"]) == ("0.19", "0.20")
    await seq_of(gift(EDU, 1))
    await writer.submit(undone(wrong))
    assert await verify.run() == []


async def test_a_gift_of_an_earlier_year_is_corrected_by_an_entry_that_reverses_none(books: Any) -> None:
    wrong, _ = await seq_of(gift(EDU, 100)), await seq_of(gift(EDU, 80))
    await seq_of(payment(EDU, 50))
    back = await seq_of(undone(wrong, through="3201"))
    assert await postings(back) == [(acc.money(BANK, EDU, "ICBC-01"), -100), (acc.money("3201", EDU), 100)]
    assert await reading.tuples("SELECT kind, reverses FROM entry WHERE seq = $1", back) == [(CORRECTION, None)]
    assert await tracing.gift_state(wrong) == GiftState(0, 0, 0, 0)
    assert await verify.run() == []


async def test_positions_are_given_other_owners_in_so_many_pieces_and_no_more(
    books: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = await seq_of(gift(EDU, 4))
    await seq_of(payment(EDU, 4))
    for _ in range(4):
        await writer.submit(gift(EDU, 1))
    monkeypatch.setattr(takeovers, "EXCHANGED_MAX", 4)
    with pytest.raises(Refusal) as refused:
        await writer.submit(undone(wrong))
    assert (refused.value.code, refused.value.facts) == ("refund.too_many_gifts", {"most": 4})
    monkeypatch.setattr(takeovers, "EXCHANGED_MAX", 5)
    await writer.submit(undone(wrong))
    assert await verify.run() == []


async def test_money_that_a_payment_gave_back_leaves_before_anything_is_taken_over(books: Any) -> None:
    wrong, other = await seq_of(gift(EDU, 100)), await seq_of(gift(EDU, 100))
    bounced = await seq_of(payment(EDU, 60))
    await writer.submit(reversal(bounced))
    await writer.submit(undone(wrong))
    assert await tracing.gift_state(other) == GiftState(100, 0, 0, 100)
    assert await verify.run() == []


# -- every fen ------------------------------------------------------------------------------------------


@dataclass
class Fen:
    """One fen of a fund's stream: whose it is, and what took it (a payment's seq; 0: it left)."""

    giver: int
    taker: int | None = None


@dataclass
class Model:
    """Who gave each fen, moved one by one."""

    streams: dict[str, list[Fen]] = field(default_factory=lambda: {GEN: [], EDU: []})
    given: dict[int, tuple[str, int]] = field(default_factory=dict)
    refunded: Counter[int] = field(default_factory=Counter)
    wrong: set[int] = field(default_factory=set)

    def free(self, fund: str) -> list[Fen]:
        return [fen for fen in self.streams[fund] if fen.taker is None]

    def give(self, fund: str, fens: int, seq: int) -> None:
        self.streams[fund] += [Fen(seq) for _ in range(fens)]
        self.given[seq] = (fund, fens)

    def pay(self, fund: str, fens: int, seq: int) -> None:
        for fen in self.free(fund)[:fens]:
            fen.taker = seq

    def bounce(self, payment: int) -> None:
        for fen in (fen for stream in self.streams.values() for fen in stream):
            if fen.taker == payment:
                fen.taker = None

    def needed(self, gift: int, fens: int) -> int:
        """How much of so many is used and has to be paid by others."""
        return max(0, fens - sum(fen.giver == gift for fen in self.free(self.given[gift][0])))

    def leave(self, gift: int, fens: int, payer: str) -> None:
        own = self.given[gift][0]
        unspent = [fen for fen in self.free(own) if fen.giver == gift][-fens:]
        for fen in unspent:
            fen.taker = 0
        others = sorted(self.streams, key=lambda fund: (fund != own, fund))
        used = [
            fen
            for fund in others
            for fen in self.streams[fund]
            if fen.giver == gift and fen.taker != 0 and not (fund == own and fen.taker is None)
        ]
        rest = fens - len(unspent)
        for fen, taken in zip(used[:rest], self.free(payer)[:rest], strict=True):
            fen.giver, taken.giver, taken.taker = taken.giver, gift, 0

    def state(self, gift: int) -> GiftState:
        if gift in self.wrong:
            return GiftState(0, 0, 0, 0)
        fens = [fen for stream in self.streams.values() for fen in stream if fen.giver == gift]
        spent, unspent = sum(bool(fen.taker) for fen in fens), sum(fen.taker is None for fen in fens)
        return GiftState(self.given[gift][1], spent, self.refunded[gift], unspent)

    def uses(self, gift: int) -> dict[int, int]:
        return Counter(
            fen.taker for stream in self.streams.values() for fen in stream if fen.giver == gift and fen.taker
        )

    def sources(self, payment: int) -> dict[int, int]:
        return Counter(fen.giver for stream in self.streams.values() for fen in stream if fen.taker == payment)


async def _step(model: Model, chance: random.Random, payments: list[int]) -> str:
    """One random step, in the books and in the model."""
    fund = chance.choice([GEN, EDU])
    in_force = [seq for seq in model.given if seq not in model.wrong]
    what = chance.choice(["give", "give", "pay", "pay", "bounce", "refund", "refund", "undo", "undo"])
    if what == "give" or not in_force:
        fens = chance.randint(1, 12)
        model.give(fund, fens, await seq_of(gift(fund, fens)))
    elif what == "pay" and (free := len(model.free(fund))):
        fens = chance.randint(1, free)
        payments.append(await seq_of(payment(fund, fens)))
        model.pay(fund, fens, payments[-1])
    elif what == "bounce" and payments:
        back = payments.pop(chance.randrange(len(payments)))
        await writer.submit(reversal(back))
        model.bounce(back)
    elif what in {"refund", "undo"}:
        return await _leave(model, chance, chance.choice(in_force), what)
    return what


async def _leave(model: Model, chance: random.Random, seq: int, what: str) -> str:
    own, given = model.given[seq]
    left = given - model.refunded[seq]
    if (what == "undo" and model.refunded[seq]) or not left:
        return "nothing"
    fens, payer = (left, own) if what == "undo" else (chance.randint(1, left), GEN)
    command = undone(seq) if what == "undo" else refund(seq, fens)
    free = len(model.free(payer)) - (min(fens, sum(f.giver == seq for f in model.free(own))) if payer == own else 0)
    if model.needed(seq, fens) > free:
        with pytest.raises(Refusal, match=r"fund\.short"):
            await writer.submit(command)
        return "short"
    await writer.submit(command)
    model.leave(seq, fens, payer)
    if what == "undo":
        model.wrong.add(seq)
    else:
        model.refunded[seq] += fens
    return what


@pytest.mark.parametrize("seed", range(8))
async def test_random_histories_are_what_a_model_of_every_fen_says(books: Any, seed: int) -> None:
    chance, model = random.Random(seed), Model()
    payments: list[int] = []
    done = Counter([await _step(model, chance, payments) for _ in range(60)])
    assert {"refund", "undo", "pay"} <= done.keys()
    for seq in model.given:
        assert await tracing.gift_state(seq) == model.state(seq), seq
        assert {use.seq: use.amount_fen for use in await tracing.gift_uses(seq)} == model.uses(seq), seq
    for paid in payments:
        sources: Counter[int] = Counter()
        for source in await tracing.payment_sources(paid):
            sources[source.seq] += source.amount_fen
        assert sources == model.sources(paid), paid
    assert await verify.run() == []
