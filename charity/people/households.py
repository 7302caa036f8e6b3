"""Households that the bureau classified, as this platform needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from charity import clock, tokens
from charity.db import sealed
from charity.db.transactions import Tx
from charity.people.models import Household
from charity.roles import Actor

CATEGORY_WORDS = {
    "DIBAO": "低保",
    "EDGE": "低保边缘",
    "TK_INST": "特困（集中供养）",
    "TK_HOME": "特困（分散供养）",
    "EXPEND": "支出型困难",
}


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to be kept."""

    code: str
    head_name: str
    township: str
    category: str
    members: int
    store: str = ""
    phone: str = ""
    address: str = ""
    bank_account: str = ""


async def add(tx: Tx, households: Sequence[NewHousehold]) -> list[str]:
    """Keep households in the caller's transaction; their keys in the same order."""
    keys = [tokens.key16() for _ in households]
    rows: list[dict[str, Any]] = [
        {
            "key": key,
            "code": h.code,
            "head_name": h.head_name,
            "township": h.township,
            "category": h.category,
            "members": h.members,
            "status": "active",
            "store": h.store,
            "phone": sealed.seal("household", "phone", key, h.phone),
            "address": sealed.seal("household", "address", key, h.address),
            "bank_account": sealed.seal("household", "bank_account", key, h.bank_account),
            "created_at": clock.stamp(),
        }
        for key, h in zip(keys, households, strict=True)
    ]
    await tx.insert("household", rows)
    return keys


def contacts(household: Household) -> tuple[str, str]:
    """Phone and address of a household; each "" when none is kept."""
    kept = {"phone": household.phone, "address": household.address}
    phone, address = (sealed.unseal("household", name, household.key, value) for name, value in kept.items())
    return phone, address


async def with_code(code: str, *, by: Actor) -> Household | None:
    """The household of this code, when this reader may see it."""
    return await Household.visible_to(by).get_or_none(code=code)


async def matching(text: str, townships: Sequence[str], *, by: Actor, limit: int) -> list[Household]:
    """Households whose head's name or code begins so, and those of these townships; by code."""
    begins = Q(head_name__startswith=text) | Q(code__startswith=text.upper())
    asked = begins | Q(township__in=list(townships)) if townships else begins
    return await Household.visible_to(by).filter(asked).order_by("code").limit(limit)


async def with_codes(codes: Iterable[str], *, by: Actor) -> dict[str, Household]:
    """The households of these codes that this reader may see, by code."""
    return {row.code: row for row in await Household.visible_to(by).filter(code__in=sorted(set(codes)))}


async def with_keys(keys: Iterable[str]) -> dict[str, Household]:
    """The households of these keys, by key: for whoever sees a row that names them."""
    return {row.key: row for row in await Household.with_keys(sorted(set(keys)))}
