"""What anybody who holds a printed roster may compare with it."""

from typing import Any

from charity.aid.branches import screens
from charity.db import reading


async def checked(number: str) -> dict[str, Any] | None:
    """Sum, number of recipients, state in words and day of a roster; nobody's name, and no place."""
    row = await reading.row(
        "SELECT number, status, amount_fen, recipients, distributed_on, content_hash FROM branch_roster "
        "WHERE number = $1",
        number,
    )
    return row and {**row, "state": screens.state(row)}
