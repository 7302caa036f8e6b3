"""Rosters as they are read: by the office all of them, by an organiser those of his unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from charity.db import reading, sealed
from charity.db.fields import nothing
from charity.giving import organisers, rules
from charity.giving.roster_sheets import Typed
from charity.giving.unit_rosters.models import RosterStatus, UnitRoster
from charity.people import persons
from charity.roles import Actor

ROWS: Final = 100
"""Lines on a page."""
STATUS_WORDS: dict[str, str] = {
    RosterStatus.INVITED: "已邀请",
    RosterStatus.JOINED: "已加入",
    RosterStatus.OPEN: "名册填报中",
    RosterStatus.LOCKED: "名册已锁定",
    RosterStatus.REMITTED: "单位已汇款",
    RosterStatus.MATCHED: "款已核对入账",
    RosterStatus.RECEIPTED: "已开收据",
    RosterStatus.PUBLISHED: "已公示",
}
SUMS: Final = (
    "SELECT COUNT(*) AS lines, CAST(COALESCE(SUM(CASE WHEN counted THEN amount_fen ELSE 0 END), 0) AS BIGINT) AS fen, "
    "CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) AS all_fen, "
    "COALESCE(SUM(CASE WHEN counted THEN 1 ELSE 0 END), 0) AS people, "
    "COALESCE(SUM(CASE WHEN faults <> '' THEN 1 ELSE 0 END), 0) AS wrong, "
    "COALESCE(SUM(CASE WHEN NOT counted AND faults = '' THEN 1 ELSE 0 END), 0) AS online, "
    "COALESCE(MAX(changed_at), '') AS at FROM unit_roster_line WHERE roster = $1 AND sheet = $2"
)
"""Sums of a sheet: lines, counted people and fen, fen of all, unreadable rows, who gave online, the last change."""
ALONE: Final = (
    "EXISTS (SELECT 1 FROM donation d JOIN receipt r ON r.code = d.receipt "
    "WHERE d.key = l.donation AND r.roster IS NULL)"
)
"""Whether a line `l` has a receipt of its own, asked for on the roster or later."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown. `double`: another line has its name."""

    key: str
    sheet: int
    n: int
    typed: Typed
    amount_fen: int | None
    counted: bool
    single: bool
    payroll: bool
    faults: tuple[str, ...]
    double: bool
    changed_at: str
    donation: str | None


async def _visible(by: Actor) -> QuerySet[UnitRoster]:
    """All rosters for who works with all; for an organiser those of the unit that is his now."""
    if by.may("roster.list"):
        return UnitRoster.visible_to(by)
    unit = await organisers.unit_of(by)
    return UnitRoster.of(unit) if unit else nothing(UnitRoster)


async def get(key: str, *, by: Actor) -> UnitRoster:
    """A roster, or unit_roster.unknown (404)."""
    row = await (await _visible(by)).get_or_none(key=key)
    if row is None:
        raise rules.UNIT_ROSTER_UNKNOWN()
    return row


async def of_unit(work_unit: str, *, by: Actor) -> list[UnitRoster]:
    """The rosters of a unit, the newest first."""
    return await (await _visible(by)).filter(work_unit=work_unit).order_by("-invited_at")


async def reference_to_pay(work_unit: str, own: str, campaign: str) -> str:
    """The one reference of a unit's transfer in a campaign: its roster's; without one the unit's own, where it is free.

    "" where a roster of another campaign has it: the roster to come gets another one. Posters say it to everybody.
    """
    sql = "SELECT reference FROM unit_roster WHERE campaign = $1 AND work_unit = $2"
    reference: str | None = await reading.value(sql, campaign, work_unit)
    if reference:
        return reference
    return "" if await reading.value("SELECT 1 FROM unit_roster WHERE reference = $1", own) else own


async def settled_days(campaign: str) -> tuple[str, str]:
    """The first and the last day on which money of a campaign's units came; "" before any came."""
    rows = await reading.tuples(
        "SELECT COALESCE(MIN(received_on), ''), COALESCE(MAX(received_on), '') FROM unit_roster "
        "WHERE campaign = $1 AND settled_at IS NOT NULL",
        campaign,
    )
    return str(rows[0][0]), str(rows[0][1])


async def listed(*, campaign: str = "", status: str = "", after: str = "", limit: int, by: Actor) -> list[UnitRoster]:
    """Rosters by the code of their unit, after `code|key`."""
    query = await _visible(by)
    if campaign:
        query = query.filter(campaign=campaign)
    if status:
        query = query.filter(status=status)
    if after:
        code, _, key = after.partition("|")
        query = query.filter(Q(work_unit__gt=code) | Q(work_unit=code, key__gt=key))
    return await query.order_by("work_unit", "key").limit(limit)


