"""What a command decides on: the running state of its batch, and of that only what the command named.

Decisions are pure: they see every earlier decision of the batch, bounds are checked on this running
state (so they hold at every prefix of the journal), and a refused command leaves no trace in it.
Always true: what a command did not name, in its `wants` or in its own `load`, it cannot read: an
AssertionError, whatever its neighbours in the batch named. Named and not there is a Refusal, None for a row.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import itemgetter
from typing import Any, cast

from charity import tokens
from charity.db.tables import Row, Sums, Table
from charity.errors import Refusal
from charity.ledger import accounts, canonical, equation, plans, rules
from charity.ledger.accounts import Posting
from charity.ledger.commands import Command, Wants
from charity.ledger.entries import open_day
from charity.ledger.memory import Fund, Memory
from charity.ledger.money_held import MoneyHeld, MoneyPlace
from charity.ledger.streams import Piece, Stream
from charity.money import yuan
from charity.words import Named, Term

POSTINGS_MAX = 1_000
FUND_SUMS = Sums("fund_sum", ("fund",), ("spent_fen",))
"""What each fund has paid out, without what it gave back or moved."""
ENTRIES_MAX = 5_000
"""Entries of a command that is `alone`."""
ENTRIES_BESIDE_MAX = 100
"""Entries of a command that shares its transaction with others."""
_ABSENT = object()
_COLUMNS = itemgetter("seq", "id", "kind", "recorded_at", "effective_on", "party", "actor")


@dataclass(slots=True)
class Entry:
    """An entry that was decided: its number, random id, and the pieces of the streams it took."""

    seq: int
    id: str
    recorded_at: str
    effective_on: str


Owned = tuple[str, Piece, int]
"""Positions of a fund and the entry that owns them from now on, as one that arrived there."""


@dataclass(slots=True)
class Flows:
    """What an entry does to fund streams: arrivals, takings, pieces given back, and positions with other owners.

    What it spends belongs to itself, or to the payment `payer` (a seq) that it is a part of.
    """

    receive: Sequence[tuple[str, int]] = ()
    spend: Sequence[tuple[str, int]] = ()
    move: Sequence[tuple[str, int]] = ()
    refund: Sequence[tuple[str, list[Piece]]] = ()
    release: Sequence[tuple[str, list[Piece]]] = ()
    own: Sequence[Owned] = ()
    payer: int | None = None


class State:
    """The running state of a batch. Rooms use `now`, `post`, `number`, `row`, `change`, `add` and the new keys."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._mark: tuple[Any, ...] = ()
        self._own: dict[tuple[Table[Any], str], dict[str, Any]] = {}
        self.start(0, "", "", "")

    def start(self, seq: int, leaf: str, at: str, closed_through: str) -> None:
        """Begin from the journal's head."""
        self.seq, self.leaf, self.at = seq, leaf, at
        self.closed_through = closed_through

    # -- a command begins, is kept, or is undone -------------------------------------------------

    def begin(self, command: Command) -> None:
        """A command begins: of all that its batch loaded it sees what it named. `recorded_at` never decreases."""
        self._undo.clear()
        self._own.clear()
        self._mark = (self.seq, self.leaf, self.at, self.closed_through, self._memory.written.lengths())
        self._entries_max = ENTRIES_MAX if command.alone else ENTRIES_BESIDE_MAX
        wants = command.wants
        self._holdings, self._funds = set(wants.holdings), set(wants.funds)
        self._series, self._rows = set(wants.series), set(wants.rows)
        for table, key in wants.rows:
            if table.follows and (row := self._memory.rows[table, key]) is not None:
                self._rows.add((table, row[table.follows]))
        self.at = max(self.at, command.at)

    def name(self, wants: Wants) -> None:
        """The command's own `load` names more; the loader has loaded it."""
        self._holdings.update(wants.holdings)
        self._funds.update(wants.funds)
        self._series.update(wants.series)
        self._rows.update(wants.rows)

    def undo(self) -> None:
        """Forget everything since `begin`."""
        for table, key, old in reversed(self._undo):
            if old is _ABSENT:
                table.pop(key, None)
            else:
                table[key] = old
        self.seq, self.leaf, self.at, self.closed_through, lengths = self._mark
        self._memory.written.cut(lengths)

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    # -- what rooms ask and say ------------------------------------------------------------------

    @property
    def now(self) -> str:
        """The instant of this command, as entries will carry it."""
        return self.at

    @staticmethod
    def new_key() -> str:
        """A random key for a row that is made here (`tokens.key16`)."""
        return tokens.key16()

    @staticmethod
    def new_code() -> str:
        """A random code for an address, such as a receipt's (`tokens.code128`)."""
        return tokens.code128()

    def balance(self, account: str, unit: str = accounts.CNY) -> int:
        """A holding that the command named; 0 where nothing is held."""
        assert (account, unit) in self._holdings, f"{account} {unit} was not named"
        return self._memory.holdings[account, unit]

    def money_places(self, fund: str) -> list[tuple[str, int]]:
        """(account, fen) of the named places where money of a fund lies; `Loader.money_places` names all."""
        named = sorted(a for a, _ in self._holdings if accounts.is_money_place(a) and accounts.fund(a) == fund)
        return [(account, self.balance(account)) for account in named]

    def fund(self, code: str) -> Fund:
        """A fund that the command named, or the refusal `fund.unknown`."""
        assert code in self._funds, f"fund {code} was not named"
        fund = self._memory.funds.get(code)
        if fund is None:
            raise rules.FUND_UNKNOWN(fund=code)
        return fund

    def named(self, code: str) -> Named:
        """A fund as a fact of a refusal; by its code alone when the books have not read it."""
        fund = self._memory.funds.get(code)
        return Named(code, fund.name if fund else "")

    def stream(self, fund: str) -> Stream:
        """The stream of a fund that the command named, to look at; or the refusal `fund.unknown`."""
        return self._memory.streams[self.fund(fund).code]

    def available(self, fund: str) -> int:
        """What the stream of a fund can still pay, fen."""
        return self.stream(fund).available

    def number(self, series: str, year: int) -> int:
        """The next number of a gap-free series (1, 2, 3 … a year)."""
        assert (series, year) in self._series, f"series {series} {year} was not named"
        value = self._memory.series[series, year]
        self._set(self._memory.series, (series, year), value + 1)
        return value

    def row(self, table: Table[Row], key: str) -> Row | None:
        """A stored row that the command named, with the changes of earlier commands; None when there is none."""
        assert (table, key) in self._rows, f"{table.name} {key} was not named"
        return cast("Row | None", self._memory.rows[table, key])

    def change(self, table: Table[Any], key: str, **columns: Any) -> None:
        """Change columns of a row that the command named or added."""
        assert columns.keys() <= table.columns, columns.keys() - table.columns
        own = self._own.get((table, key))
        if own is not None:  # added by this very command: it is written as it stands in the end
            own.update(columns)
            return
        old = self.row(table, key)
        assert old is not None, f"there is no {table.name} {key} to change"
        self._set(self._memory.rows, (table, key), {**old, **columns})
        self._memory.written.changes.append((table, key, columns))

    def add(self, table: Table[Row], row: Row) -> None:
        """Add a row with all its columns. This command and later ones that name it see it under its key."""
        written = cast("dict[str, Any]", row)
        if table.key:
            place = (table, written[table.key])
            self._set(self._memory.rows, place, written)
            self._own[place] = written
            self._rows.add(place)
        self._memory.written.rows.append((table, written))

    def added(self, table: Table[Row], columns: Mapping[str, Any]) -> list[Row]:
        """The rows with these values that this batch has added so far, as they stand now; rows with a key are named."""
        rows: list[Row] = []
        for kept, row in self._memory.written.rows:
            if kept is not table:
                continue
            now = cast("dict[str, Any]", self._memory.rows[table, row[table.key]]) if table.key else row
            if all(now[name] == value for name, value in columns.items()):
                rows.append(cast("Row", now))
                if table.key:
                    self._rows.add((table, row[table.key]))
        return rows

    def tally(self, sums: Sums, key: tuple[str, ...], *amounts: int) -> None:
        """Add to a kept sum, in the order of its `keys` and `amounts`; nobody needs to have read it."""
        assert (len(key), len(amounts)) == (len(sums.keys), len(sums.amounts)), sums.name
        self._memory.written.tallies.append((sums, key, amounts))

    def open_day(self, day: str) -> str:
        """The day itself, or the first open one after a closed period."""
        return open_day(day, self.closed_through)

    def open_day_at(self, place: str, day: str, today: str) -> str:
        """The day itself, or the first open one of a place of money that has come: for what nobody can date."""
        later = open_day(day, self._memory.closed.get(place, (None, ""))[1])
        return later if later <= today else day

    def close_through(self, day: str) -> None:
        """No later entry lies on this day or before it: `open_day` moves it to the first open one."""
        self.closed_through = max(self.closed_through, day)

    def must_be_open(self, place: str, day: str) -> None:
        """Refuse what comes onto a closed day of a place of money, or would change one (closed_days.py)."""
        at, through = self._memory.closed.get(place, (None, ""))
        if day <= through:
            raise rules.DAY_CLOSED(place=at, through=through, day=day)

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

        `facts` are the words of the entry (codes, numbers, dates; never a name): they are hashed. The
        postings must sum to 0 per unit, and in CNY per fund (asserted: it is our own fault if not).
        """
        lines = list(postings)
        _assert_balanced(lines)
        self.seq += 1
        assert self.seq - self._mark[0] <= self._entries_max, "a large command is alone, or several commands"
        facts = facts or {}
        if reverses is None:
            self._check_use(lines, facts, flows)
        flowed = (
            self._flow(flows, facts) if flows is not None else None
        )  # first: a fund without the money has no place for it
        day = self.open_day(effective_on)
        for account, unit, quantity in lines:
            self._move(account, unit, quantity, day, lines)
        body: dict[str, Any] = {
            "v": 1,
            "seq": self.seq,
            "id": self.new_key(),
            "kind": kind,
            "recorded_at": self.at,
            "effective_on": day,
            "party": party,
            "actor": actor,
            "postings": lines,
            "facts": facts,
            "prev": self.leaf,
        }
        if reverses is not None:
            body["reverses"] = reverses
        if flowed is not None:
            body["flows"] = flowed
        self._append(body, reverses)
        return Entry(self.seq, body["id"], self.at, body["effective_on"])

    def _append(self, body: dict[str, Any], reverses: int | None) -> None:
        text = canonical.entry_text(body)
        leaf = canonical.leaf(text)
        w, seq, day = self._memory.written, self.seq, body["effective_on"]
        w.entries.append((*_COLUMNS(body), text, leaf, self.leaf, reverses))
        w.postings += [(seq, n, *line) for n, line in enumerate(body["postings"], 1)]
        w.days += [day] * len(body["postings"])
        w.figures += [
            (day, move) for move in equation.moves(body["kind"], body["postings"], reversal=reverses is not None)
        ]
        self.leaf = leaf

    def _check_use(self, lines: list[Posting], facts: dict[str, Any], flows: Flows | None) -> None:
        """I8: what leaves a fund is for a programme that it allows, or a cost that it may bear. All funds were named.

        An entry says which by its fact `programme`, or by `purpose` (plans.PURPOSES) of a cost on 5301 or 5401.
        """
        programme, purpose = facts.get("programme"), facts.get("purpose")
        if programme is not None:
            for code in {accounts.fund(account) for account, _, _ in lines} - {""}:
                if not self.fund(code).allows(programme):
                    raise rules.FUND_NOT_FOR(fund=self.named(code), programme=programme)
            return
        spending = {fund for fund, _ in flows.spend} if flows is not None else set()
        debited = [accounts.split(account) for account, _, quantity in lines if quantity > 0]
        assert not any(chart == accounts.COST for chart, _, _ in debited), "aid is for a programme (I8)"
        assert purpose is not None or not spending, "money is used for a programme, or as a cost (I8)"
        if purpose is None:
            return
        for code in sorted(spending | {fund for chart, _, fund in debited if chart in accounts.COSTS}):
            fund = self.fund(code)
            if not plans.bears(fund.kind, fund.plan, purpose):
                raise rules.FUND_NO_COST(fund=self.named(code), purpose=Term(plans.PURPOSES[purpose]))

    def use(self, fund: str, facts: Mapping[str, Any], fen: int) -> None:
        """Count what leaves a fund for what `facts` say, fen, or with `fen` below 0 what a reversal gives back (I8)."""
        self.tally(FUND_SUMS, (fund,), fen)
        plan = self.fund(fund).plan
        if plan is None:
            return
        line, limits = plans.line_of(facts), plan.limits()
        used, planned = self._memory.uses.get((fund, line), 0), limits.get(line, 0)
        if fen > 0 and used + fen > planned:
            raise rules.PLAN_EXCEEDED(
                fund=self.named(fund),
                line=plans.shown(line),
                planned_yuan=yuan(planned),
                used_yuan=yuan(used),
                needed_yuan=yuan(fen),
            )
        self._set(self._memory.uses, (fund, line), used + fen)
        self.tally(plans.PLAN_USES, (fund, line), fen)

    def _move(self, account: str, unit: str, quantity: int, day: str, lines: Sequence[Posting]) -> None:
        """I5. Money that comes in is added unread, unless the batch knows what lies there; what leaves was named.

        `lines` are those of the whole entry.
        """
        if accounts.minimum(account) is None:
            return
        if self._memory.closed and accounts.is_money_place(account):
            self.must_be_open(accounts.place_of(account), day)
        pair, holdings, money = (account, unit), self._memory.holdings, accounts.is_money_place(account)
        if money and quantity > 0 and pair not in holdings:
            self._set(self._memory.arrived, pair, self._memory.arrived.get(pair, 0) + quantity)
            return
        left = holdings[pair] if money and quantity > 0 else self.balance(account, unit)
        if left + quantity < 0 and quantity < 0:  # a place that ran below zero before it had a bound may be filled
            raise self._short(account, unit, left, -quantity, lines)
        if money:
            self._follow(account, left, quantity, day)
        self._set(holdings, pair, left + quantity)

    def _follow(self, account: str, left: int, quantity: int, day: str) -> None:
        """I5 by business date: what leaves a place on a day was there at its end and at the end of every later day."""
        later = self._memory.later.get(account)
        if quantity < 0:
            assert later is not None, f"{account} was not named with its days"
            assert self._memory.since[account] <= day, f"{account} was named from a later day than {day}"
            after = sorted(on for on in later if on > day)
            held = least = left - sum(later[on] for on in after)
            least_on = day
            for on in after:
                held += later[on]
                if held < least:
                    least, least_on = held, on
            if least + quantity < 0:
                raise rules.PLACE_SHORT_ON(
                    fund=self.named(accounts.fund(account)),
                    place=self._place(account),
                    day=least_on,
                    left_yuan=yuan(max(0, least)),
                    needed_yuan=yuan(-quantity),
                )
        if later is not None:
            self._set(later, day, later.get(day, 0) + quantity)

    def _short(self, account: str, unit: str, left: int, needed: int, lines: Sequence[Posting]) -> Refusal:
        if not accounts.is_money_place(account):
            return rules.HOLDING_SHORT(account=account, unit=unit, left=left, needed=needed)
        fund = accounts.fund(account)
        moved: dict[str, int] = defaultdict(int)  # by the refused entry itself
        for other, _, quantity in takewhile(lambda line: line[0] != account, lines):
            moved[other] += quantity
        elsewhere = [(other, fen - moved[other]) for other, fen in self.money_places(fund) if other != account]
        return rules.PLACE_SHORT(
            fund=self.named(fund),
            place=self._place(account),
            left_yuan=yuan(left),
            needed_yuan=yuan(needed),
            elsewhere=MoneyHeld(tuple((self._place(other), fen) for other, fen in elsewhere)),
        )

    def _place(self, account: str) -> MoneyPlace:
        return MoneyPlace(account, self._memory.opened)

    def _changing(self, fund: str) -> Stream:
        """A copy of the stream that takes the place of the old one until the command is undone."""
        copy = self.stream(fund).copy()
        self._set(self._memory.streams, fund, copy)
        return copy

    def _take(self, fund: str, amount: int) -> list[Piece]:
        stream = self._changing(fund)
        if amount > stream.available:
            raise rules.FUND_SHORT(
                fund=self.named(fund), available_yuan=yuan(stream.available), needed_yuan=yuan(amount)
            )
        return stream.spend(amount)

    def _flow(self, flows: Flows, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Apply the flows; their pieces go into the body, so that the trace is hashed with the books."""
        w, seq = self._memory.written, self.seq
        parts: dict[str, list[Any]] = defaultdict(list)
        for fund, piece_list in flows.release:
            self._changing(fund).release(piece_list)
            w.releases.extend((fund, *piece) for piece in piece_list)
            parts["released"].append([fund, piece_list])
        for fund, piece_list in flows.refund:
            self._changing(fund).take(piece_list)
            w.segments.extend((fund, *piece, seq, "refunded") for piece in piece_list)
            parts["refunded"].append([fund, piece_list])
        for kind, wanted in (("spent", flows.spend), ("moved", flows.move)):
            for fund, amount in wanted:
                pieces = self._take(fund, amount)
                owner = flows.payer or seq
                if kind == "spent":
                    self.use(fund, facts, amount)
                w.segments.extend((fund, *piece, owner, kind) for piece in pieces)
                parts[kind].append([fund, pieces])
        for fund, amount in flows.receive:
            piece = self._changing(fund).receive(amount)
            w.inflows.append((fund, *piece, seq))
            parts["received"].append([fund, [piece]])
        for fund, piece, owner in flows.own:
            w.owned.append((fund, *piece, owner))
            parts["owned"].append([fund, *piece, owner])
        if flows.payer is not None:
            return {"payer": flows.payer, **dict(sorted(parts.items()))}
        return dict(sorted(parts.items()))


@dataclass(frozen=True, slots=True)
class GiftPieces:
    """A received gift's positions in one fund, as loaded: what it still owns there, what is unspent of that."""

    fund: str
    owned: list[Piece]
    unspent: list[Piece]


def _assert_balanced(lines: list[Posting]) -> None:
    assert 0 < len(lines) <= POSTINGS_MAX, "an entry has 1 to 1,000 postings"
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account, unit, quantity in lines:
        assert type(quantity) is int, f"{account} {unit}: not an integer"
        assert 0 < abs(quantity) <= canonical.SAFE_MAX, f"{account} {unit}: nothing moves, or too much"
        fund = accounts.fund(account) if unit == accounts.CNY else ""
        sums[unit, fund] += quantity
    assert not any(sums.values()), f"postings do not sum to 0: {dict(sums)}"


__all__ = ["ENTRIES_MAX", "POSTINGS_MAX", "Entry", "Flows", "Fund", "GiftPieces", "Owned", "State", "Table"]
