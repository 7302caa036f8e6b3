"""What settling reads: the lines as they are locked, those that are booked, and the tables D5 and D6."""

from dataclasses import dataclass
from typing import Any

from charity.db import reading, sealed
from charity.giving.roster_sheets import Typed, read
from charity.giving.unit_rosters import UnitRoster
from charity.people import persons


@dataclass(frozen=True, slots=True)
class LockedLine:
    """One of the staff as the roster says it: unsealed, for the writer's commands alone."""

    key: str
    name: str
    phone: str
    tail: str
    amount_fen: int
    single: bool
    public: bool


async def locked_lines(row: UnitRoster) -> list[LockedLine]:
    """The counted lines of a roster in their order."""
    sql = "SELECT key, typed, amount_fen FROM unit_roster_line WHERE roster = $1 AND sheet = $2 AND counted ORDER BY n"
    lines = []
    for key, typed, amount_fen in await reading.tuples(sql, row.key, row.sheet):
        values = read(Typed.of(sealed.unseal("unit_roster_line", "typed", key, typed)))
        lines.append(LockedLine(key, values.name, values.phone, values.tail, amount_fen, values.single, values.public))
    return lines


async def left_out(row: UnitRoster) -> list[str]:
    """The keys of the lines that are not counted: who gave online himself."""
    sql = "SELECT key FROM unit_roster_line WHERE roster = $1 AND sheet = $2 AND NOT counted"
    return [str(key) for (key,) in await reading.tuples(sql, row.key, row.sheet)]


async def settled_lines(row: UnitRoster) -> list[dict[str, Any]]:
    """The booked lines of a roster in their order: `{key, n, donation, donor, amount_fen, single, tail}`."""
    return await reading.rows(
        "SELECT key, n, donation, donor, amount_fen, single, tail FROM unit_roster_line "
        "WHERE roster = $1 AND sheet = $2 AND donation IS NOT NULL ORDER BY n",
        row.key,
        row.sheet,
    )


async def giver_of(work_unit: str, name: str) -> str | None:
    """The key under which this unit gave for an earlier roster by the same name."""
    rows = await reading.tuples(
        "SELECT donor FROM unit_roster WHERE work_unit = $1 AND donor IS NOT NULL ORDER BY settled_at", work_unit
    )
    givers = await persons.names(donor for (donor,) in rows)
    return next((donor for (donor,) in rows if (one := givers.get(donor)) and one.name == name), None)
