"""The stream of a fund against a model that moves every single fen."""

from dataclasses import dataclass, field

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from charity.ledger.streams import Stream, first_of, last_of, length, merged, overlap, without


@dataclass
class EveryFen:
    """Who gave each fen of a fund, and what took it."""

    giver: list[int] = field(default_factory=list)
    taker: list[int | None] = field(default_factory=list)

    def free(self) -> list[int]:
        return [n for n, taker in enumerate(self.taker) if taker is None]


class StreamMachine(RuleBasedStateMachine):
    """Random histories of gifts, payments, refunds and bounces."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = Stream("F")
        self.oracle = EveryFen()
        self.taken: dict[int, list[tuple[int, int]]] = {}
        self.step = 0

    @rule(amount=st.integers(1, 40))
    def receive(self, amount: int) -> None:
        self.step += 1
        piece = self.stream.receive(amount)
        assert piece == (len(self.oracle.giver), len(self.oracle.giver) + amount)
        self.oracle.giver += [self.step] * amount
        self.oracle.taker += [None] * amount

    @precondition(lambda self: self.stream.available)
    @rule(data=st.data())
    def spend(self, data: st.DataObject) -> None:
        amount = data.draw(st.integers(1, self.stream.available))
        self.step += 1
        pieces = self.stream.spend(amount)
        fens = self.oracle.free()[:amount]
        for n in fens:
            self.oracle.taker[n] = self.step
        assert [n for a, b in pieces for n in range(a, b)] == fens
        self.taken[self.step] = pieces

    @precondition(lambda self: self.stream.available)
    @rule(data=st.data())
    def refund_the_last_unspent_fen_of_a_gift(self, data: st.DataObject) -> None:
        gift = data.draw(st.sampled_from(sorted({self.oracle.giver[n] for n in self.oracle.free()})))
        mine = [n for n in self.oracle.free() if self.oracle.giver[n] == gift]
        amount = data.draw(st.integers(1, len(mine)))
        self.step += 1
        pieces = last_of([(n, n + 1) for n in mine], amount)
        self.stream.take(merged(pieces))
        for n in mine[-amount:]:
            self.oracle.taker[n] = self.step
        self.taken[self.step] = merged(pieces)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def bounce(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(sorted(self.taken)))
        self.stream.release(self.taken.pop(step))
        self.oracle.taker = [None if taker == step else taker for taker in self.oracle.taker]

    @invariant()
    def the_free_positions_are_the_free_fen(self) -> None:
        assert [n for a, b in self.stream.free for n in range(a, b)] == self.oracle.free()
        assert self.stream.available == len(self.oracle.free())
        assert self.stream.low == (self.oracle.free() or [len(self.oracle.giver)])[0]
        assert self.stream.free == merged(self.stream.free)


StreamMachine.TestCase.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
test_a_stream_moves_every_fen_as_the_model_does = StreamMachine.TestCase


def test_pieces_are_cut_joined_and_counted() -> None:
    assert merged([(5, 7), (0, 2), (2, 5)]) == [(0, 7)]
    assert without([(0, 10)], [(2, 4), (8, 12)]) == [(0, 2), (4, 8)]
    assert overlap([(0, 5), (8, 12)], [(4, 9)]) == [(4, 5), (8, 9)]
    assert first_of([(0, 3), (5, 9)], 5) == [(0, 3), (5, 7)]
    assert last_of([(0, 3), (5, 9)], 5) == [(2, 3), (5, 9)]
    assert length([(0, 3), (5, 9)]) == 7
