"""What waits: gifts that are on no receipt, and receipts that nobody delivered."""

from typing import Any, Final

from charity.db import reading
from charity.db.paging import Where
from charity.roles import Actor

OF_ROSTERS: Final = (
    "(SELECT l.donation FROM unit_roster u JOIN unit_roster_line l ON l.roster = u.key WHERE u.status = 'matched' "
    "AND l.donation IS NOT NULL UNION ALL SELECT u.unit_donation FROM unit_roster u WHERE u.status = 'matched' "
    "AND u.unit_donation IS NOT NULL)"
)
"""Gifts of rosters that wait for their receipt: it is issued on the roster's page, one over all of the staff."""


async def unreceipted(after: str, limit: int, *, by: Actor) -> list[dict[str, Any]]:
    """Gifts of a known value that stand and are on no valid receipt, the oldest first, behind `received_on|key`.

    Those of a roster that waits for its receipt are not among them.
    """
    if not by.may("gift.read"):
        return []
    where = Where().add("d.receipt IS NULL AND d.status = 'ok' AND d.amount_fen IS NOT NULL AND d.amount_fen > 0")
    where.add(f"d.key NOT IN {OF_ROSTERS}")
    day, _, key = after.partition("|")
    if key:
        where.after(("d.received_on", "d.key"), (day, key))
    sql = (
        "SELECT d.key, d.received_on, d.kind, d.donor, d.campaign, d.fund, d.channel, "  # noqa: S608 - conditions from code
        f"d.amount_fen - d.refunded_fen AS amount_fen FROM donation d WHERE {where.text} "
        f"ORDER BY d.received_on, d.key LIMIT {int(limit)}"
    )
    return await reading.rows(sql, *where.values)


async def waiting(after: str, limit: int, *, by: Actor) -> list[dict[str, Any]]:
    """Valid receipts that wait for their giver, the oldest first, behind `issued_on|number`."""
    if not by.may("gift.read"):
        return []
    where = Where().add("r.status = 'issued' AND r.delivery = 'pending'")
    day, _, number = after.partition("|")
    if number:
        where.after(("r.issued_on", "r.number"), (day, number))
    sql = (
        "SELECT r.code, r.number, r.status, r.delivery, r.issued_on, r.amount_fen, r.campaign, r.fund, r.donor "  # noqa: S608 - conditions from code
        f"FROM receipt r WHERE {where.text} ORDER BY r.issued_on, r.number LIMIT {int(limit)}"
    )
    return await reading.rows(sql, *where.values)
