"""What a correction of a gift will do, as whoever confirms it is shown it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charity.db import sealed
from charity.ledger.content import Content


@dataclass(frozen=True, slots=True)
class Outlook:
    """What of the gift is used, fen: the fund's next gifts take it over. `through`: 3201 for an earlier year, or ""."""

    used_fen: int
    through: str


def content(reversal: Mapping[str, Any], gift: Mapping[str, Any], outlook: Outlook) -> Content:
    """The facts; `reversal` and `gift` are rows."""
    number = reversal["number"]
    return Content(
        facts={
            "number": number,
            "donation": gift["key"],
            "status": reversal["status"],
            "amount_fen": gift["amount_fen"],
            "fund": gift["fund"],
            "received_on": gift["received_on"],
            "used_fen": outlook.used_fen,
            "through": outlook.through,
        },
        personal={"reason": sealed.unseal("gift_reversal", "reason", number, reversal["reason"])},
        salt=reversal["salt"],
    )
