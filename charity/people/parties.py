"""Who is one donor: the givers of one identity, or of one sealed phone, are one party.

Person rows stay as they are, for a receipt prints the name of its own giver; a party is the key of the first of them.
Always true: a party is looked up by keys that are known before the command is queued (blind indexes, never a number),
so a batch reads all its parties at once; `marks` counts the gifts of a party for each fund and each work unit, and
whoever comes to have one, or loses the last, is one donor more or less. The nameless have no keys and are no donors.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from charity.db import engine, reading
from charity.db.tables import Table
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.people.models import PARTY, PERSON, PartyRow, Person

OF_DAY = "="
DAY, FIRST = f"{OF_DAY}on", f"{OF_DAY}first"
"""Marks of the last day on which money was recorded for a party: the day as 20261126, the seq of that day's first
entry, and by channel (`=bank`) what was given, fen."""
IDENTITIES = ("person:id:", "organisation:tax:")


def keys(giver: Mapping[str, Any]) -> tuple[str, ...]:
    """What a giver's row is known by, the identity first; none for the nameless."""
    kind = giver["kind"]
    if kind == "anonymous":
        return ()
    known = []
    if giver["id_number_index"]:
        known.append(f"person:id:{giver['id_number_index']}")
    elif giver["tax_id"]:
        known.append(f"organisation:tax:{giver['tax_id'].strip().upper()}")
    if giver["phone_index"]:
        known.append(f"{kind}:phone:{giver['phone_index']}")
    return tuple(known) or (f"own:{giver['key']}",)


async def keys_of(person: str) -> tuple[str, ...]:
    """The keys of a person's row; none when it is gone."""
    row = await Person.with_keys([person]).first().values("key", "kind", "tax_id", "phone_index", "id_number_index")
    return keys(row) if row else ()


async def rows_of(person: str) -> list[str]:
    """The keys of all rows of whoever this is, those of one identity or of one phone; this row first.

    Of two identities with one phone neither is the other, and a row without one that shares it is neither's.
    """
    sql = "SELECT key, kind, tax_id, phone_index, id_number_index FROM person WHERE {} = $1"
    row = await reading.row(sql.format("key"), person)
    if row is None or row["kind"] == "anonymous":
        return [person]
    alike = []
    for column in ("phone_index", "id_number_index"):
        if row[column]:
            alike += [one for one in await reading.rows(sql.format(column), row[column]) if one["kind"] == row["kind"]]
    if row["tax_id"]:
        alike += await reading.rows(sql.format("UPPER(TRIM(tax_id))"), row["tax_id"].strip().upper())
    mine, others = _identity(row), {_identity(one) for one in alike} - {"", _identity(row)}
    same = {mine} if mine else set(others) if len(others) == 1 else set[str]()
    if not mine or not others:
        same.add("")
    return list(dict.fromkeys([person, *(one["key"] for one in alike if _identity(one) in same)]))


def _identity(giver: Mapping[str, Any]) -> str:
    return next((key for key in keys(giver) if key.startswith(IDENTITIES)), "")


def wants(known: Iterable[str]) -> list[tuple[Table[Any], str]]:
    """What `one` needs to see."""
    return [(PARTY, key) for key in known]


async def load(loader: Loader, person: str) -> tuple[str, ...]:
    """The keys of a person with their parties in view, where none of it could be named beforehand."""
    row = await loader.row(PERSON, person)
    known = keys(row) if row else ()
    await loader.stored(PARTY, known)
    rows = [loader.state.row(PARTY, key) for key in known]
    await loader.stored(PARTY, [row["same_as"] for row in rows if row])
    return known


def one(state: State, person: str, known: Sequence[str]) -> PartyRow | None:
    """The party of a giver, made or made known by a further key; None for the nameless.

    An identity decides. A phone does where it is not yet another identity's: two of one household share one.
    """
    if not known:
        return None
    identity = next((key for key in known if key.startswith(IDENTITIES)), "")
    rows = {key: state.row(PARTY, key) for key in known}
    parties = [state.row(PARTY, row["same_as"]) for row in rows.values() if row]
    party = next((p for p in parties if p and (not identity or p["identity"] in {"", identity})), None)
    if party is None:
        key = next(key for key in known if rows[key] is None)
        party = PartyRow(key=key, same_as=key, party=person, identity=identity, marks="{}", largest_fen=0)
        rows[key] = party
        state.add(PARTY, party)
    elif identity and not party["identity"]:
        state.change(PARTY, party["key"], identity=identity)
    for key, row in rows.items():
        if row is None:
            also = PartyRow(key=key, same_as=party["key"], party=party["party"], identity="", marks="{}", largest_fen=0)
            state.add(PARTY, also)
    return party


