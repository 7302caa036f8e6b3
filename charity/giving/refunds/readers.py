"""Requests to give money back, as they are read."""

from charity.giving import receipts, rules
from charity.giving.models import Refund, RefundStatus
from charity.roles import Actor

STATUS_WORDS = receipts.REFUND_STATUS_WORDS


async def get(number: str, *, by: Actor) -> Refund:
    """A refund's row, or refund.unknown (404)."""
    row = await Refund.visible_to(by).get_or_none(number=number)
    if row is None:
        raise rules.REFUND_UNKNOWN()
    return row


async def waiting(limit: int = 100, *, by: Actor) -> list[Refund]:
    """Requests that wait for approval, oldest first."""
    return await Refund.visible_to(by).filter(status=RefundStatus.REQUESTED).order_by("requested_at").limit(limit)
