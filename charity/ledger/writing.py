"""Writing what a batch decided, with one bulk statement a table.

Account and unit ids are looked up once and remembered; a new account is made in the same
transaction and remembered only when that has committed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from operator import add
from typing import Any

from charity.db.tables import Sums, Table
from charity.db.transactions import Tx, insert_sql
from charity.ledger import accounts, equation, numbering
from charity.ledger.memory import Memory, Written
from charity.ledger.streams import INFLOWS_WITHIN, merged

_ENTRY = (
    "INSERT INTO entry (seq, id16, kind, recorded_at, effective_on, party, actor, body, leaf, prev, reverses) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
_POSTING = "INSERT INTO posting (seq, n, account, unit, quantity) VALUES ($1, $2, $3, $4, $5)"
_TURNOVER = (
    "INSERT INTO turnover (account, unit, day, debit, credit) VALUES ($1, $2, $3, $4, $5) ON CONFLICT "
    "(account, unit, day) DO UPDATE SET debit = turnover.debit + excluded.debit, credit = turnover.credit + "
    "excluded.credit"
)
# A place of money that ran below zero before it had a bound gets it back when it is filled.
_HOLDING_ADD = (
    "INSERT INTO holding (account, unit, quantity, minimum) VALUES ($1, $2, $3, $4) ON CONFLICT (account, unit) "
    "DO UPDATE SET quantity = holding.quantity + excluded.quantity, minimum = CASE "
    "WHEN holding.quantity + excluded.quantity >= excluded.minimum THEN excluded.minimum ELSE holding.minimum END"
)
_HOLDING_NEW = "INSERT INTO holding (account, unit, quantity, minimum) VALUES ($1, $2, $3, 0)"
_HOLDING_SET = (
    "UPDATE holding SET quantity = $3, minimum = CASE WHEN $3 >= COALESCE(minimum, 0) THEN 0 ELSE minimum END "
    "WHERE account = $1 AND unit = $2"
)
_INFLOW = "INSERT INTO inflow (fund, start, stop, seq) VALUES ($1, $2, $3, $4)"
_SEGMENT = "INSERT INTO segment (fund, start, stop, owner_seq, kind) VALUES ($1, $2, $3, $4, $5)"
_ARRIVED = f"SELECT start, stop, seq FROM inflow WHERE {INFLOWS_WITHIN} ORDER BY start"  # noqa: S608
_IDEM = "INSERT INTO idem (scope, key, fingerprint, status, response, seq) VALUES ($1, $2, $3, $4, $5, $6)"
FUND_MONTHS = Sums("fund_month", ("fund", "month"), ("worth_fen",))
"""By how much each month (of `effective_on`, as `2026-11`) changed what a fund is worth."""
_HEAD = "UPDATE head SET seq = $1, leaf = $2, at = $3, closed_through = $4 WHERE id = 1"
Statement = tuple[str, Sequence[Sequence[Any]]]
Head = tuple[int, str, str]
"""seq, leaf and at."""
_parents: dict[str, frozenset[str]] = {}
_order: dict[tuple[str, ...], dict[str, int]] = {}


class Ids:
    """Ids of accounts and units by code."""

    def __init__(self, account: dict[str, int] | None = None, unit: dict[str, int] | None = None) -> None:
        self.account = account or {}
        self.unit = unit or {}

    def remember(self, others: "Ids") -> None:
        """Know these too."""
        self.account |= others.account
        self.unit |= others.unit


async def write(tx: Tx, memory: Memory, head: Head, known: Ids, *, closed_through: str) -> Ids:
    """Write everything; the ids of the batch, to be remembered once this transaction has committed."""
    w = memory.written
    if w.entries:
        ids = await _resolved(tx, known, w)
        await tx.batch(
            [
                (_ENTRY, w.entries),
                (_POSTING, [(s, n, ids.account[a], ids.unit[u], q) for s, n, a, u, q in w.postings]),
                *_holdings(memory, ids),
                (_TURNOVER, _turnover(ids, w)),
                (FUND_MONTHS.add_sql(), _worths(w)),
                *_figures(w),
                *await numbering.numbered(tx, w.entries, w.postings, memory.looked),
                *_streams(memory),
                (_HEAD, [(*head, closed_through)]),
                *_series(memory),
                *await _rooms(tx, w),
                *_tallies(w),
                (_IDEM, memory.keys),
            ]
        )
        await _own(tx, w.owned)
        return ids
    await tx.batch([*_series(memory), *await _rooms(tx, w), *_tallies(w), (_IDEM, memory.keys)])
    return Ids()


async def _resolved(tx: Tx, known: Ids, w: Written) -> Ids:
    """The ids of the accounts and units of a batch: its cost follows the batch and not what is known."""
    accounts_of, units_of = {a for _, _, a, _, _ in w.postings}, {u for _, _, _, u, _ in w.postings}
    account = {code: known.account[code] for code in accounts_of & known.account.keys()}
    unit = {code: known.unit[code] for code in units_of & known.unit.keys()}
    if missing := sorted(accounts_of - account.keys()):
        account |= await _made(tx, "account", missing, _account_row)
    if missing := sorted(units_of - unit.keys()):
        unit |= await _made(tx, "unit", missing, lambda code: {"code": code, "kind": accounts.unit_kind(code)})
    return Ids(account, unit)


def _account_row(code: str) -> dict[str, Any]:
    chart, place, fund = accounts.split(code)
    return {"code": code, "chart": chart, "place": place, "fund": fund}


async def _made(tx: Tx, table: str, codes: list[str], row: Any) -> dict[str, int]:
    known = await _lookup(tx, table, codes)
    missing = [row(code) for code in codes if code not in known]
    if missing:
        await tx.insert(table, missing)
        known = await _lookup(tx, table, codes)
    return known


async def _lookup(tx: Tx, table: str, codes: list[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for n in range(0, len(codes), 256):
        part = codes[n : n + 256]
        places = ", ".join(f"${i}" for i in range(1, len(part) + 1))
        rows = await tx.rows(f"SELECT code, id FROM {table} WHERE code IN ({places})", *part)  # noqa: S608
        ids.update((r["code"], r["id"]) for r in rows)
    return ids


def _holdings(memory: Memory, ids: Ids) -> list[Statement]:
    """What was read is set, what was not is added to."""
    added: dict[tuple[int, int], int] = defaultdict(int)
    minimums: dict[tuple[int, int], int | None] = {}
    read: set[tuple[str, str]] = set()
    for _, _, account, unit, quantity in memory.written.postings:
        minimum, key = accounts.minimum(account), (ids.account[account], ids.unit[unit])
        if minimum is not None and (account, unit) in memory.holdings:
            read.add((account, unit))
        else:
            added[key] += quantity
            minimums[key] = minimum
    adding = [(*key, quantity, minimums[key]) for key, quantity in sorted(added.items())]
    statements: list[Statement] = [(_HOLDING_ADD, adding)]
    for sql, pairs in ((_HOLDING_SET, read & memory.held), (_HOLDING_NEW, read - memory.held)):
        rows = [(ids.account[a], ids.unit[u], memory.holdings[a, u]) for a, u in sorted(pairs)]
        statements.append((sql, rows))
    return statements


def _turnover(ids: Ids, w: Written) -> list[tuple[Any, ...]]:
    debited: dict[tuple[int, int, str], int] = defaultdict(int)
    credited: dict[tuple[int, int, str], int] = defaultdict(int)
    for (_, _, account, unit, quantity), day in zip(w.postings, w.days, strict=True):
        side = debited if quantity > 0 else credited
        side[ids.account[account], ids.unit[unit], day] += abs(quantity)
    keys = sorted(debited.keys() | credited.keys())
    return [(*key, debited[key], credited[key]) for key in keys]


def _worths(w: Written) -> list[tuple[str, str, int]]:
    """By how much the batch changed what each fund is worth, by month."""
    changed: dict[tuple[str, str], int] = defaultdict(int)
    for (_, _, account, unit, quantity), day in zip(w.postings, w.days, strict=True):
        if unit == accounts.CNY and accounts.changes_worth(account):
            changed[accounts.fund(account), day[:7]] -= quantity
    return [(*key, changed[key]) for key in sorted(changed)]


def _figures(w: Written) -> list[Statement]:
    """What the batch added to the figures of each fund, by day and by month."""
    days: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    months: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for day, (fund, figure, money_fen, goods_fen) in w.figures:
        for amounts in (days[day, fund, figure], months[day[:7], fund, figure]):
            amounts[0] += money_fen
            amounts[1] += goods_fen
    return [
        (equation.DAYS.add_sql(), [(*key, *days[key]) for key in sorted(days)]),
        (equation.MONTHS.add_sql(), [(*key, *months[key]) for key in sorted(months)]),
    ]


def _streams(memory: Memory) -> list[Statement]:
    w = memory.written
    touched = w.streams()
    values = [(f, s.inflow, s.outflow, s.low) for f in sorted(touched) for s in (memory.streams[f],)]
    return [
        ("INSERT INTO stream (fund) VALUES ($1)", [(code,) for code in sorted(touched - memory.streams_stored)]),
        ("UPDATE stream SET inflow = $2, outflow = $3, low = $4 WHERE fund = $1", values),
        ("DELETE FROM segment WHERE fund = $1 AND start >= $2 AND stop <= $3", w.releases),
        # Of a payment of which a part came back, the last positions: its segment ends before them.
        ("UPDATE segment SET stop = $2 WHERE fund = $1 AND start < $2 AND stop = $3", w.releases),
        (_INFLOW, w.inflows),
        (_SEGMENT, w.segments),
    ]


async def _own(tx: Tx, owned: Sequence[tuple[str, int, int, int]]) -> None:
    """Give positions of the inflow other owners, cutting the rows that reach beyond them."""
    for fund in sorted({row[0] for row in owned}):
        mine = sorted((start, stop, seq) for code, start, stop, seq in owned if code == fund)
        for low, high in merged((start, stop) for start, stop, _ in mine):
            rows = await tx.rows(_ARRIVED, fund, low, high)
            kept = [(r["start"], min(r["stop"], low), r["seq"]) for r in rows if r["start"] < low]
            kept += [(max(r["start"], high), r["stop"], r["seq"]) for r in rows if r["stop"] > high]
            kept += [piece for piece in mine if low <= piece[0] < high]
            await tx.many("DELETE FROM inflow WHERE fund = $1 AND start = $2", [(fund, r["start"]) for r in rows])
            await tx.many(_INFLOW, [(fund, *piece) for piece in kept])


def _series(memory: Memory) -> list[Statement]:
    values, begun = memory.series, memory.started
    return [
        (
            "UPDATE series SET next = $3 WHERE name = $1 AND year = $2 AND next <> $3",
            [(name, year, values[name, year]) for name, year in sorted(begun)],
        ),
        (
            "INSERT INTO series (name, year, next) VALUES ($1, $2, $3)",
            [(name, year, n) for (name, year), n in sorted(values.items()) if (name, year) not in begun and n > 1],
        ),
    ]


async def _rooms(tx: Tx, w: Written) -> list[Statement]:
    """The rooms' own rows: inserts, parents before children, then changes."""
    inserts: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for table, row in w.rows:
        inserts[table.name, tuple(row)].append(row)
    ranks = await _ranks(tx, tuple(dict.fromkeys(table for table, _ in inserts)))
    statements: list[Statement] = [
        (insert_sql(table, columns), [tuple(row.values()) for row in rows])
        for (table, columns), rows in sorted(inserts.items(), key=lambda item: ranks[item[0][0]])
    ]
    merged: dict[tuple[Table[Any], str], dict[str, Any]] = {}
    for target, key, columns in w.changes:
        merged.setdefault((target, key), {}).update(columns)
    grouped: dict[tuple[Table[Any], tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
    for (target, key), changed in merged.items():
        names = tuple(sorted(changed))
        grouped[target, names].append((key, *(changed[n] for n in names)))
    statements += [(_update(target, names), values) for (target, names), values in grouped.items()]
    return statements


def _tallies(w: Written) -> list[Statement]:
    """Kept sums: what a batch adds to one row is added up before, and rows are met in the order of their keys."""
    added: dict[Sums, dict[tuple[str, ...], tuple[int, ...]]] = defaultdict(dict)
    for sums, key, amounts in w.tallies:
        rows = added[sums]
        rows[key] = tuple(map(add, rows[key], amounts)) if key in rows else amounts
    return [(sums.add_sql(), [(*key, *rows[key]) for key in sorted(rows)]) for sums, rows in added.items()]


async def _ranks(tx: Tx, tables: tuple[str, ...]) -> dict[str, int]:
    """The order in which to insert into tables: by foreign keys on SQLite, of first appearance on PostgreSQL.

    While a deferred constraint is open, SQLite looks for the missing parent's children at every insert
    into a parent table, through the whole child table where it has no index: measured 88 gifts a
    second against 560 over HTTP, minutes apart on a busy machine. With parents first no constraint is ever open.
    """
    if tx.postgres:
        return {table: n for n, table in enumerate(tables)}
    if tables not in _order:
        _order[tables] = await _sorted(tx, tables)
    return _order[tables]


async def _sorted(tx: Tx, tables: tuple[str, ...]) -> dict[str, int]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in tables:
        if table not in _parents:
            keys = await tx.rows(f"PRAGMA foreign_key_list({table})")
            _parents[table] = frozenset(str(key["table"]) for key in keys) - {table}
        sorter.add(table, *(_parents[table] & set(tables)))
    try:
        return {table: n for n, table in enumerate(sorter.static_order())}
    except CycleError:  # the deferred constraints still hold, only slower
        return {table: n for n, table in enumerate(tables)}


def _update(target: Table[Any], names: Iterable[str]) -> str:
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, 2))
    return f"UPDATE {target.name} SET {sets} WHERE {target.key} = $1"  # noqa: S608 - names from code
