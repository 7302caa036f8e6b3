"""Loading what a batch names, after `head` is locked and before anything is decided."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from charity.db.idem import Idem
from charity.db.tables import Row, Table
from charity.db.transactions import Tx
from charity.ledger import accounts, plans
from charity.ledger import places as places_of
from charity.ledger.commands import Wants
from charity.ledger.memory import Fund, Memory
from charity.ledger.numbering import Needed, Query
from charity.ledger.places import Place
from charity.ledger.state import GiftPieces, State
from charity.ledger.streams import SEGMENTS_WITHIN, Piece, Stream, without

CHUNK = 256
_MONEY_PLACES = f"SELECT code FROM account WHERE fund IN ({{in}}) AND chart IN {accounts.MONEY_PLACES}"  # noqa: S608 - our own charts
_TAKEN = f"SELECT start, stop, kind FROM segment WHERE {SEGMENTS_WITHIN}"  # noqa: S608
Rows = list[dict[str, Any]]
Take = Callable[[Rows], None]


def _padded(values: Sequence[Any]) -> list[Any]:
    """The values, padded to a power of two: few statement shapes, so few plans."""
    size = 1
    while size < len(values):
        size *= 2
    return [*values, *([values[-1]] * (size - len(values)))]


@lru_cache(maxsize=512)
def _with_places(sql: str, size: int, width: int) -> str:
    """The SQL with so many places in its `{in}`: single ones, or pairs of them."""
    if width == 1:
        return sql.replace("{in}", ", ".join(f"${n}" for n in range(1, size + 1)))
    return sql.replace("{in}", ", ".join(f"(${2 * n + 1}, ${2 * n + 2})" for n in range(size)))


def _listed(sql: str, values: Sequence[Any], take: Take) -> list[Query]:
    """A query whose `{in}` is a list of any length, as one query a chunk."""
    parts = [_padded(values[n : n + CHUNK]) for n in range(0, len(values), CHUNK)]
    return [(_with_places(sql, len(filled), 1), filled, take) for filled in parts]


def _pairwise(sql: str, pairs: Sequence[tuple[str, str]], take: Take) -> list[Query]:
    """A query whose `{in}` is a VALUES list of pairs of any length."""
    queries: list[Query] = []
    for n in range(0, len(pairs), CHUNK):
        filled = _padded(pairs[n : n + CHUNK])
        queries.append((_with_places(sql, len(filled), 2), [part for pair in filled for part in pair], take))
    return queries


def _idem(keys: Sequence[Idem], known: dict[tuple[str, str], dict[str, Any]]) -> list[Query]:
    """The stored answers of these keys, pair by pair through the primary key: keys are kept for ever."""

    def take(rows: Rows) -> None:
        known.update({(row["scope"], row["key"]): row for row in rows})

    sql = (
        "WITH want (scope, key) AS (VALUES {in}) SELECT i.scope, i.key, i.fingerprint, i.status, "
        "i.response FROM want w JOIN idem i ON i.scope = w.scope AND i.key = w.key"
    )
    return _pairwise(sql, sorted({(k.scope, k.key) for k in keys}), take)


class Loader:
    """Reads inside the writer's transaction and fills the batch's memory. Rooms may call any method in `load`.

    What a method loads, the command has named: `state` shows it, with what earlier commands decided.
    """

    def __init__(self, tx: Tx, memory: Memory, state: State) -> None:
        self._tx = tx
        self._memory = memory
        self.state = state

    @classmethod
    async def begun(
        cls, tx: Tx, memory: Memory, keys: Sequence[Idem], wants: Sequence[Wants], journal: Needed
    ) -> tuple["Loader", dict[tuple[str, str], dict[str, Any]]]:
        """Lock `head` before any other row, then read the keys and what is wanted: one round trip on SQLite.

        `journal` is what of the journal vouchers the batch will likely need.
        """
        lock = " FOR UPDATE" if tx.postgres else ""
        loader = cls(tx, memory, State(memory))
        known: dict[tuple[str, str], dict[str, Any]] = {}

        def head(rows: Rows) -> None:
            loader.state.start(**rows[0])

        first: Query = (f"SELECT seq, leaf, at, closed_through FROM head WHERE id = 1{lock}", [], head)  # noqa: S608
        closed: Query = (places_of.CLOSED, [], loader._note_closed)
        await loader._run(
            [first, closed, *_idem(keys, known), *loader._wanted(wants), *memory.looked.queries(*journal)]
        )
        await loader._run(loader._followed(wants))
        return loader, known

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """A room's own query inside the transaction. Rows of earlier commands are not written yet: see `added`."""
        return await self._tx.rows(sql, *args)

    def added(self, table: Table[Row], **columns: Any) -> list[Row]:
        """The rows with these values that earlier commands of the batch added, as they stand now."""
        return self.state.added(table, columns)

    async def row(self, table: Table[Row], key: str) -> Row | None:
        """A row of a room's table by key, with the changes of earlier commands; None where there is none."""
        await self.stored(table, [key])
        return self.state.row(table, key)

    async def stored(self, table: Table[Any], keys: Collection[str]) -> None:
        """Rows of a room's table by key, for `state.row`. Locked until the batch commits."""
        await self._run(self._stored(table, keys))
        self.state.name(Wants(rows=[(table, key) for key in keys]))

    async def holdings(self, pairs: Collection[tuple[str, str]]) -> None:
        """Balances of (account, unit) pairs; 0 where there is none."""
        await self._run(self._holdings(pairs))
        self.state.name(Wants(holdings=pairs))

    async def money_places(self, places: Collection[str], *, on: str) -> None:
        """Places that money leaves on a day, as `1002/ICBC-01/F-EDU`, and wherever else their funds have money.

        The refusal `fund_place.short` then names the fund and says where there is more. What moved after `on` is read
        with them: what leaves on a day must have been there on that day and on every later one.
        """
        funds = {accounts.fund(place) for place in places}
        known = {account for account, _ in (*self._memory.holdings, *self._memory.arrived)}
        named_now: list[Query] = [] if self._memory.opened else [(places_of.ALL, [], self._name_places)]
        everywhere = _listed(_MONEY_PLACES, sorted(funds), lambda rows: known.update(row["code"] for row in rows))
        await self._run([*named_now, *self._funds(sorted(funds)), *everywhere])
        others = {a for a in known if accounts.is_money_place(a) and accounts.fund(a) in funds}
        named = sorted({*places, *others})
        await self.holdings([(place, accounts.CNY) for place in named])
        await self._run(self._later([(place, on) for place in named]))

    def _name_places(self, rows: Rows) -> None:
        self._memory.opened.update({row["code"]: Place(**row) for row in rows})

    def _note_closed(self, rows: Rows) -> None:
        for row in rows:
            through = row.pop("closed_through")
            self._memory.closed[row["code"]] = (Place(**row), through)

    async def funds(self, codes: Collection[str]) -> None:
        """Funds with their streams. An unknown code stays unknown: `state.fund` refuses it."""
        await self._run(self._funds(codes))
        self.state.name(Wants(funds=codes))

    async def series(self, names: Collection[tuple[str, int]]) -> None:
        """The next numbers of series; a new one begins at 1."""
        await self._run(self._series(names))
        self.state.name(Wants(series=names))

    async def _run(self, queries: Sequence[Query]) -> None:
        if not queries:
            return
        answers = await self._tx.queries([(sql, args) for sql, args, _ in queries])
        for (_, _, take), rows in zip(queries, answers, strict=True):
            take(rows)

    def _wanted(self, wants: Sequence[Wants]) -> list[Query]:
        """The queries for what the commands of a batch named beforehand."""
        by_table: dict[Table[Any], list[str]] = defaultdict(list)
        for w in wants:
            for table, key in w.rows:
                by_table[table].append(key)
        return [
            *self._holdings(pair for w in wants for pair in w.holdings),
            *self._later((a, "") for w in wants for a, _ in w.holdings if accounts.is_money_place(a)),
            *self._funds(code for w in wants for code in w.funds),
            *self._series(name for w in wants for name in w.series),
            *(query for table, keys in by_table.items() for query in self._stored(table, keys)),
        ]

    def _followed(self, wants: Sequence[Wants]) -> list[Query]:
        """The queries for rows that named rows point to; mostly they were named, or are the same."""
        by_table: dict[Table[Any], list[str]] = defaultdict(list)
        for table, key in {pair for w in wants for pair in w.rows if pair[0].follows}:
            row = self._memory.rows[table, key]
            if row is not None:
                by_table[table].append(row[table.follows])
        return [query for table, keys in by_table.items() for query in self._stored(table, sorted(keys))]

    def _holdings(self, pairs: Iterable[tuple[str, str]]) -> list[Query]:
        todo = sorted({pair for pair in pairs if pair not in self._memory.holdings})
        arrived = self._memory.arrived  # earlier in this batch, into places that nobody had named
        self._memory.holdings.update({pair: arrived.get(pair, 0) for pair in todo})

        def take(rows: Rows) -> None:
            for row in rows:
                pair = (row["account"], row["unit"])
                self._memory.held.add(pair)
                self._memory.holdings[pair] = row["quantity"] + arrived.get(pair, 0)

        # Pair by pair through the unique codes: a shelf may have held ten thousand lots that are gone.
        sql = (
            "WITH want (account, unit) AS (VALUES {in}) SELECT w.account, w.unit, h.quantity FROM want w "
            "JOIN account a ON a.code = w.account JOIN unit u ON u.code = w.unit "
            "JOIN holding h ON h.account = a.id AND h.unit = u.id"
        )
        return _pairwise(sql, todo, take)

    def _later(self, places: Iterable[tuple[str, str]]) -> list[Query]:
        """What came to places of money and left them, by day after the day beside each."""
        memory, written = self._memory, self._memory.written
        todo = {(place, on) for place, on in places if place not in memory.since or on < memory.since[place]}
        if not todo:
            return []
        memory.since.update(todo)
        memory.later.update({place: {} for place, _ in todo})
        decided: dict[tuple[str, str], int] = defaultdict(int)
        for (_, _, account, _, fen), day in zip(written.postings, written.days, strict=True):  # earlier in this batch
            decided[account, day] += fen
        for (account, day), fen in decided.items():
            if (account, memory.since.get(account)) in todo:
                memory.later[account][day] = fen

        def take(rows: Rows) -> None:
            for row in rows:
                account, day = row["account"], row["day"]
                memory.later[account][day] = row["fen"] + decided.get((account, day), 0)

        sql = (
            "WITH want (account, day) AS (VALUES {in}) SELECT w.account, t.day, t.debit - t.credit AS fen FROM want w "
            "CROSS JOIN account a CROSS JOIN unit u CROSS JOIN turnover t WHERE a.code = w.account AND u.code = 'CNY' "
            "AND t.account = a.id AND t.unit = u.id AND t.day > w.day"
        )
        return _pairwise(sql, sorted(todo), take)

    def _funds(self, codes: Iterable[str]) -> list[Query]:
        todo = [c for c in dict.fromkeys(codes) if c not in self._memory.funds]
        lows: dict[str, int] = {}

        def funds(rows: Rows) -> None:
            for row in rows:
                code = row["code"]
                programmes, plan = tuple(json.loads(row["programmes"])), plans.read(row["plan"])
                self._memory.funds[code] = Fund(code, row["name"], row["kind"], programmes, plan)
                if row["line"] is not None:
                    self._memory.uses[code, row["line"]] = row["used_fen"]
                stream = Stream(code)
                if row["inflow"] is not None:
                    self._memory.streams_stored.add(code)
                    stream.inflow, stream.outflow = row["inflow"], row["outflow"]
                    lows[code] = row["low"]
                self._memory.streams[code] = stream

        def segments(rows: Rows) -> None:
            taken: dict[str, list[Piece]] = defaultdict(list)
            for row in rows:
                taken[row["fund"]].append((row["start"], row["stop"]))
            for code in set(lows) & set(todo):
                stream, low = self._memory.streams[code], lows.pop(code)
                stream.free = without([(low, stream.inflow)], taken[code])

        return [
            *_listed(
                "SELECT f.code, f.name, f.kind, f.programmes, f.plan, s.inflow, s.outflow, s.low, u.line, u.used_fen "
                "FROM fund f LEFT JOIN stream s ON s.fund = f.code LEFT JOIN plan_use u ON u.fund = f.code "
                "WHERE f.code IN ({in})",
                todo,
                funds,
            ),
            *_listed(
                "SELECT g.fund, g.start, g.stop FROM stream s JOIN segment g ON g.fund = s.fund AND g.stop > s.low "
                "WHERE s.fund IN ({in}) ORDER BY g.fund, g.start",
                todo,
                segments,
            ),
        ]

    def _series(self, names: Iterable[tuple[str, int]]) -> list[Query]:
        todo = {n for n in names if n not in self._memory.series}
        self._memory.series.update(dict.fromkeys(sorted(todo), 1))

        def take(rows: Rows) -> None:
            for row in rows:
                key = (row["name"], row["year"])
                if key in todo:
                    self._memory.started.add(key)
                    self._memory.series[key] = row["next"]

        sql = "SELECT name, year, next FROM series WHERE name IN ({in})"
        return _listed(sql, sorted({name for name, _ in todo}), take)

    def _stored(self, table: Table[Any], keys: Iterable[str]) -> list[Query]:
        stored = self._memory.rows
        todo = [k for k in dict.fromkeys(keys) if (table, k) not in stored]
        stored.update({(table, key): None for key in todo})

        def take(rows: Rows) -> None:
            for row in rows:
                stored[table, row[table.key]] = row

        lock = " FOR UPDATE" if self._tx.postgres else ""
        sql = f"SELECT * FROM {table.name} WHERE {table.key} IN ({{in}}){lock}"  # noqa: S608 - names from code
        return _listed(sql, todo, take)

    async def entry(self, seq: int) -> dict[str, Any] | None:
        """An entry's body as an object, with `reversed` when a later entry reverses it."""
        row = await self._tx.row("SELECT body FROM entry WHERE seq = $1", seq)
        if row is None:
            return None
        body: dict[str, Any] = json.loads(row["body"])
        later = await self._tx.row("SELECT seq FROM entry WHERE reverses = $1", seq)
        body["reversed"] = later["seq"] if later else None
        await self.holdings([(a, u) for a, u, _ in body["postings"] if accounts.minimum(a) is not None])
        await self.funds({accounts.split(a)[2] for a, _, _ in body["postings"]} - {""})
        return body

    async def gift(self, seq: int) -> list[GiftPieces]:
        """What the entry still owns of each fund's stream, neither given back nor moved to another, and the unspent."""
        owned: dict[str, list[Piece]] = defaultdict(list)
        for row in await self._tx.rows("SELECT fund, start, stop FROM inflow WHERE seq = $1 ORDER BY start", seq):
            owned[row["fund"]].append((row["start"], row["stop"]))
        await self.funds(owned)
        result = []
        for fund, pieces in owned.items():
            taken: list[tuple[int, int, str]] = []
            for start, stop in pieces:
                taken += [(r["start"], r["stop"], r["kind"]) for r in await self._tx.rows(_TAKEN, fund, start, stop)]
            left = without(pieces, [(a, b) for a, b, kind in taken if kind != "spent"])
            result.append(GiftPieces(fund, left, without(left, [(a, b) for a, b, _ in taken])))
        return result
