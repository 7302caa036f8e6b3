"""Gifts as they are read."""

from typing import Any

from charity.db import reading
from charity.giving import rules
from charity.giving.models import Donation


async def get(key: str) -> Donation:
    """A donation's row, or donation.unknown (404)."""
    row = await Donation.get_or_none(key=key)
    if row is None:
        raise rules.DONATION_UNKNOWN()
    return row


async def latest(campaign: str, limit: int) -> list[dict[str, Any]]:
    """The newest received gifts of a campaign with what the givers allow to be shown."""
    return await reading.rows(
        "SELECT d.recorded_at, d.amount_fen, d.public_name, d.public_amount, u.name AS unit, p.kind, p.name "
        "FROM donation d LEFT JOIN receipt r ON r.code = d.receipt "
        "JOIN person p ON p.key = COALESCE(r.donor, d.donor) LEFT JOIN work_unit u ON u.code = d.work_unit "
        "WHERE d.campaign = $1 AND d.kind = 'cash' AND d.status = 'ok' ORDER BY d.seq DESC LIMIT $2",
        campaign,
        limit,
    )
