"""The journal replayed in seq order, for `charity verify`: what holdings, turnover and streams must be.

A million entries are followed in bounded memory: of each nothing is kept but what it adds up to, and the few
positions of a stream that are not as they came. Rows are taken by their place, not by name, and what an account's
code says is read once: that makes it three times as fast (bench/verifying.py).
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from charity.db import reading
from charity.errors import Failure
from charity.ledger import accounts, canonical
from charity.ledger.streams import Piece, Stream, length, merged, overlap

CHUNK = 5_000
FAILURES_MAX = 200
_ENTRIES = (
    "SELECT seq, id16, kind, recorded_at, effective_on, party, actor, body, leaf, prev, reverses FROM entry "
    "WHERE seq > $1 ORDER BY seq LIMIT $2"
)
_POSTINGS = "SELECT seq, account, unit, quantity FROM posting WHERE seq > $1 AND seq <= $2 ORDER BY seq, n"
_INFLOWS = "SELECT seq, fund, start, stop FROM inflow WHERE seq > $1 AND seq <= $2"
_MONEY = frozenset({accounts.CASH, accounts.BANK, accounts.OTHER_MONEY})
_CAME, _WENT = ("received", "released"), ("spent", "moved", "refunded")
# Bodies hold codes only: a mobile number or an ID number as a whole text is none (I13).
_PERSONAL = re.compile(r'"(?:1[3-9][0-9]{9}|[0-9]{17}[0-9X])"')
_DELETE = "\x7f"
Line = tuple[int, int, int]
"""(account id, unit id, quantity)."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an account's code says."""

    code: str
    fund: str
    money: bool
    bounded: bool


