"""Which receipts a file is asked for and has, and the files of an account."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from charity.db import reading
from charity.giving import receipts, rules, unit_rosters
from charity.giving.receipt_files.models import ReceiptFile
from charity.roles import Actor
from charity.settings import settings

RECEIPTS_MAX: Final = 3_000
"""Receipts of one file."""
SHOWN_MAX: Final = 20
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Receipts in the order of their numbers; `originals` of them were never printed and are valid."""

    rows: list[dict[str, Any]]
    originals: int

    @property
    def codes(self) -> list[str]:
        """Their check codes."""
        return [row["code"] for row in self.rows]

    @property
    def hash(self) -> str:
        """What was shown: the receipts, and which of them is an original."""
        parts = "|".join(f"{row['code']},{row['copied']},{row['status']}" for row in self.rows)
        return hashlib.sha256(parts.encode()).hexdigest()


async def selected(filters: receipts.Filters, *, roster: str = "", by: Actor) -> Selection:
    """The receipts that the list shows with these filters, or those of a settled roster.

    Refuses none (receipt_file.none) and more than RECEIPTS_MAX (receipt_file.many).
    """
    by.must("receipt.print")
    if roster:
        await unit_rosters.get(roster, by=by)
        codes = await _of_roster(roster)
    else:
        codes = [row["code"] for row in await receipts.page(filters, RECEIPTS_MAX + 1, by=by)]
    return await listed(codes)


async def listed(codes: Sequence[str]) -> Selection:
    """These receipts, however many files may have."""
    if not codes:
        raise rules.RECEIPT_FILE_NONE()
    if len(codes) > RECEIPTS_MAX:
        raise rules.RECEIPT_FILE_MANY(most=RECEIPTS_MAX)
    rows: list[dict[str, Any]] = []
    for n in range(0, len(codes), CHUNK):
        part = codes[n : n + CHUNK]
        rows += await reading.rows(
            "SELECT r.code, r.number, r.status, r.amount_fen, "  # noqa: S608 - $1, $2, …
            "CASE WHEN r.status <> 'issued' OR p.receipt IS NOT NULL THEN 1 ELSE 0 END AS copied "
            "FROM receipt r LEFT JOIN receipt_print p ON p.receipt = r.code "
            f"WHERE r.code IN ({reading.places(len(part))})",
            *part,
        )
    if len(rows) < len(set(codes)):
        raise rules.RECEIPT_UNKNOWN()
    rows.sort(key=lambda row: row["number"])
    return Selection(rows, sum(1 for row in rows if not row["copied"]))


async def _of_roster(roster: str) -> list[str]:
    """The valid receipts over the gifts of a roster: its staff's, the single ones, the unit's own."""
    sql = (
        "SELECT DISTINCT r.code FROM receipt r JOIN receipt_line k ON k.number = r.number "
        "WHERE r.status = 'issued' AND k.donation IN ("
        "SELECT donation FROM unit_roster_line WHERE roster = $1 AND donation IS NOT NULL "
        "UNION SELECT unit_donation FROM unit_roster WHERE key = $1 AND unit_donation IS NOT NULL)"
    )
    return [row["code"] for row in await reading.rows(sql, roster)]


def folder() -> Path:
    """Where files are made; readable by the owner of the process only."""
    place = settings().data_dir / "receipt_files"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def path_of(row: ReceiptFile, ending: str = "") -> Path:
    """Where its file is or will be."""
    return folder() / f"{row.key}.{ending or row.ending}"


async def get(key: str, *, by: Actor) -> ReceiptFile:
    """A file of this account."""
    by.must("receipt.print")
    row = await ReceiptFile.visible_to(by).filter(key=key).first()
    if row is None:
        raise rules.RECEIPT_FILE_UNKNOWN()
    return row


async def recent(*, by: Actor, limit: int = SHOWN_MAX) -> list[ReceiptFile]:
    """The latest files of this account."""
    by.must("receipt.print")
    return await ReceiptFile.visible_to(by).order_by("-created_at", "key").limit(limit)


async def file_of(key: str, *, by: Actor) -> ReceiptFile:
    """A file that is there, or the refusal why not."""
    row = await get(key, by=by)
    if row.state != "done":
        raise rules.RECEIPT_FILE_NOT_READY()
    if not path_of(row).exists():
        raise rules.RECEIPT_FILE_GONE()
    return row


async def lines_of(key: str) -> list[dict[str, Any]]:
    """The receipts of a file in their order: `{n, code, number, status, original}`.

    Before its prints are noted `original` says which would be one now; afterwards, which is.
    """
    return await reading.rows(
        "SELECT l.n, r.code, r.number, r.status, "
        "CASE WHEN r.status = 'issued' AND (p.receipt IS NULL OR p.file = l.file) THEN 1 ELSE 0 END AS original "
        "FROM receipt_file_line l JOIN receipt r ON r.code = l.receipt "
        "LEFT JOIN receipt_print p ON p.receipt = l.receipt WHERE l.file = $1 ORDER BY l.n",
        key,
    )


async def ended_since(row: ReceiptFile) -> list[str]:
    """The numbers of receipts that were voided or replaced after the file was made."""
    rows = await reading.rows(
        "SELECT r.number FROM receipt_file_line l JOIN receipt r ON r.code = l.receipt "
        "WHERE l.file = $1 AND r.ended_at > $2 ORDER BY l.n",
        row.key,
        row.noted_at or row.created_at,
    )
    return [str(line["number"]) for line in rows]
