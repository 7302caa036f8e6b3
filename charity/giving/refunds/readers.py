"""Requests to give money back, as they are read."""

from typing import Any

from charity.db import reading
from charity.giving import receipts, rules
from charity.giving.models import Refund

STATUS_WORDS = receipts.REFUND_STATUS_WORDS


async def get(number: str) -> Refund:
    """A refund's row, or refund.unknown (404)."""
    row = await Refund.get_or_none(number=number)
    if row is None:
        raise rules.REFUND_UNKNOWN()
    return row


async def waiting(limit: int = 100) -> list[dict[str, Any]]:
    """Requests that wait for approval, with the receipt of their gift, oldest first."""
    return await reading.rows(
        "SELECT f.number, f.amount_fen, f.requested_by, f.requested_at, d.receipt FROM refund f "
        "JOIN donation d ON d.key = f.donation WHERE f.status = 'requested' ORDER BY f.requested_at LIMIT $1",
        limit,
    )
