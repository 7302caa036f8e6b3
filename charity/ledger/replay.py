"""The journal replayed in seq order, for `charity verify`: what holdings, turnover and streams must be.

A million entries are followed in bounded memory: of each nothing is kept but what it adds up to, and the few
positions of a stream that are not as they came. Rows are taken by their place, not by name, and what an account's
code says is read once: that makes it three times as fast (bench/verifying.py).
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic_core import from_json

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.ledger import accounts, canonical, equation, numbering, plans
from charity.ledger.numbering import Numbering
from charity.ledger.plans import Plan
from charity.ledger.streams import Piece, Stream, length, merged, overlap

CHUNK = 2_000
FAILURES_MAX = 200
_ENTRIES = (
    "SELECT seq, id16, kind, recorded_at, effective_on, party, actor, prev, reverses, leaf, body FROM entry "
    "WHERE seq > $1 ORDER BY seq LIMIT $2"
)
_BODY_FIELDS = itemgetter("seq", "id", "kind", "recorded_at", "effective_on", "party", "actor", "prev")
"""What a body repeats of the first columns of its entry."""
_POSTINGS = "SELECT seq, account, unit, quantity FROM posting WHERE seq > $1 AND seq <= $2 ORDER BY seq, n"
_INFLOWS = "SELECT seq, fund, start, stop FROM inflow WHERE seq > $1 AND seq <= $2"
_MONEY = frozenset({*accounts.MONEY_PLACES, accounts.OTHER_PAYABLE})
_REVIEWED = "SELECT number, last_seq, reviewed_at FROM journal_voucher WHERE reviewed_at >= $1"
_WENT = ("spent", "moved", "refunded")
_SIGNS = {"received": 1, "released": 1, "spent": -1, "moved": -1, "refunded": -1}
"""What flows add to a fund's money."""
# Bodies hold codes only: a mobile number or an ID number as a whole text is none (I13).
_PERSONAL = re.compile(r'"(?:1[3-9][0-9]{9}|[0-9]{17}[0-9X])"')
_DELETE = "\x7f"
Row = Sequence[Any]
Arrival = tuple[int, str, int, int]
"""(seq, fund, start, stop) of a row of inflow."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an account's code says. `money`: it adds to the money that the fund may use, or takes away (2209: owed)."""

    code: str
    fund: str
    money: bool
    bounded: bool


def _amounts() -> dict[tuple[int, int], list[int]]:
    return defaultdict(lambda: [0, 0])