def largest(state: State, known: Sequence[str]) -> int:
    """The largest gift of money so far of whoever these keys are, fen; 0 for who gave none, or is nameless.

    Of the gifts that stand: one that was reversed, or refunded whole, counts no more.
    """
    rows = [row for key in known if (row := state.row(PARTY, key))]
    parties = [state.row(PARTY, row["same_as"]) for row in rows]
    return max((party["largest_fen"] for party in parties if party), default=0)


def day_fen(state: State, known: Sequence[str], channel: str, today: str) -> int:
    """What whoever these keys are gave in money today by this channel, fen; 0 for who gave nothing, or is nameless."""
    rows = [row for key in known if (row := state.row(PARTY, key))]
    parties = {row["same_as"]: state.row(PARTY, row["same_as"]) for row in rows}
    marks = [from_json(party["marks"]) for party in parties.values() if party]
    return max((m.get(f"{OF_DAY}{channel}", 0) for m in marks if m.get(DAY) == _day(today)), default=0)


def mark_day(state: State, party: PartyRow, channel: str, fen: int, today: str) -> None:
    """Count money that was recorded today, before its entry is posted: the marks keep one day, the last."""
    row = state.row(PARTY, party["key"])
    assert row is not None, "a party that was looked up"
    marks: dict[str, int] = from_json(row["marks"])
    if marks.get(DAY) != _day(today):
        marks = {name: n for name, n in marks.items() if not name.startswith(OF_DAY)}
        marks |= {DAY: _day(today), FIRST: state.seq + 1}
    name = f"{OF_DAY}{channel}"
    marks[name] = marks.get(name, 0) + fen
    state.change(PARTY, party["key"], marks=to_json(marks).decode())


def unmark_day(state: State, party: PartyRow, channel: str, fen: int, seq: int) -> None:
    """A gift stands no more: when the marks of the day have it, they have it no longer."""
    row = state.row(PARTY, party["key"])
    assert row is not None, "a party that was looked up"
    marks: dict[str, int] = from_json(row["marks"])
    name = f"{OF_DAY}{channel}"
    if name in marks and seq >= marks[FIRST]:
        marks[name] -= fen
        state.change(PARTY, party["key"], marks=to_json({k: n for k, n in marks.items() if n}).decode())


def marks_sql() -> str:
    """The marks of a party `p` as rows `j` of key and value: each database has its own function for it."""
    return "LATERAL json_each_text(p.marks::json) j" if engine.state().postgres else "json_each(p.marks) j"


async def of_newest_day() -> dict[str, dict[str, int]]:
    """The marks of each party whose last day with money is the newest of all, by party."""
    newest = await reading.value(
        f"SELECT MAX(CAST(j.value AS BIGINT)) FROM party p CROSS JOIN {marks_sql()} "  # noqa: S608 - from here
        "WHERE p.key = p.same_as AND j.key = $1",
        DAY,
    )
    if newest is None:
        return {}
    rows = await reading.tuples(  # of nobody else: each party keeps the marks of its last day
        "SELECT party, marks FROM party WHERE key = same_as AND marks LIKE $1", f'%"{DAY}":{newest}%'
    )
    return {party: from_json(text) for party, text in rows}


def _day(today: str) -> int:
    return int(today.replace("-", ""))


def mark(state: State, party: PartyRow, marks: Iterable[str], gifts: int, fen: int = 0) -> list[str]:
    """Count gifts of a party (-1: one is taken back) for each mark; the marks that it came to have, or lost.

    `fen` is what was given in money.
    """
    row = state.row(PARTY, party["key"])
    assert row is not None, "a party that was looked up"
    counts: dict[str, int] = from_json(row["marks"])
    turned = []
    for name in marks:
        before = counts.get(name, 0)
        counts[name] = before + gifts
        if not before or not counts[name]:
            turned.append(name)
    kept = {name: count for name, count in counts.items() if count}
    most = max(row["largest_fen"], fen)
    state.change(PARTY, party["key"], marks=to_json(kept).decode(), largest_fen=most)
    return turned
