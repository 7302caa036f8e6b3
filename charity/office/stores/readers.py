"""Stores and townships: codes and names that the other rooms and the pages ask for."""

from dataclasses import dataclass

from charity.office import models, rules
from charity.office.models import StoreRow
from charity.roles import PUBLIC, Actor

KIND_WORDS = {"CENTER": "中心店", "BRANCH": "分店", "MOBILE": "流动车"}


@dataclass(frozen=True, slots=True)
class Store:
    """A charity love supermarket; `township` is a code, `kind` CENTER, BRANCH or MOBILE."""

    code: str
    name: str
    township: str
    kind: str


@dataclass(frozen=True, slots=True)
class Township:
    """A township: `zone` U (town) or R (country), people living there, and people who may get aid."""

    code: str
    name: str
    zone: str
    population: int = 0
    eligible: int = 0


async def every() -> list[Store]:
    """All stores by code."""
    return [_store(row) for row in await StoreRow.visible_to(PUBLIC).order_by("code")]


async def get(code: str) -> Store:
    """One store, or the refusal store.unknown (404)."""
    row = await StoreRow.visible_to(PUBLIC).get_or_none(code=code)
    if row is None:
        raise rules.STORE_UNKNOWN(store=code)
    return _store(row)


def _store(row: StoreRow) -> Store:
    return Store(row.code, row.name, row.township_id, row.kind)


async def served(code: str, *, by: Actor) -> Store:
    """The store at which this account works now; refuses an account of another store (403)."""
    store = await get(code)
    by.must_serve(store.code)
    return store


async def townships() -> list[Township]:
    """All townships by code."""
    rows = await models.Township.visible_to(PUBLIC).order_by("code")
    return [Township(row.code, row.name, row.zone, row.population, row.eligible) for row in rows]


async def names() -> dict[str, str]:
    """The names of all stores by code."""
    return {store.code: store.name for store in await every()}


async def township_names() -> dict[str, str]:
    """The names of all townships by code."""
    return {township.code: township.name for township in await townships()}
