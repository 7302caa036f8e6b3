"""Paid vouchers, as a bank's lines are compared with them."""

from collections.abc import Sequence

from charity.aid import payees
from charity.aid.payees import Payee
from charity.db import reading


async def banked(numbers: Sequence[str]) -> dict[str, tuple[str, Payee]]:
    """The bank's number and the payee of these vouchers; whom they pay is shown as whoever looks may see it."""
    if not numbers:
        return {}
    rows = await reading.rows(
        "SELECT number, channel_ref, payee_kind, payee FROM voucher "  # noqa: S608 - places
        f"WHERE number IN ({reading.places(len(numbers))})",
        *numbers,
    )
    return {
        row["number"]: (row["channel_ref"] or "", await payees.known(row["payee_kind"], row["payee"])) for row in rows
    }
