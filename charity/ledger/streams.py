"""The stream of a fund: intervals of fen, not rows of them (docs/books.md, "Where did my gift go").

Every fen that a fund ever received has a position, in the order in which it was recorded. A gift
owns the interval it arrived in; a payment takes the lowest free positions. This file is arithmetic
on half-open intervals `[start, stop)` only; tests hold it against a model that moves every fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Piece = tuple[int, int]

# The rows that overlap the positions $2 to $3 of fund $1. Rows of a table are disjoint, so none that begins before the
# last one at or below $2 can reach it: without that bound a database reads a fund from its first fen.
SEGMENTS_WITHIN = (
    "fund = $1 AND start < $3 AND stop > $2 AND start >= "
    "COALESCE((SELECT MAX(b.start) FROM segment b WHERE b.fund = $1 AND b.start <= $2), 0)"
)
INFLOWS_WITHIN = (
    "fund = $1 AND start < $3 AND stop > $2 AND start >= "
    "COALESCE((SELECT MAX(b.start) FROM inflow b WHERE b.fund = $1 AND b.start <= $2), 0)"
)


def length(pieces: Iterable[Piece]) -> int:
    """The number of positions in disjoint pieces, in fen."""
    return sum(stop - start for start, stop in pieces)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Sorted pieces with neighbours joined."""
    result: list[Piece] = []
    for start, stop in sorted(pieces):
        if result and result[-1][1] >= start:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


def without(pieces: Iterable[Piece], taken: Iterable[Piece]) -> list[Piece]:
    """What is left of the pieces when the taken ones are cut out of them."""
    cuts = merged(taken)
    result = []
    for first, last in sorted(pieces):
        start = first
        for low, high in [*cuts, (last, last)]:
            stop = min(low, last)
            if start < stop:
                result.append((start, stop))
            start = max(start, high)
    return result


def overlap(pieces: Iterable[Piece], others: Iterable[Piece]) -> list[Piece]:
    """The positions that are in both."""
    right = merged(others)
    both = []
    for start, stop in merged(pieces):
        for low, high in right:
            if low < stop and high > start:
                both.append((max(start, low), min(stop, high)))
    return both


def first_of(pieces: Iterable[Piece], amount: int) -> list[Piece]:
    """The lowest `amount` positions; fewer when there are not so many."""
    taken, left = [], amount
    for start, stop in sorted(pieces):
        if left <= 0:
            break
        end = min(stop, start + left)
        taken.append((start, end))
        left -= end - start
    return taken


def last_of(pieces: Iterable[Piece], amount: int) -> list[Piece]:
    """The highest `amount` positions, lowest first; fewer when there are not so many."""
    taken, left = [], amount
    for start, stop in sorted(pieces, reverse=True):
        if left <= 0:
            break
        begin = max(start, stop - left)
        taken.append((begin, stop))
        left -= stop - begin
    return sorted(taken)


@dataclass(slots=True)
class Stream:
    """A fund's stream as the writer holds it: totals and the free positions, lowest first."""

    fund: str
    inflow: int = 0
    outflow: int = 0
    free: list[Piece] = field(default_factory=list)

    @property
    def available(self) -> int:
        """What may still be spent, fen."""
        return self.inflow - self.outflow

    @property
    def low(self) -> int:
        """The lowest free position: below it all is taken."""
        return self.free[0][0] if self.free else self.inflow

    def copy(self) -> "Stream":
        """A copy that can be changed without harm."""
        return Stream(self.fund, self.inflow, self.outflow, list(self.free))

    def receive(self, amount: int) -> Piece:
        """Let `amount` fen arrive; the interval they own."""
        piece = (self.inflow, self.inflow + amount)
        self.inflow += amount
        if self.free and self.free[-1][1] == piece[0]:
            self.free[-1] = (self.free[-1][0], piece[1])
        else:
            self.free.append(piece)
        return piece

    def spend(self, amount: int) -> list[Piece]:
        """Take the lowest free positions; the caller has checked `available`."""
        assert 0 < amount <= self.available
        pieces, left = [], amount
        while left:
            start, stop = self.free[0]
            end = min(stop, start + left)
            pieces.append((start, end))
            left -= end - start
            if end == stop:
                self.free.pop(0)
            else:
                self.free[0] = (end, stop)
        self.outflow += amount
        return pieces

    def take(self, pieces: list[Piece]) -> None:
        """Take these positions, which must be free (a refund of unspent money)."""
        assert length(overlap(self.free, pieces)) == length(pieces)
        self.free = without(self.free, pieces)
        self.outflow += length(pieces)

    def release(self, pieces: list[Piece]) -> None:
        """Give positions back (a payment that bounced); they are used first."""
        assert not overlap(self.free, pieces)
        self.free = merged([*self.free, *pieces])
        self.outflow -= length(pieces)
