"""What a batch knows and decides: the running state in front of each command.

The writer loads what the commands of a batch want, then lets each `decide(state)`. Decisions are pure:
they see every earlier decision of the batch, bounds are checked on this running state (so they hold
at every prefix of the journal), and a refused command leaves no trace in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from charity import tokens
from charity.db.tables import Table
from charity.errors import Refusal
from charity.ledger import accounts, canonical, rules
from charity.ledger.accounts import Posting
from charity.ledger.streams import Piece, Stream, first_of, last_of, length
from charity.money import yuan

POSTINGS_MAX = 1_000
_ABSENT = object()
_COLUMNS = itemgetter("seq", "id", "kind", "recorded_at", "effective_on", "party", "actor")


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund as the books know it; an empty `programmes` allows every programme."""

    code: str
    name: str
    kind: str
    programmes: tuple[str, ...]

    def allows(self, programme: str) -> bool:
        """Whether its money and goods may be used for the programme (I8)."""
        return not self.programmes or programme in self.programmes


@dataclass(slots=True)
class Entry:
    """An entry that was decided: its number, random id, and the pieces of the streams it took."""

    seq: int
    id: str
    recorded_at: str
    effective_on: str


@dataclass(slots=True)
class Flows:
    """What an entry does to fund streams: arrivals, takings, and pieces given back or re-owned."""

    receive: Sequence[tuple[str, int]] = ()
    spend: Sequence[tuple[str, int]] = ()
    move: Sequence[tuple[str, int]] = ()
    refund: Sequence[tuple[str, list[Piece]]] = ()
    release: Sequence[tuple[str, list[Piece]]] = ()
    reown: Sequence[tuple[str, list[Piece]]] = ()


