"""Rosters as staff read them."""

from dataclasses import dataclass
from typing import Any

from charity.aid import branches, recipients, rules
from charity.aid.branches import LISTED_MAX, ROSTERS, Advance
from charity.aid.recipients import Recipient
from charity.db import reading, sealed
from charity.ledger import journal_vouchers
from charity.office import staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster whole. `listed` are its recipients with what each got, fen; `entry` is its journal voucher, or ""."""

    row: dict[str, Any]
    place: str
    reason: str
    listed: list[tuple[Recipient, int]]
    advance: Advance
    maker: str
    decided_by: str
    entry: str
    journal: str


async def waiting_rosters() -> list[dict[str, Any]]:
    """Rosters that nobody has confirmed yet, oldest first."""
    return await reading.rows(f"{ROSTERS} WHERE r.status = 'waiting' ORDER BY r.number LIMIT {LISTED_MAX}")


async def roster(number: str) -> Roster:
    """One roster, or the refusal roster.unknown."""
    row = await reading.row(f"{ROSTERS} WHERE r.number = $1", number)
    if row is None:
        raise rules.ROSTER_UNKNOWN(number=number)
    names = await staff.names({row["maker"], row["decided_by"] or ""} - {""})
    journal, entry = await journal_vouchers.of_entry(row["entry_seq"])
    listed = await recipients.of_content(row["content_hash"])
    return Roster(
        row=row,
        place=sealed.unseal("branch_roster", "place", number, row["place"]),
        reason=sealed.unseal("branch_roster", "reason", number, row["reason"]),
        listed=list(zip(listed, await _amounts(row["content_hash"]), strict=True)),
        advance=await branches.advance(row["voucher"]),
        maker=names.get(row["maker"], ""),
        decided_by=names.get(row["decided_by"], ""),
        entry=entry,
        journal=journal,
    )


async def _amounts(content_hash: str) -> list[int]:
    rows = await reading.tuples(
        "SELECT amount_fen FROM voucher_recipient WHERE content_hash = $1 ORDER BY n", content_hash
    )
    return [fen for (fen,) in rows]
