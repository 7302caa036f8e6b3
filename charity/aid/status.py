"""The states of a voucher as people read them, and what may still happen in each."""

from typing import Any

from charity import words
from charity.printing.vouchers import STATUSES

STATUS_WORDS = STATUSES
TONES = {
    "draft": "wait",
    "approving": "wait",
    "approved": "info",
    "paid": "good",
    "bounced": "bad",
    "delivered": "good",
    "rejected": "bad",
    "cancelled": "none",
}
OPEN = frozenset({"draft", "approving"})
UNPAID = OPEN | {"approved"}


def status_word(status: str) -> dict[str, Any]:
    """A status for the atoms: code, words, tone."""
    return {"code": status, "label": words.say(STATUS_WORDS[status]), "tone": TONES[status]}