@dataclass(slots=True)
class Written:
    """The rows that a batch will write."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    inflows: list[tuple[str, int, int, int]] = field(default_factory=list)
    segments: list[tuple[str, int, int, int, str]] = field(default_factory=list)
    releases: list[tuple[str, int, int]] = field(default_factory=list)
    reowned: list[tuple[str, int, int, int]] = field(default_factory=list)
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[Table, str, dict[str, Any]]] = field(default_factory=list)

    def streams(self) -> set[str]:
        """The funds whose streams changed."""
        return {str(row[0]) for part in (self.inflows, self.segments, self.releases) for row in part}

    def lengths(self) -> tuple[int, ...]:
        """Where each list ends now."""
        return tuple(map(len, _LISTS(self)))

    def cut(self, lengths: tuple[int, ...]) -> None:
        """Forget what came after."""
        for name, size in zip(self.__slots__, lengths, strict=True):
            del getattr(self, name)[size:]


_LISTS = attrgetter(*Written.__slots__)


class State:
    """The running state of a batch. Rooms use `now`, `post`, `number`, `row`, `change`, `add`."""

    def __init__(self, seq: int, leaf: str, at: str, closed_through: str) -> None:
        self.start(seq, leaf, at, closed_through)
        self.holdings: dict[tuple[str, str], int] = {}
        self.streams: dict[str, Stream] = {}
        self.funds: dict[str, Fund] = {}
        self.series: dict[tuple[str, int], int] = {}
        self.stored: dict[tuple[str, str], dict[str, Any] | None] = {}
        self.written = Written()
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._mark: tuple[Any, ...] = ()

    def start(self, seq: int, leaf: str, at: str, closed_through: str) -> None:
        """Begin from the journal's head."""
        self.seq, self.leaf, self.at = seq, leaf, at
        self.closed_through = closed_through

    # -- a command begins, is kept, or is undone -------------------------------------------------

    def begin(self, at: str) -> None:
        """A command that was asked at `at` begins; `recorded_at` never decreases."""
        self._undo.clear()
        self._mark = (self.seq, self.leaf, self.at, self.written.lengths())
        self.at = max(self.at, at)

    def undo(self) -> None:
        """Forget everything since `begin`."""
        for table, key, old in reversed(self._undo):
            if old is _ABSENT:
                table.pop(key, None)
            else:
                table[key] = old
        self.seq, self.leaf, self.at, lengths = self._mark
        self.written.cut(lengths)

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    # -- what rooms ask and say ------------------------------------------------------------------

    @property
    def now(self) -> str:
        """The instant of this command, as entries will carry it."""
        return self.at

    def balance(self, account: str, unit: str = accounts.CNY) -> int:
        """A holding that the command wanted; KeyError when it did not ask for it."""
        return self.holdings[account, unit]

    def fund(self, code: str) -> Fund:
        """A fund that the command wanted, or the refusal `fund.unknown`."""
        found = self.funds.get(code)
        if found is None:
            raise rules.FUND_UNKNOWN(fund=code)
        return found

    def available(self, fund: str) -> int:
        """What the stream of a fund can still pay, fen."""
        return self.streams[fund].available

    def number(self, series: str, year: int) -> int:
        """The next number of a gap-free series (1, 2, 3 … a year)."""
        value = self.series[series, year]
        self._set(self.series, (series, year), value + 1)
        return value

    def row(self, table: Table, key: str) -> dict[str, Any] | None:
        """A stored row that the command wanted, with the changes of earlier commands; None when there is none."""
        return self.stored[table.name, key]

    def change(self, table: Table, key: str, **columns: Any) -> None:
        """Change columns of a stored row."""
        old = self.stored[table.name, key]
        assert old is not None, (table.name, key)
        self._set(self.stored, (table.name, key), {**old, **columns})
        self.written.changes.append((table, key, columns))

    def add(self, table: Table | str, row: dict[str, Any]) -> None:
        """Add a row. With a `Table`, later commands of the batch see it under its key."""
        if isinstance(table, Table):
            self._set(self.stored, (table.name, row[table.key]), row)
            table = table.name
        self.written.rows.append((table, row))

    def open_day(self, day: str) -> str:
        """The day itself, or the first open one after a closed period."""
        if day > self.closed_through:
            return day
        year, month, date = (int(part) for part in self.closed_through.split("-"))
        from datetime import date as calendar  # noqa: PLC0415 - rare path
        from datetime import timedelta  # noqa: PLC0415

        return (calendar(year, month, date) + timedelta(days=1)).isoformat()

    # -- posting ---------------------------------------------------------------------------------

    def post(
        self,
        kind: str,
        postings: Iterable[Posting],
        *,
        effective_on: str,
        actor: str,
        party: str = "",
        facts: dict[str, Any] | None = None,
        flows: Flows | None = None,
        reverses: int | None = None,
    ) -> Entry:
        """Append one entry. Refuses what a fund or a bounded place does not have.

        `facts` are the words of the act (codes, numbers, dates; never a name): they are hashed. The
        postings must sum to 0 per unit, and in CNY per fund (asserted: it is our own fault if not).
        """
        lines = list(postings)
        _assert_balanced(lines)
        self.seq += 1
        facts = facts or {}
        assert "programme" in facts or not (flows and flows.spend), "money is spent for a programme (I8)"
        self._check_programme(lines, facts, reverses)
        for account, unit, quantity in lines:
            self._move(account, unit, quantity)
        body: dict[str, Any] = {
            "v": 1,
            "seq": self.seq,
            "id": tokens.key16(),
            "kind": kind,
            "recorded_at": self.at,
            "effective_on": self.open_day(effective_on),
            "party": party,
            "actor": actor,
            "postings": lines,
            "facts": facts,
            "prev": self.leaf,
        }
        if reverses is not None:
            body["reverses"] = reverses
        if flows is not None:
            body["flows"] = self._flow(flows)
        self._append(body, reverses)
        return Entry(self.seq, body["id"], self.at, body["effective_on"])

    def _append(self, body: dict[str, Any], reverses: int | None) -> None:
        text = canonical.entry_text(body)
        leaf = canonical.leaf(text)
        w, seq, day = self.written, self.seq, body["effective_on"]
        w.entries.append((*_COLUMNS(body), text, leaf, self.leaf, reverses))
        w.postings += [(seq, n, *line) for n, line in enumerate(body["postings"], 1)]
        w.days += [day] * len(body["postings"])
        self.leaf = leaf

    def _check_programme(self, lines: list[Posting], facts: dict[str, Any], reverses: int | None) -> None:
        """I8: what leaves a restricted fund is for a programme that the fund allows."""
        programme = facts.get("programme")
        if programme is None or reverses is not None:
            return
        for code in {accounts.fund(account) for account, _, _ in lines}:
            fund = self.funds.get(code)
            if fund is not None and not fund.allows(programme):
                raise rules.FUND_NOT_FOR(fund=code, programme=programme)

    def _move(self, account: str, unit: str, quantity: int) -> None:
        if accounts.minimum(account) is None:
            return
        left = self.holdings[account, unit]
        if left + quantity < 0:
            raise rules.HOLDING_SHORT(account=account, unit=unit, left=left, needed=-quantity)
        self._set(self.holdings, (account, unit), left + quantity)

    def _stream(self, fund: str) -> Stream:
        copy = self.streams[fund].copy()
        self._set(self.streams, fund, copy)
        return copy

    def _take(self, fund: str, amount: int) -> list[Piece]:
        stream = self._stream(fund)
        if amount > stream.available:
            raise rules.FUND_SHORT(fund=fund, available_yuan=yuan(stream.available), needed_yuan=yuan(amount))
        return stream.spend(amount)

    def _flow(self, flows: Flows) -> dict[str, Any]:
        """Apply the flows; their pieces go into the body, so that the trace is hashed with the books."""
        w, seq = self.written, self.seq
        told: dict[str, list[Any]] = defaultdict(list)
        for fund, piece_list in flows.release:
            self._stream(fund).release(piece_list)
            w.releases.extend((fund, *piece) for piece in piece_list)
            told["released"].append([fund, piece_list])
        for fund, piece_list in flows.refund:
            self._stream(fund).take(piece_list)
            w.segments.extend((fund, *piece, seq, "refunded") for piece in piece_list)
            told["refunded"].append([fund, piece_list])
        for kind, asked in (("spent", flows.spend), ("moved", flows.move)):
            for fund, amount in asked:
                pieces = self._take(fund, amount)
                w.segments.extend((fund, *piece, seq, kind) for piece in pieces)
                told[kind].append([fund, pieces])
        for fund, amount in flows.receive:
            piece = self._stream(fund).receive(amount)
            w.inflows.append((fund, *piece, seq))
            told["received"].append([fund, [piece]])
        for fund, piece_list in flows.reown:
            w.reowned.extend((fund, *piece, seq) for piece in piece_list)
            told["reowned"].append([fund, piece_list])
        return dict(sorted(told.items()))