@dataclass(slots=True)
class Replay:
    """What the journal says, up to some seq. Accounts and units by their ids."""

    seq: int = 0
    leaf: str = canonical.GENESIS
    at: str = ""
    funds: dict[str, list[str]] = field(default_factory=dict)
    """The programmes each fund allows; none: all."""
    kinds: dict[str, str] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    uses: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """What left each fund that has a plan, by line."""
    counted: dict[int, str] = field(default_factory=dict)
    """The line that a payment out of a fund with a plan counts against, by its seq."""
    places: dict[int, Place] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    money: int | None = None
    """The unit that is money."""
    holdings: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    turnover: dict[str, dict[tuple[int, int], list[int]]] = field(default_factory=lambda: defaultdict(_amounts))
    """By day: debit and credit of each account and unit."""
    streams: dict[str, Stream] = field(default_factory=dict)
    segments: dict[tuple[str, int], tuple[int, int, str]] = field(default_factory=dict)
    """What went out: by fund and the position it ends at, the position it starts at, whose it is and why."""
    owned: list[tuple[str, Piece, int]] = field(default_factory=list)
    """Positions that got other owners, in the order of the journal."""
    exchanged: set[int] = field(default_factory=set)
    """Who got some in exchange for as many."""
    odd: dict[tuple[str, int], list[Piece]] = field(default_factory=dict)
    """What entries received, by fund and seq, where the table of arrivals says otherwise: it was given on since."""
    reversed: dict[int, int] = field(default_factory=dict)
    figures: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """What each day added to each figure of a fund: fen of money and of goods."""
    numbering: Numbering = field(default_factory=lambda: Numbering({}, {}))
    """The journal vouchers, as their entries came."""
    reviewed_at: str = ""
    closed: dict[str, int] = field(default_factory=dict)
    """The last entry of each one that was reviewed, by number."""
    failures: list[Failure] = field(default_factory=list)
    readable: bool = True

    def fail(self, invariant: str, msgid: str, **facts: object) -> None:
        """Note a failure, in words; a flood of them is cut."""
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(Failure(invariant, words.say(msgid, **facts)))

    def stream(self, fund: str) -> Stream:
        """The stream of a fund."""
        return self.streams.get(fund) or self.streams.setdefault(fund, Stream(fund))

    async def follow(self) -> None:
        """Replay the journal from where this stands to its end; no snapshot is needed: what is in it never changes.

        A chunk is replayed in a thread, so that the other checks' queries go on meanwhile.
        """
        while entries := await reading.tuples(_ENTRIES, self.seq, CHUNK):
            after, last = self.seq, entries[-1][0]
            postings = await reading.tuples(_POSTINGS, after, last)
            await self._know(postings)
            await self._closed()
            await asyncio.to_thread(self._chunk, entries, postings, await reading.tuples(_INFLOWS, after, last))

    async def _know(self, postings: Iterable[Row]) -> None:
        """Look up what is met for the first time; a place and a unit never change."""
        if {row[1] for row in postings} - self.places.keys():
            for row in await reading.tuples("SELECT id, code FROM account"):
                fund, chart = accounts.fund(row[1]), accounts.split(row[1])[0]
                self.places[row[0]] = Place(row[1], fund, chart in _MONEY, accounts.minimum(row[1]) is not None)
        if {row[2] for row in postings} - self.units.keys():
            self.units.update((row[0], row[1]) for row in await reading.tuples("SELECT id, code FROM unit"))
            self.money = next((unit for unit, code in self.units.items() if code == accounts.CNY), None)

    async def _closed(self) -> None:
        """Look up which journal vouchers were reviewed: after their entries were read, so that none is missed."""
        for number, last_seq, at in await reading.tuples(_REVIEWED, self.reviewed_at):
            self.closed[number] = last_seq
            self.reviewed_at = max(self.reviewed_at, at)

    def _numbered(self, row: Row, lines: list[Row]) -> None:
        """I14: the entry joins the journal voucher of its key, or begins one."""
        seq, _, kind, at, day, _, actor, _, reverses, leaf, text = row
        money = [(self.places[a].code, accounts.CNY, q) for _, a, u, q in lines if u == self.money]
        if not money:
            return
        open_ = self.numbering.open.get(numbering.key_of(seq, kind, day, money))
        if open_ is not None and seq > self.closed.get(open_["number"], seq):
            self.numbering.close(open_["number"])
        self.numbering.take((seq, kind, at, day, actor, leaf, reverses, money, text))

    def _chunk(self, entries: Iterable[Row], postings: Iterable[Row], inflows: Iterable[Row]) -> None:
        """Replay entries, with their postings in order and what the table of arrivals says of them."""
        lines = {seq: list(rows) for seq, rows in groupby(postings, itemgetter(0))}
        came: set[Arrival] = set()
        for row in entries:
            try:
                self._entry(row, lines.get(row[0], []), came)
            except (KeyError, TypeError, ValueError, AssertionError):  # somebody wrote into the body
                self.fail("I3", "#{seq}：正文无法重放", seq=row[0])
                self.seq, self.leaf, self.at = row[0], row[9], row[3]
                self.readable = False
        self._arrivals(came, {(*row,) for row in inflows})

    def _entry(self, row: Row, lines: list[Row], came: set[Arrival]) -> None:
        seq, _, _, recorded_at, effective_on, _, _, prev, reverses, leaf, text = row
        if not text.isascii() or _DELETE in text or _PERSONAL.search(text):
            self.fail("I13", "#{seq}：正文里有不是代码的文字", seq=seq)
        if seq != self.seq + 1:
            self.fail("I2", "#{before} 之后是 #{seq}", seq=seq, before=self.seq)
        if recorded_at < self.at:
            self.fail("I2", "#{seq}：recorded_at 倒退", seq=seq)
        if sha256(b"\x00" + text.encode()).hexdigest() != leaf:
            self.fail("I3", "#{seq}：leaf 不是正文的哈希", seq=seq)
        body = from_json(text, cache_strings="keys")
        if prev != self.leaf or body["prev"] != prev:
            self.fail("I3", "#{seq}：prev 不是上一笔的 leaf", seq=seq)
        places, units = self.places, self.units
        if (
            _BODY_FIELDS(body) != tuple(row[:8])
            or body["postings"] != [[places[a].code, units[u], q] for _, a, u, q in lines]
            or body.get("reverses") != reverses
        ):
            self.fail("I3", "#{seq}：各列与正文不符", seq=seq)
        self.seq, self.leaf, self.at = seq, leaf, recorded_at
        flows = body.get("flows", {})
        if reverses is None:
            self._allowed(seq, body["facts"], lines, flows)
        else:
            self.reversed[seq] = reverses
        self._posted(seq, effective_on, lines, flows)
        for fund, figure, money, goods in equation.moves(body["kind"], body["postings"], reversal=reverses is not None):
            amounts = self.figures[effective_on, fund, figure]
            amounts[0] += money
            amounts[1] += goods
        self._numbered(row, lines)
        if flows:
            self._flows(seq, flows, came, body["facts"])

    def _posted(self, seq: int, day: str, lines: list[Row], flows: dict[str, Any]) -> None:
        """I1, I4, I5, and I9: what a payment took from the stream is what it paid out of the fund's money."""
        sums: dict[str | int, int] = {}
        paid: dict[str, int] = {}
        places, money, holdings, turnover = self.places, self.money, self.holdings, self.turnover[day]
        for _, account, unit, quantity in lines:
            place, key = places[account], (account, unit)
            of: str | int = place.fund if unit == money else unit
            sums[of] = sums.get(of, 0) + quantity
            if place.money and unit == money:
                paid[place.fund] = paid.get(place.fund, 0) + quantity
            holdings[key] = left = holdings[key] + quantity
            turnover[key][quantity < 0] += abs(quantity)
            if left < 0 and place.bounded and quantity < 0:  # what comes in later is not what made it so
                self.fail(
                    "I5",
                    "#{seq}：{account} 的 {unit} 为 {left}",
                    seq=seq,
                    account=place.code,
                    left=left,
                    unit=self.units[unit],
                )
        _less_flows(paid, flows)
        for of, value in sums.items():
            if value:
                what = f"{accounts.CNY} {of}" if isinstance(of, str) else self.units[of]
                self.fail("I1", "#{seq}：{what} 合计为 {value}", seq=seq, what=what, value=value)
        for fund, value in paid.items():
            if value:
                self.fail("I9", "#{seq}：基金 {fund} 的资金与资金流相差 {value}", seq=seq, fund=fund, value=value)

    def _allowed(self, seq: int, facts: dict[str, Any], lines: list[Row], flows: dict[str, Any]) -> None:
        """I8: money is spent for a programme that its fund allows, or as a cost that it may bear."""
        programme, purpose = facts.get("programme"), facts.get("purpose")
        if programme is None:
            for fund, _ in flows.get("spent", ()):
                if purpose not in plans.PURPOSES:
                    self.fail("I8", "#{seq}：支出没有项目", seq=seq)
                elif not plans.bears(self.kinds.get(fund, ""), self.plans.get(fund), purpose):
                    self.fail("I8", "#{seq}：基金 {fund} 不能列支 {purpose}", seq=seq, fund=fund, purpose=purpose)
            return
        for code in {self.places[line[1]].fund for line in lines} - {""}:
            allowed = self.funds.get(code)
            if allowed and programme not in allowed:
                self.fail("I8", "#{seq}：基金 {fund} 不能用于项目 {programme}", seq=seq, fund=code, programme=programme)

    def _planned(self, seq: int, fund: str, line: str, fen: int) -> None:
        """I8: no line of a plan is used beyond its sum. `fen` is below 0 where a reversal gives back."""
        self.uses[fund, line] = used = self.uses[fund, line] + fen
        planned = self.plans[fund].limits().get(line, 0)
        if fen > 0 and used > planned:
            facts = {"fund": fund, "line": line, "planned": planned, "used": used}
            self.fail("I8", "#{seq}：基金 {fund} 的方案中 {line} 计划 {planned} 分，已用 {used} 分", seq=seq, **facts)

    def _released(self, seq: int, fund: str, pieces: list[Piece]) -> None:
        """Positions that a reversal gives back, to the line of the plan that they counted against too.

        Of a payment of which a part came back, the segment ends before them.
        """
        self.stream(fund).release(pieces)
        for piece in pieces:
            owner, kind = self._cut(fund, piece)
            if fund in self.plans and kind == "spent":
                self._planned(seq, fund, self.counted[owner], -length([piece]))

    def _cut(self, fund: str, piece: Piece) -> tuple[int, str]:
        """Take these positions off the end of the segment that ends with them; whose it is, (0, "") if there is none.

        Positions are used once: one segment at most ends at a place.
        """
        start, stop = piece
        began, owner, kind = self.segments.get((fund, stop), (stop, 0, ""))
        if began > start:
            return 0, ""
        del self.segments[fund, stop]
        if began < start:
            self.segments[fund, start] = (began, owner, kind)
        return owner, kind

    def _flows(self, seq: int, flows: dict[str, Any], came: set[Arrival], facts: dict[str, Any]) -> None:
        for fund, pieces in flows.get("released", ()):
            self._released(seq, fund, [(a, b) for a, b in pieces])
        for name in _WENT:
            for fund, pieces in flows.get(name, ()):
                stream = self.stream(fund)
                mine = [(a, b) for a, b in pieces]
                if length(overlap(stream.free, mine)) != length(mine):
                    self.fail("I9", "#{seq}：基金 {fund} 的位置用了两次，或从未收到", seq=seq, fund=fund)
                    continue
                stream.take(mine)
                owner = flows.get("payer", seq)
                if name == "spent" and fund in self.plans:
                    self.counted[owner] = line = plans.line_of(facts)
                    self._planned(seq, fund, line, length(mine))
                self.segments.update({(fund, stop): (start, owner, name) for start, stop in mine})
        for fund, pieces in flows.get("received", ()):
            start, stop = self.stream(fund).receive(length(pieces))
            if pieces != [[start, stop]]:
                self.fail(
                    "I9",
                    "#{seq}：基金 {fund} 收于 {pieces}，不是 {piece}",
                    seq=seq,
                    fund=fund,
                    pieces=pieces,
                    piece=[start, stop],
                )
            came.add((seq, fund, start, stop))
        for fund, pieces in flows.get("reowned", ()):  # bodies from before positions were exchanged
            self.owned += [(fund, (a, b), seq) for a, b in pieces]
        for fund, a, b, owner in flows.get("owned", ()):
            self.owned.append((fund, (a, b), owner))
            self.exchanged.add(owner)

    def _arrivals(self, came: set[Arrival], kept: set[Arrival]) -> None:
        """Compare what entries received with the table of arrivals; what differs is looked at in the end."""
        for seq, fund in {(arrival[0], arrival[1]) for arrival in came ^ kept}:
            received, kept_pieces = (_pieces(rows, seq, fund) for rows in (came, kept))
            if merged(received) != merged(kept_pieces):
                self.odd[fund, seq] = received


def _less_flows(paid: dict[str, int], flows: dict[str, Any]) -> None:
    """Take from each fund's money what flowed through its stream."""
    for name, part in flows.items():
        sign = _SIGNS.get(name)
        if sign is None:  # other owners: no money moves
            continue
        for fund, pieces in part:
            for start, stop in pieces:
                paid[fund] = paid.get(fund, 0) - sign * (stop - start)


def _pieces(arrivals: Iterable[Arrival], seq: int, fund: str) -> list[Piece]:
    return [(start, stop) for at, of, start, stop in arrivals if (at, of) == (seq, fund)]
