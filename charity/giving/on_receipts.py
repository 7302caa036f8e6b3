"""What is on a receipt of however many givers, and which receipts a gift was on: read for traces and registers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charity import clock
from charity.db import reading, sealed
from charity.giving.kinds import DonationStatus

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Contents:
    """What is on a receipt: the entries of gifts that stand, the fen of those taken out of the books, and the funds."""

    in_force: list[int]
    corrected_fen: int
    funds: list[str]


async def contents(number: str) -> Contents:
    """What is on the receipt of this number."""
    rows = await reading.tuples(
        "SELECT d.seq, d.status, COALESCE(d.amount_fen, 0), d.fund FROM receipt_line k "
        "JOIN donation d ON d.key = k.donation WHERE k.number = $1 ORDER BY d.seq",
        number,
    )
    return Contents(
        sorted({seq for seq, status, _, _ in rows if status != DonationStatus.REVERSED}),
        sum(fen for _, status, fen, _ in rows if status == DonationStatus.REVERSED),
        list(dict.fromkeys(fund for _, _, _, fund in rows)),
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """The last receipt of a gift that has none in force: `status` voided or replaced, `on` the day it ended."""

    code: str
    number: str
    status: str
    on: str
    reason: str


async def last_of(donations: Sequence[str]) -> dict[str, Ended]:
    """The last receipt that each of these gifts was on, by gift, of those that are no more."""
    ended: dict[str, Ended] = {}
    for at in range(0, len(donations), CHUNK):
        part = donations[at : at + CHUNK]
        for row in await reading.rows(
            "SELECT k.donation, r.code, r.number, r.status, r.ended_at, r.reason FROM receipt_line k "  # noqa: S608
            f"JOIN receipt r ON r.number = k.number WHERE k.donation IN ({reading.places(len(part))}) "
            "AND r.ended_at IS NOT NULL ORDER BY r.recorded_at, r.number",
            *part,
        ):
            day = clock.business_date(row["ended_at"]).isoformat()
            reason = sealed.unseal("receipt", "reason", row["code"], row["reason"]) or ""
            ended[row["donation"]] = Ended(row["code"], row["number"], row["status"], day, reason)
    return ended


async def originals(events: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The number of the receipt that a gift was on when something of it was taken back, by (gift, that instant).

    The one that was ended by it; of a gift whose receipt had been voided before, the last one until then.
    """
    asked = sorted(set(events))
    keys = sorted({donation for donation, _ in asked})
    listed: dict[str, list[dict[str, Any]]] = {}
    for n in range(0, len(keys), CHUNK):
        part = keys[n : n + CHUNK]
        for row in await reading.rows(
            "SELECT k.donation, r.number, r.recorded_at, r.ended_at FROM receipt_line k "  # noqa: S608
            f"JOIN receipt r ON r.number = k.number WHERE k.donation IN ({reading.places(len(part))}) "
            "ORDER BY r.number",
            *part,
        ):
            listed.setdefault(row["donation"], []).append(row)
    numbers: dict[tuple[str, str], str] = {}
    for donation, at in asked:
        on = listed.get(donation, [])
        ended = [row["number"] for row in on if row["ended_at"] == at]
        before = [row["number"] for row in on if row["recorded_at"] < at]
        if ended or before:
            numbers[donation, at] = ended[0] if ended else before[-1]
    return numbers
