"""What stands where, as the books publish it to the rooms: three views that a room may join with its own tables.

    on_hand (place, lot, quantity)         goods: pieces of a lot at `store:LX01` or on the road, never 0
    points_balance (place, unit, points)   points of a scheme's cycle at `household:<key>`, never 0
    fund_balance (fund, available_fen)     what the stream of a fund can still pay, 0 for one that received nothing

Whatever else the books know is asked through this package; no room names its tables (tests/whole/test_sql.py).
"""

from collections.abc import Sequence

from charity.db import reading


async def points(places: Sequence[str], units: Sequence[str]) -> dict[str, int]:
    """Points of these units together by place; a place without any is missing."""
    if not units or not places:
        return {}
    rows = await reading.rows(
        "SELECT place, CAST(SUM(points) AS BIGINT) AS points FROM points_balance "  # noqa: S608
        f"WHERE place IN ({reading.places(len(places))}) AND unit IN ({reading.places(len(units), len(places) + 1)}) "
        "GROUP BY place",
        *places,
        *units,
    )
    return {row["place"]: row["points"] for row in rows}


async def with_points() -> list[tuple[str, str]]:
    """Every (place, unit) with points, by unit and place."""
    rows = await reading.rows("SELECT place, unit FROM points_balance ORDER BY unit, place")
    return [(row["place"], row["unit"]) for row in rows]
