"""Institutions that receive allocations or deliver goods."""

from typing import Any

from charity import clock
from charity.db import sealed
from charity.db.transactions import Tx
from charity.people.models import Institution, InstitutionKind
from charity.roles import Actor

CHOICES_MAX = 500


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


async def with_code(code: str, *, by: Actor) -> Institution | None:
    """The institution of this code, when this reader may see it."""
    return await Institution.visible_to(by).get_or_none(code=code)


async def every(*, by: Actor) -> list[Institution]:
    """The first institutions that this reader may see, by code; suppliers after the others."""
    rows = await Institution.visible_to(by).order_by("code").limit(CHOICES_MAX)
    return sorted(rows, key=lambda row: row.kind == InstitutionKind.SUPPLIER)


def bank_account(institution: Institution) -> str:
    """The account that money is paid to; empty when none was given."""
    return sealed.unseal("institution", "bank_account", institution.code, institution.bank_account)
