"""The rosters whose transfer has not been booked: what money of a bank may be before anything of it is in the books."""

from dataclasses import dataclass
from typing import Final

from charity.db import reading
from charity.giving.unit_rosters import RosterStatus
from charity.roles import Actor

MOST: Final = 1_000
"""Rosters that are looked through, the newest first."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A roster that waits: of which unit, how far it is, what it adds up to and what its unit says that it sent.

    `reference` is written without hyphens.
    """

    key: str
    unit: str
    reference: str
    status: RosterStatus
    total_fen: int
    remitted_fen: int

    @property
    def ready(self) -> bool:
        """Whether its list is locked, so that it can be settled."""
        return self.status in {RosterStatus.LOCKED, RosterStatus.REMITTED}


async def awaited(*, by: Actor) -> list[Awaited]:
    """All rosters that wait for their transfer, for whoever works with all rosters."""
    if not by.may("roster.list"):
        return []
    rows = await reading.rows(
        "SELECT u.key, w.name, REPLACE(u.reference, '-', '') AS reference, u.status, "
        "u.staff_fen + u.unit_fen AS total, COALESCE(u.remitted_fen, 0) AS sent FROM unit_roster u "
        "JOIN work_unit w ON w.code = u.work_unit "
        "WHERE u.settled_at IS NULL ORDER BY u.invited_at DESC, u.key LIMIT $1",
        MOST,
    )
    return [
        Awaited(row["key"], row["name"], row["reference"], RosterStatus(row["status"]), row["total"], row["sent"])
        for row in rows
    ]
