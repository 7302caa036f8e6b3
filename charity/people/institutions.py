"""Institutions that receive allocations or deliver goods."""

from typing import Any

from charity import clock
from charity.db import reading, sealed
from charity.db.transactions import Tx
from charity.people import rules

KINDS = ("home", "hospital", "school", "supplier", "federation")


async def add(
    tx: Tx,
    *,
    code: str,
    name: str,
    kind: str,
    zone: str = "",
    beds: int | None = None,
    bank_account: str = "",
) -> None:
    """Keep an institution in the caller's transaction."""
    row: dict[str, Any] = {
        "code": code,
        "name": name,
        "kind": kind,
        "zone": zone,
        "beds": beds,
        "bank_account": sealed.seal("institution", "bank_account", code, bank_account),
        "created_at": clock.stamp(),
    }
    await tx.insert("institution", [row])


async def by_code(code: str) -> dict[str, Any]:
    """An institution's code, name and kind, or the refusal institution.unknown."""
    row = await reading.row("SELECT code, name, kind FROM institution WHERE code = $1", code)
    if row is None:
        raise rules.INSTITUTION_UNKNOWN(code=code)
    return row


async def every() -> list[dict[str, Any]]:
    """All institutions by code."""
    return await reading.rows("SELECT code, name, kind FROM institution ORDER BY code")
