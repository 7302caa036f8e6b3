"""Institutions that receive allocations or deliver goods."""

from collections.abc import Iterable, Sequence
from typing import Any

from tortoise.expressions import Q

from charity import clock
from charity.db import sealed
from charity.db.transactions import Tx
from charity.people.models import Institution
from charity.roles import Actor

LISTED_MAX = 1_000
ALIKE_MAX = 5


async def add(
    tx: Tx,
    *,
    code: str,
    name: str,
    kind: str,
    credit_code: str = "",
    township: str = "",
    zone: str = "",
    beds: int | None = None,
    bank_account: str = "",
) -> None:
    """Keep an institution in the caller's transaction."""
    row: dict[str, Any] = {
        "code": code,
        "name": name,
        "kind": kind,
        "credit_code": credit_code,
        "township": township,
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
    """All institutions by code, at most LISTED_MAX."""
    return await Institution.visible_to(by).order_by("code").limit(LISTED_MAX)


async def branches() -> dict[str, str]:
    """The names of our own branches by code."""
    rows = await Institution.ours().order_by("code")
    return {row.code: row.name for row in rows}


async def names(codes: Iterable[str], *, by: Actor) -> dict[str, str]:
    """The names of the institutions of these codes that this reader may see."""
    rows = await Institution.visible_to(by).filter(code__in=sorted(set(codes)))
    return {row.code: row.name for row in rows}


async def alike(code: str, name: str, credit_code: str, *, by: Actor) -> list[Institution]:
    """Other institutions of this name, or of this credit code where it is given; by code, at most ALIKE_MAX."""
    same = Q(name=name) | Q(credit_code=credit_code) if credit_code else Q(name=name)
    return await Institution.visible_to(by).filter(same).exclude(code=code).order_by("code").limit(ALIKE_MAX)


async def matching(text: str, townships: Sequence[str], *, by: Actor, limit: int) -> list[Institution]:
    """Institutions whose name has this word or whose code begins so, and those of these townships; by code."""
    begins = Q(name__contains=text) | Q(code__startswith=text.upper())
    asked = begins | Q(township__in=list(townships)) if townships else begins
    return await Institution.visible_to(by).filter(asked).order_by("code").limit(limit)


def bank_account(institution: Institution) -> str:
    """The account that money is paid to; empty when none was given."""
    return sealed.unseal("institution", "bank_account", institution.code, institution.bank_account)
