"""The stream of a fund against a model that moves every single fen."""

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tampering import freely

from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.ledger import funds
from charity.ledger.streams import (
    INFLOWS_WITHIN,
    SEGMENTS_WITHIN,
    Stream,
    first_of,
    last_of,
    length,
    merged,
    overlap,
    without,
)


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


pieces = st.lists(st.tuples(st.integers(0, 24), st.integers(1, 6)).map(lambda p: (p[0], p[0] + p[1])), max_size=5)


def fens(parts: list[tuple[int, int]]) -> list[int]:
    return sorted({n for start, stop in parts for n in range(start, stop)})


def in_order(parts: list[tuple[int, int]]) -> bool:
    """Sorted, none of them empty, none reaching into the next."""
    return all(a < b for a, b in parts) and all(one[1] <= two[0] for one, two in itertools.pairwise(parts))


@given(pieces, pieces)
def test_pieces_are_sets_of_positions(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    joined = merged(left)
    assert (fens(joined), length(joined)) == (fens(left), len(fens(left)))
    assert all(one[1] < two[0] for one, two in itertools.pairwise(joined)), "neighbours are one piece"
    rest, both = without(joined, right), overlap(left, right)
    assert fens(rest) == sorted(set(fens(left)) - set(fens(right)))
    assert fens(both) == sorted(set(fens(left)) & set(fens(right)))
    assert in_order(rest)
    assert in_order(both)


@given(pieces, st.integers(0, 40))
def test_the_first_and_the_last_positions_are_taken(parts: list[tuple[int, int]], amount: int) -> None:
    free = merged(parts)
    every = fens(free)
    first, last = first_of(free, amount), last_of(free, amount)
    assert (fens(first), fens(last)) == (every[:amount], every[max(0, len(every) - amount) :])
    assert in_order(first)
    assert in_order(last)


def test_positions_at_an_edge_are_exactly_those() -> None:
    assert merged([(0, 2), (3, 4), (1, 2)]) == [(0, 2), (3, 4)]
    assert without([(5, 9)], [(0, 5), (9, 12)]) == [(5, 9)]
    assert without([(5, 9)], [(5, 6), (8, 9)]) == [(6, 8)]
    assert without([(5, 9)], [(4, 9)]) == []
    assert overlap([(5, 9)], [(0, 5), (9, 12)]) == []
    assert first_of([(4, 6), (0, 2)], 2) == [(0, 2)]
    assert last_of([(0, 2), (4, 6)], 2) == [(4, 6)]
    assert first_of([(0, 2)], 0) == last_of([(0, 2)], 0) == []
    assert (first_of([(0, 2)], 9), last_of([(0, 2)], 9)) == ([(0, 2)], [(0, 2)])


def test_a_new_stream_has_nothing_and_money_joins_the_free_money_before_it() -> None:
    stream = Stream("F")
    assert (stream.inflow, stream.outflow, stream.free, stream.available, stream.low) == (0, 0, [], 0, 0)
    assert [stream.receive(5), stream.receive(3)] == [(0, 5), (5, 8)]
    assert stream.free == [(0, 8)]
    copy = stream.copy()
    assert copy.spend(8) == [(0, 8)]
    assert (copy.free, copy.low, copy.available) == ([], 8, 0)
    assert copy.receive(2) == (8, 10)
    assert (copy.free, copy.low) == ([(8, 10)], 8)
    copy.take([(9, 10)])
    assert copy.receive(4) == (10, 14)
    assert (copy.free, copy.outflow) == ([(8, 9), (10, 14)], 9)
    assert (stream.free, stream.outflow) == ([(0, 8)], 0), "a copy is changed without harm"
    for amount in (0, 9):
        with pytest.raises(AssertionError):
            stream.spend(amount)
    with pytest.raises(AssertionError):
        stream.take([(7, 9)])
    with pytest.raises(AssertionError):
        stream.release([(7, 8)])


WITHIN = ((0, 5), (5, 8), (12, 15), (15, 16))


@pytest.mark.parametrize(
    ("start", "stop", "segments", "arrivals"),
    [
        (0, 5, [0], [0]),
        (4, 6, [0, 5], [0, 5]),
        (5, 8, [5], [5]),
        (8, 12, [], [5]),
        (8, 13, [12], [5]),
        (7, 16, [5, 12, 15], [5]),
        (15, 20, [15], [5, 16]),
        (16, 17, [], [16]),
    ],
)
async def test_the_rows_that_overlap_a_piece_are_read_and_no_neighbours(
    opened: str, start: int, stop: int, segments: list[int], arrivals: list[int]
) -> None:
    async def work(tx: Tx) -> None:
        await funds.open_fund(tx, code="F-1", name="一", kind="unrestricted")
        await funds.open_fund(tx, code="F-2", name="二", kind="unrestricted")

    await transactions.run(work)
    rows = {
        "segment (fund, start, stop, owner_seq, kind)": [
            *(("F-1", a, b, 1, "spent") for a, b in WITHIN), ("F-2", 0, 20, 1, "spent"),
        ],
        "inflow (fund, start, stop, seq)": [("F-1", 0, 5, 1), ("F-1", 5, 16, 1), ("F-1", 16, 30, 1), ("F-2", 3, 20, 1)],
    }  # fmt: skip
    for table, values in rows.items():
        places = ", ".join(f"${n}" for n in range(1, len(values[0]) + 1))
        await freely(*((f"INSERT INTO {table} VALUES ({places})", list(row)) for row in values))
    for where, table, expected in ((SEGMENTS_WITHIN, "segment", segments), (INFLOWS_WITHIN, "inflow", arrivals)):
        kept = await reading.rows(f"SELECT start FROM {table} WHERE {where} ORDER BY start", "F-1", start, stop)
        assert [row["start"] for row in kept] == expected, table
