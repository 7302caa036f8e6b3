"""What the pages of refunds show, with words in the reader's language."""

from typing import Any

from charity import words
from charity.db import sealed
from charity.giving import donations, receipts, refunds
from charity.giving.channels import CHANNELS
from charity.giving.receipts.screens import REFUND_TONES
from charity.ledger import funds
from charity.office import staff
from charity.roles import SYSTEM, Actor
from charity.web.choices import status


async def refund_page(number: str, *, by: Actor) -> dict[str, Any]:
    """A refund request: what is given back, why, and who asked."""
    row = await refunds.get(number, by=by)
    gift = await donations.get(row.donation_id, by=SYSTEM)  # whoever may see a refund sees what is given back
    staff_names = await staff.names([k for k in (row.requested_by, row.approved_by) if k])
    receipt = await receipts.get(gift.receipt_id) if gift.receipt_id else None
    return {
        "row": row,
        "reason": sealed.unseal("refund", "reason", number, row.reason),
        "gift": gift,
        "fund": (await funds.names()).get(gift.fund, gift.fund),
        "receipt": receipt,
        "requested_by": staff_names.get(row.requested_by, ""),
        "approved_by": staff_names.get(row.approved_by or "", ""),
        "state": status(row.status, refunds.STATUS_WORDS, REFUND_TONES),
        "channel": words.translate(CHANNELS[gift.channel].words),
    }


async def refund_rows(*, by: Actor) -> list[dict[str, Any]]:
    """Requests that wait."""
    rows = await refunds.waiting(by=by)
    staff_names = await staff.names([r.requested_by for r in rows])
    return [
        {
            "number": r.number,
            "href": f"/refunds/{r.number}",
            "amount": r.amount_fen,
            "by": staff_names.get(r.requested_by, ""),
            "at": r.requested_at,
        }
        for r in rows
    ]
