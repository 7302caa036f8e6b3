"""Reversals of rosters and returns as staff read them."""

from dataclasses import dataclass
from typing import Any

from charity.aid import rules
from charity.aid.branch_reversals.verbs import content_of
from charity.db import reading, sealed
from charity.ledger import journal_vouchers
from charity.office import staff

_TARGETS = {
    "roster": "SELECT * FROM branch_roster WHERE number = $1",
    "return": "SELECT * FROM branch_return WHERE number = $1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A reversal whole, with the row of what it takes back. `entry` is its journal voucher, or ""."""

    row: dict[str, Any]
    target: dict[str, Any]
    cause: str
    reason: str
    maker: str
    decided_by: str
    entry: str
    journal: str
    content_hash: str


async def reversal(number: str) -> Reversal:
    """One reversal, or the refusal branch_reversal.unknown."""
    row = await reading.row("SELECT * FROM branch_reversal WHERE number = $1", number)
    if row is None:
        raise rules.UNDONE_UNKNOWN(number=number)
    target = await reading.row(_TARGETS[row["kind"]], row["target"])
    assert target is not None, "a reversal has its target"
    names = await staff.names({row["maker"], row["decided_by"] or ""} - {""})
    journal, entry = await journal_vouchers.of_entry(row["entry_seq"])
    return Reversal(
        row=row,
        target=target,
        cause=sealed.unseal("branch_reversal", "cause", number, row["cause"]),
        reason=sealed.unseal("branch_reversal", "reason", number, row["reason"]),
        maker=names.get(row["maker"], ""),
        decided_by=names.get(row["decided_by"], ""),
        entry=entry,
        journal=journal,
        content_hash=content_of(row, target).hash,
    )
