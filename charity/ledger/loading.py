"""Loading what a batch names, after `head` is locked and before anything is decided."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from charity.db.transactions import Tx
from charity.ledger import accounts
from charity.ledger.state import Fund, GiftPieces, State, Table
from charity.ledger.streams import Piece, Stream, without

CHUNK = 256


class IdemKey(Protocol):
    """Scope and key of a request."""

    @property
    def scope(self) -> str: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102


class WantsLike(Protocol):
    """What a command wants to see (writer.Wants)."""

    holdings: Iterable[tuple[str, str]]
    funds: Iterable[str]
    series: Iterable[tuple[str, int]]
    rows: Iterable[tuple[Table, str]]


def _padded(values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Places and values for an IN list, padded to a power of two: few statement shapes, so few plans."""
    size = 1
    while size < len(values):
        size *= 2
    filled = [*values, *([values[-1]] * (size - len(values)))]
    return ", ".join(f"${n}" for n in range(1, size + 1)), filled


class Loader:
    """Reads inside the writer's transaction and fills the `State`. Rooms may call any method in `load`."""

    def __init__(self, tx: Tx, state: State) -> None:
        self.tx = tx
        self.state = state
        self.keys: list[tuple[str, str, str, int, str, int | None]] = []
        self.held: set[tuple[str, str]] = set()
        self.started: set[tuple[str, int]] = set()
        self.streams_stored: set[str] = set()

    @classmethod
    async def locked(cls, tx: Tx) -> "Loader":
        """Lock `head` before any other row and begin a state from it."""
        lock = " FOR UPDATE" if tx.postgres else ""
        head = await tx.row(f"SELECT seq, leaf, at, closed_through FROM head WHERE id = 1{lock}")  # noqa: S608
        assert head is not None
        return cls(tx, State(head["seq"], head["leaf"], head["at"], head["closed_through"]))

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """A room's own query inside the transaction."""
        return await self.tx.rows(sql, *args)

    async def _in(self, sql: str, values: Iterable[Any], *first: Any) -> list[dict[str, Any]]:
        """Rows of a query whose `{in}` is a list of any length."""
        found: list[dict[str, Any]] = []
        todo = list(dict.fromkeys(values))
        for n in range(0, len(todo), CHUNK):
            places, filled = _padded(todo[n : n + CHUNK])
            found += await self.tx.rows(sql.replace("{in}", places), *filled, *first)
        return found

    async def idem(self, keys: Sequence[IdemKey]) -> dict[tuple[str, str], dict[str, Any]]:
        """The stored answers of these keys."""
        found = {}
        ordered = sorted({(k.scope, k.key) for k in keys})
        for n in range(0, len(ordered), CHUNK):
            _, filled = _padded(ordered[n : n + CHUNK])
            places = ", ".join(f"(${2 * k + 1}, ${2 * k + 2})" for k in range(len(filled)))
            # Pair by pair through the primary key: keys are kept for ever, and scopes are few.
            sql = (
                f"WITH want (scope, key) AS (VALUES {places}) SELECT i.scope, i.key, i.fingerprint, i.status, "  # noqa: S608
                "i.response FROM want w JOIN idem i ON i.scope = w.scope AND i.key = w.key"
            )
            for row in await self.tx.rows(sql, *(part for pair in filled for part in pair)):
                found[row["scope"], row["key"]] = row
        return found

    async def wanted(self, wants: Sequence[WantsLike]) -> None:
        """Load what the commands of a batch named beforehand."""
        await self.holdings(pair for w in wants for pair in w.holdings)
        await self.funds(code for w in wants for code in w.funds)
        await self.series(name for w in wants for name in w.series)
        by_table: dict[Table, list[str]] = defaultdict(list)
        for w in wants:
            for table, key in w.rows:
                by_table[table].append(key)
        for table, keys in by_table.items():
            await self.stored(table, keys)

    async def holdings(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Balances of (account, unit) pairs; 0 where there is none."""
        todo = {pair for pair in pairs if pair not in self.state.holdings}
        if not todo:
            return
        ordered = sorted(todo)
        for n in range(0, len(ordered), CHUNK):
            _, filled = _padded(ordered[n : n + CHUNK])
            places = ", ".join(f"(${2 * k + 1}, ${2 * k + 2})" for k in range(len(filled)))
            # Pair by pair through the unique codes: a shelf may have held ten thousand lots that are gone.
            sql = (
                f"WITH want (account, unit) AS (VALUES {places}) SELECT w.account, w.unit, h.quantity FROM want w "  # noqa: S608
                "JOIN account a ON a.code = w.account JOIN unit u ON u.code = w.unit "
                "JOIN holding h ON h.account = a.id AND h.unit = u.id"
            )
            for row in await self.tx.rows(sql, *(part for pair in filled for part in pair)):
                pair = (row["account"], row["unit"])
                self.held.add(pair)
                self.state.holdings[pair] = row["quantity"]
        for pair in todo:
            self.state.holdings.setdefault(pair, 0)

    async def funds(self, codes: Iterable[str]) -> None:
        """Funds with their streams. An unknown code stays unknown: `state.fund` refuses it."""
        todo = {c for c in codes if c not in self.state.funds}
        if not todo:
            return
        for row in await self._in(
            "SELECT f.code, f.name, f.kind, f.programmes, s.inflow, s.outflow, s.low FROM fund f "
            "LEFT JOIN stream s ON s.fund = f.code WHERE f.code IN ({in})",
            todo,
        ):
            code = row["code"]
            self.state.funds[code] = Fund(code, row["name"], row["kind"], tuple(json.loads(row["programmes"])))
            stream = Stream(code)
            if row["inflow"] is not None:
                self.streams_stored.add(code)
                stream.inflow, stream.outflow = row["inflow"], row["outflow"]
                taken = await self.tx.rows(
                    "SELECT start, stop FROM segment WHERE fund = $1 AND stop > $2 ORDER BY start", code, row["low"]
                )
                whole = [(row["low"], row["inflow"])] if row["low"] < row["inflow"] else []
                stream.free = without(whole, [(t["start"], t["stop"]) for t in taken])
            self.state.streams[code] = stream

    async def series(self, names: Iterable[tuple[str, int]]) -> None:
        """The next numbers of series; a new one begins at 1."""
        todo = {n for n in names if n not in self.state.series}
        if not todo:
            return
        for row in await self._in("SELECT name, year, next FROM series WHERE name IN ({in})", (n for n, _ in todo)):
            key = (row["name"], row["year"])
            if key in todo:
                self.started.add(key)
                self.state.series[key] = row["next"]
        for key in todo:
            self.state.series.setdefault(key, 1)

    async def stored(self, table: Table, keys: Iterable[str]) -> None:
        """Rows of a room's table by key; None where there is none. Locked until the batch commits."""
        todo = [k for k in keys if (table.name, k) not in self.state.stored]
        if not todo:
            return
        lock = " FOR UPDATE" if self.tx.postgres else ""
        sql = f"SELECT * FROM {table.name} WHERE {table.key} IN ({{in}}){lock}"  # noqa: S608 - names from code
        for row in await self._in(sql, todo):
            self.state.stored.setdefault((table.name, row[table.key]), row)
        for key in todo:
            self.state.stored.setdefault((table.name, key), None)

    async def entry(self, seq: int) -> dict[str, Any] | None:
        """An entry's body as an object, with `reversed` when a later entry reverses it."""
        row = await self.tx.row("SELECT body FROM entry WHERE seq = $1", seq)
        if row is None:
            return None
        body: dict[str, Any] = json.loads(row["body"])
        later = await self.tx.row("SELECT seq FROM entry WHERE reverses = $1", seq)
        body["reversed"] = later["seq"] if later else None
        await self.holdings((a, u) for a, u, _ in body["postings"] if accounts.minimum(a) is not None)
        await self.funds({accounts.split(a)[2] for a, _, _ in body["postings"]} - {""})
        return body

    async def gift(self, seq: int) -> list[GiftPieces]:
        """What the entry still owns of each fund's stream, and what of that is unspent."""
        owned: dict[str, list[Piece]] = defaultdict(list)
        for row in await self.tx.rows("SELECT fund, start, stop FROM inflow WHERE seq = $1 ORDER BY start", seq):
            owned[row["fund"]].append((row["start"], row["stop"]))
        await self.funds(owned)
        result = []
        for fund, pieces in owned.items():
            taken: list[tuple[int, int, str]] = []
            for start, stop in pieces:
                taken += [
                    (r["start"], r["stop"], r["kind"])
                    for r in await self.tx.rows(
                        "SELECT start, stop, kind FROM segment WHERE fund = $1 AND stop > $2 AND start < $3",
                        fund,
                        start,
                        stop,
                    )
                ]
            refunded = [(a, b) for a, b, kind in taken if kind == "refunded"]
            left = without(pieces, refunded)
            result.append(GiftPieces(fund, left, without(left, [(a, b) for a, b, _ in taken])))
        return result