@dataclass(slots=True)
class Replay:
    """What the journal says, up to some seq. Accounts and units by their ids."""

    seq: int = 0
    leaf: str = canonical.GENESIS
    at: str = ""
    funds: dict[str, list[str]] = field(default_factory=dict)
    """The programmes each fund allows; none: all."""
    places: dict[int, Place] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    holdings: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    turnover: dict[tuple[int, int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    streams: dict[str, Stream] = field(default_factory=dict)
    segments: dict[tuple[str, Piece], tuple[int, str]] = field(default_factory=dict)
    reowned: list[tuple[str, Piece, int]] = field(default_factory=list)
    odd: dict[tuple[str, int], list[Piece]] = field(default_factory=dict)
    """What entries received, by fund and seq, where the table of arrivals says otherwise: it was given on since."""
    reversed: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    readable: bool = True

    def fail(self, invariant: str, words: str) -> None:
        """Note a failure; a flood of them is cut."""
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(Failure(invariant, words))

    def stream(self, fund: str) -> Stream:
        """The stream of a fund."""
        return self.streams.setdefault(fund, Stream(fund))

    async def follow(self) -> None:
        """Replay the journal from where this stands to its end; no snapshot is needed: what is in it never changes."""
        while entries := await reading.tuples(_ENTRIES, self.seq, CHUNK):
            after, last = self.seq, entries[-1][0]
            postings = await reading.tuples(_POSTINGS, after, last)
            await self._know(postings)
            came = self._chunk(entries, _lines(postings))
            self._arrivals(came, await reading.tuples(_INFLOWS, after, last))

    async def _know(self, postings: Iterable[Sequence[Any]]) -> None:
        """Look up what is met for the first time; a place and a unit never change."""
        if {row[1] for row in postings} - self.places.keys():
            for row in await reading.tuples("SELECT id, code FROM account"):
                fund, chart = accounts.fund(row[1]), accounts.split(row[1])[0]
                self.places[row[0]] = Place(row[1], fund, chart in _MONEY, accounts.minimum(row[1]) is not None)
        if {row[2] for row in postings} - self.units.keys():
            self.units.update((row[0], row[1]) for row in await reading.tuples("SELECT id, code FROM unit"))

    def _chunk(
        self, entries: Iterable[Sequence[Any]], lines: dict[int, list[Line]]
    ) -> dict[tuple[str, int], list[Piece]]:
        """Replay entries; what they received, by fund and seq."""
        came: dict[tuple[str, int], list[Piece]] = {}
        for row in entries:
            try:
                self._entry(row, lines.get(row[0], []), came)
            except (KeyError, TypeError, ValueError, AssertionError):  # somebody wrote into the body
                self.fail("I3", f"#{row[0]}: the body cannot be replayed")
                self.seq, self.leaf, self.at = row[0], row[8], row[3]
                self.readable = False
        return came

    def _entry(self, row: Sequence[Any], lines: list[Line], came: dict[tuple[str, int], list[Piece]]) -> None:
        seq, key, kind, recorded_at, effective_on, party, actor, text, leaf, prev, reverses = row
        if not text.isascii() or _DELETE in text or _PERSONAL.search(text):
            self.fail("I13", f"#{seq}: the body holds text that is no code")
        if seq != self.seq + 1:
            self.fail("I2", f"seq {seq} follows {self.seq}")
        if recorded_at < self.at:
            self.fail("I2", f"#{seq}: recorded_at decreases")
        if sha256(b"\x00" + text.encode()).hexdigest() != leaf:
            self.fail("I3", f"#{seq}: the leaf is not the hash of the body")
        body = json.loads(text)
        if body["prev"] != self.leaf or prev != self.leaf:
            self.fail("I3", f"#{seq}: prev is not the previous leaf")
        places, units = self.places, self.units
        if (
            body["postings"] != [[places[a].code, units[u], q] for a, u, q in lines]
            or body["seq"] != seq
            or body["id"] != key
            or body["kind"] != kind
            or body["recorded_at"] != recorded_at
            or body["effective_on"] != effective_on
            or body["party"] != party
            or body["actor"] != actor
            or body.get("reverses") != reverses
        ):
            self.fail("I3", f"#{seq}: the columns do not say what the body says")
        self.seq, self.leaf, self.at = seq, leaf, recorded_at
        flows = body.get("flows", {})
        if reverses is None:
            self._allowed(seq, body, lines, flows)
        else:
            self.reversed[seq] = reverses
        self._posted(seq, effective_on, lines, flows)
        if flows:
            self._flows(seq, flows, came)

    def _posted(self, seq: int, day: str, lines: list[Line], flows: dict[str, Any]) -> None:
        """I1, I4, I5, and I9: what a payment took from the stream is what it paid out of the fund's money."""
        sums: dict[tuple[int, str], int] = defaultdict(int)
        paid: dict[str, int] = defaultdict(int)
        for account, unit, quantity in lines:
            place = self.places[account]
            money = self.units[unit] == accounts.CNY
            sums[unit, place.fund if money else ""] += quantity
            if money and place.money:
                paid[place.fund] += quantity
            left = self.holdings[account, unit] = self.holdings[account, unit] + quantity
            self.turnover[account, unit, day][quantity < 0] += abs(quantity)
            if left < 0 and place.bounded:
                self.fail("I5", f"#{seq}: {place.code} has {left} of {self.units[unit]}")
        for (unit, fund), value in sums.items():
            if value:
                self.fail("I1", f"#{seq}: {self.units[unit]} {fund} sums to {value}")
        for name, part in flows.items():
            sign = 1 if name in _CAME else -1 if name in _WENT else 0
            for fund, pieces in part:
                paid[fund] -= sign * sum(stop - start for start, stop in pieces)
        for fund, value in paid.items():
            if value:
                self.fail("I9", f"#{seq}: {fund} money and its stream differ by {value}")

    def _allowed(self, seq: int, body: dict[str, Any], lines: list[Line], flows: dict[str, Any]) -> None:
        """I8: money is spent for a programme that its fund allows."""
        programme = body["facts"].get("programme")
        if programme is None:
            if flows.get("spent"):
                self.fail("I8", f"#{seq}: money was spent for no programme")
            return
        for code in {self.places[account].fund for account, _, _ in lines} - {""}:
            allowed = self.funds.get(code)
            if allowed and programme not in allowed:
                self.fail("I8", f"#{seq}: fund {code} does not allow programme {programme}")

    def _flows(self, seq: int, flows: dict[str, Any], came: dict[tuple[str, int], list[Piece]]) -> None:
        for fund, pieces in flows.get("released", ()):
            self.stream(fund).release([(a, b) for a, b in pieces])
            for a, b in pieces:
                self.segments.pop((fund, (a, b)), None)
        for name in _WENT:
            for fund, pieces in flows.get(name, ()):
                stream = self.stream(fund)
                mine = [(a, b) for a, b in pieces]
                if length(overlap(stream.free, mine)) != length(mine):
                    self.fail("I9", f"#{seq}: positions of {fund} are taken twice or were never received")
                    continue
                stream.take(mine)
                self.segments.update({(fund, piece): (seq, name) for piece in mine})
        for fund, pieces in flows.get("received", ()):
            piece = self.stream(fund).receive(sum(b - a for a, b in pieces))
            if [list(piece)] != pieces:
                self.fail("I9", f"#{seq}: {fund} received at {pieces}, not at {list(piece)}")
            came[fund, seq] = [piece]
        for fund, pieces in flows.get("reowned", ()):
            self.reowned += [(fund, (a, b), seq) for a, b in pieces]

    def _arrivals(self, came: dict[tuple[str, int], list[Piece]], rows: Iterable[Sequence[Any]]) -> None:
        """Compare what entries received with the table of arrivals; what differs is looked at in the end."""
        kept: dict[tuple[str, int], list[Piece]] = defaultdict(list)
        for seq, fund, start, stop in rows:
            kept[fund, seq].append((start, stop))
        for key in came.keys() | kept.keys():
            if came.get(key) != kept.get(key) and merged(came.get(key, [])) != merged(kept.get(key, [])):
                self.odd[key] = came.get(key, [])


def _lines(postings: Iterable[Sequence[Any]]) -> dict[int, list[Line]]:
    lines: dict[int, list[Line]] = {}
    for seq, account, unit, quantity in postings:
        lines.setdefault(seq, []).append((account, unit, quantity))
    return lines