async def sought(
    reference: str, amounts: Sequence[int], units: Sequence[str] = (), *, limit: int, by: Actor
) -> list[UnitRoster]:
    """Rosters of this reference, hyphen or not, of these sums (the list's or the transfer's), or of these units."""
    marks = reading.places(len(amounts), 2)
    known = ("staff_fen + unit_fen", "staff_fen", "COALESCE(remitted_fen, 0)", "COALESCE(received_fen, 0)")
    sums_ = "".join(f" OR {sum_} IN ({marks})" for sum_ in known) if amounts else ""
    sql = f"SELECT key FROM unit_roster WHERE REPLACE(reference, '-', '') = REPLACE($1, '-', '') {sums_}"  # noqa: S608
    keys = [key for (key,) in await reading.tuples(sql, reference, *amounts)]
    if units:
        sql = f"SELECT key FROM unit_roster WHERE work_unit IN ({reading.places(len(units))})"  # noqa: S608
        keys += [key for (key,) in await reading.tuples(sql, *units)]
    return await (await _visible(by)).filter(key__in=keys).order_by("-invited_at", "key").limit(limit)


def place(row: UnitRoster) -> str:
    """Where the list goes on behind this roster."""
    return f"{row.work_unit}|{row.key}"


async def lines(roster: str, sheet: int, *, after: int = 0, only: str = "", limit: int = ROWS) -> list[Line]:
    """Lines of a sheet in their order; `only`: "wrong", "double" or "online". For who has the roster."""
    doubled = (
        "l.name_index IN (SELECT d.name_index FROM unit_roster_line d WHERE d.roster = $1 AND d.sheet = $2 "
        "AND d.name_index IS NOT NULL GROUP BY d.name_index HAVING COUNT(*) > 1)"
    )
    which = {
        "": "",
        "wrong": "AND l.faults <> ''",
        "online": "AND NOT l.counted AND l.faults = ''",
        "double": f"AND {doubled}",
    }
    rows = await reading.rows(
        f"SELECT l.*, {doubled} AS double, {ALONE} AS alone FROM unit_roster_line l "  # noqa: S608 - parts of ours
        "WHERE l.roster = $1 AND l.sheet = $2 "
        f"AND l.n > $3 {which[only]} ORDER BY l.n LIMIT $4",
        roster,
        sheet,
        after,
        limit,
    )
    names = await persons.names(row["donor"] for row in rows if row["donor"])
    return [_line(row, names) for row in rows]


async def line(roster: UnitRoster, key: str) -> Line:
    """One line of a roster or of the sheet that waits, or unit_roster.changed."""
    sql = f"SELECT l.*, FALSE AS double, {ALONE} AS alone FROM unit_roster_line l WHERE l.key = $1"  # noqa: S608 - ours
    row = await reading.row(sql, key)
    if row is None or row["roster"] != roster.key or row["sheet"] not in {roster.sheet, roster.draft}:
        raise rules.UNIT_ROSTER_CHANGED()
    return _line(row, await persons.names([row["donor"]] if row["donor"] else []))


def _line(row: dict[str, Any], names: dict[str, persons.Person]) -> Line:
    typed = Typed.of(sealed.unseal("unit_roster_line", "typed", row["key"], row["typed"]))
    if row["donor"]:
        tail = sealed.unseal("unit_roster_line", "tail", row["key"], row["tail"])
        typed = Typed(name=persons.shown(names.get(row["donor"])), tail=tail)
    return Line(
        key=row["key"],
        sheet=row["sheet"],
        n=row["n"],
        typed=typed,
        amount_fen=row["amount_fen"],
        counted=bool(row["counted"]),
        single=bool(row["single"] or row["alone"]),
        payroll=bool(row["payroll"]),
        faults=tuple(row["faults"].split()),
        double=bool(row["double"]),
        changed_at=row["changed_at"],
        donation=row["donation"],
    )


async def without_receipt(row: UnitRoster) -> int:
    """How many gifts of a roster are on no receipt that holds; 0 before it is settled."""
    if not row.settled_at:
        return 0
    bare = "d.status = 'ok' AND d.receipt IS NULL"
    return int(
        await reading.value(
            "SELECT (SELECT COUNT(*) FROM unit_roster_line l JOIN donation d ON d.key = l.donation "  # noqa: S608 - ours
            f"WHERE l.roster = $1 AND {bare}) + (SELECT COUNT(*) FROM donation d WHERE d.key = $2 AND {bare})",
            row.key,
            row.unit_donation or "",
        )
        or 0
    )


async def sums(roster: str, sheet: int) -> dict[str, Any]:
    """What a sheet adds up to, as SUMS says."""
    return await reading.only(SUMS, roster, sheet)


async def doubles(roster: str, sheet: int) -> int:
    """How many names stand on a sheet more than once."""
    return int(
        await reading.value(
            "SELECT COUNT(*) FROM (SELECT name_index FROM unit_roster_line WHERE roster = $1 AND sheet = $2 "
            "AND name_index IS NOT NULL GROUP BY name_index HAVING COUNT(*) > 1) x",
            roster,
            sheet,
        )
        or 0
    )
