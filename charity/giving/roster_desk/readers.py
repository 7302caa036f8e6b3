"""What the page of a roster reads beside the roster itself: its newest line, and the receipts of its money."""

from typing import Any

from charity.db import reading
from charity.giving import unit_rosters
from charity.giving.unit_rosters import Line, UnitRoster


async def last(roster: UnitRoster) -> Line | None:
    """The newest line of a roster; None while it has none."""
    sql = "SELECT key FROM unit_roster_line WHERE roster = $1 AND sheet = $2 ORDER BY n DESC LIMIT 1"
    key = await reading.value(sql, roster.key, roster.sheet)
    return await unit_rosters.line(roster, str(key)) if key else None


async def receipts_of(roster: UnitRoster) -> list[dict[str, Any]]:
    """The unit's receipts that hold, over its staff and for itself: `{number, code, amount_fen, staff}`."""
    rows = await reading.rows(
        "SELECT number, code, amount_fen, roster FROM receipt WHERE status = 'issued' AND (roster = $1 OR code = "
        "(SELECT receipt FROM donation WHERE key = $2)) ORDER BY number",
        roster.key,
        roster.unit_donation or "",
    )
    return [{**row, "staff": row["roster"] is not None} for row in rows]


async def alone(roster: UnitRoster) -> tuple[int, int]:
    """How many of the staff have a receipt of their own that holds, and fen on them."""
    sql = (
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(l.amount_fen), 0) AS BIGINT) AS fen FROM unit_roster_line l "  # noqa: S608 - a part of ours
        f"WHERE l.roster = $1 AND l.sheet = $2 AND {unit_rosters.ALONE}"
    )
    row = await reading.only(sql, roster.key, roster.sheet)
    return int(row["n"]), int(row["fen"])
