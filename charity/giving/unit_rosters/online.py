"""Who of a unit gave online himself, also after his line was written: the same gift must not come twice."""

from collections import Counter
from typing import Any

from charity.db import reading, sealed
from charity.people import persons


async def gifts(campaign: str, work_unit: str) -> Counter[str]:
    """How often each name of the unit's staff gave online in this campaign, by its keyed hash."""
    rows = await reading.tuples(
        "SELECT donor FROM donation WHERE work_unit = $1 AND campaign = $2 AND status = 'ok'", work_unit, campaign
    )
    givers = await persons.names(donor for (donor,) in rows)
    names = [one.name for (donor,) in rows if (one := givers.get(donor)) and one.kind == "person" and one.name]
    return Counter(sealed.blind_index("unit_roster_line", "name", name) or "" for name in names)


async def since(roster: Any) -> list[str]:
    """The keys of counted lines whose name gave online after the line was written or chosen, in their order.

    Of as many gifts of a name as no line that is left out answers for; a line chosen since stays as it was chosen.
    """
    late = await _late(roster)
    if not late:
        return []
    lines = await reading.rows(
        "SELECT key, name_index, counted, changed_at FROM unit_roster_line "
        "WHERE roster = $1 AND sheet = $2 AND faults = '' AND name_index IS NOT NULL ORDER BY n",
        roster.key,
        roster.sheet,
    )
    left = await gifts(roster.campaign, roster.work_unit)
    left.subtract(line["name_index"] for line in lines if not line["counted"])
    keys = []
    for line in lines:
        name = line["name_index"]
        if line["counted"] and left[name] > 0 and line["changed_at"] < late.get(name, ""):
            left[name] -= 1
            keys.append(line["key"])
    return keys


async def _late(roster: Any) -> dict[str, str]:
    """When each name last gave online, of the gifts recorded after the roster's first line was written."""
    rows = await reading.tuples(
        "SELECT donor, MAX(recorded_at) FROM donation WHERE work_unit = $1 AND campaign = $2 AND status = 'ok' "
        "AND recorded_at > (SELECT MIN(changed_at) FROM unit_roster_line WHERE roster = $3 AND sheet = $4) "
        "GROUP BY donor",
        roster.work_unit,
        roster.campaign,
        roster.key,
        roster.sheet,
    )
    givers = await persons.names(donor for donor, _ in rows)
    last: dict[str, str] = {}
    for donor, at in rows:
        one = givers.get(donor)
        if one and one.kind == "person" and one.name:
            name = sealed.blind_index("unit_roster_line", "name", one.name) or ""
            last[name] = max(last.get(name, ""), at)
    return last