@dataclass(frozen=True, slots=True)
class GiftPieces:
    """A received gift's positions in one fund, as loaded: what it still owns, what is unspent of that."""

    fund: str
    owned: list[Piece]
    unspent: list[Piece]

    def split(self, amount: int) -> tuple[list[Piece], list[Piece]]:
        """Positions to refund: unspent ones first (the last of them), then spent ones (the first)."""
        from charity.ledger.streams import without  # noqa: PLC0415

        unspent = last_of(self.unspent, amount)
        rest = amount - length(unspent)
        spent = first_of(without(self.owned, self.unspent), rest) if rest else []
        if length(spent) != rest:
            left = length(self.owned)
            raise rules.REFUND_SHORT(left_yuan=yuan(left))
        return unspent, spent


def _assert_balanced(lines: list[Posting]) -> None:
    assert 0 < len(lines) <= POSTINGS_MAX, "an entry has 1 to 1,000 postings"
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account, unit, quantity in lines:
        assert type(quantity) is int, f"{account} {unit}: not an integer"
        assert 0 < abs(quantity) <= canonical.SAFE_MAX, f"{account} {unit}: nothing moves, or too much"
        fund = accounts.fund(account) if unit == accounts.CNY else ""
        sums[unit, fund] += quantity
    assert not any(sums.values()), f"postings do not sum to 0: {dict(sums)}"


__all__ = ["Entry", "Flows", "Fund", "GiftPieces", "Refusal", "State", "Table"]
