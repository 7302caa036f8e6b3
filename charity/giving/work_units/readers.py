"""Work units as they are read: those to choose from, the list of all, and what came from them.

Source: Charity Law 32 (no apportionment), field.md 2.4: never against a target, units without a gift are not on the
public page, an amount is shown there only where the unit wishes it.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tortoise.expressions import Q

from charity import clock
from charity.db import reading
from charity.giving import rules
from charity.giving.kinds import CampaignKind, CampaignStatus, WorkUnitKind
from charity.giving.models import WorkUnit
from charity.roles import PUBLIC, Actor

KIND_WORDS: dict[str, str] = {
    WorkUnitKind.GOVERNMENT: "机关",
    WorkUnitKind.INSTITUTION: "事业单位",
    WorkUnitKind.STATE_FIRM: "国有企业",
    WorkUnitKind.PRIVATE_FIRM: "民营企业",
    WorkUnitKind.SOCIETY: "社会团体",
    WorkUnitKind.COMMUNITY: "社区",
    WorkUnitKind.VILLAGE: "村",
    WorkUnitKind.SCHOOL: "学校",
    WorkUnitKind.STATIONED: "驻地单位",
    WorkUnitKind.OTHER: "其他单位",
}


@dataclass(frozen=True, slots=True)
class Giving:
    """What came from a unit in a campaign; `net_fen` is None where the unit does not want it shown."""

    code: str
    name: str
    donors: int
    gifts: int
    net_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is asked for; empty means all. `text` stands in the name, or begins the code or the reference."""

    text: str = ""
    kind: str = ""
    state: str = ""
    after: str = ""


def normal(name: str) -> str:
    """A name as it is compared: brackets and letters in one width, blanks away."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


async def every() -> list[WorkUnit]:
    """The units that take part, by code: a giver chooses his own."""
    return await WorkUnit.visible_to(PUBLIC).filter(retired_at=None).order_by("code")


async def get(code: str, *, by: Actor) -> WorkUnit:
    """A unit's row, or work_unit.not_found (404)."""
    row = await WorkUnit.visible_to(by).get_or_none(code=code)
    if row is None:
        raise rules.WORK_UNIT_NOT_FOUND()
    return row


async def of_references(bare: Collection[str]) -> set[str]:
    """The codes of the units that have one of these references, written without hyphens."""
    rows = await reading.rows(
        f"SELECT code FROM work_unit WHERE REPLACE(reference, '-', '') IN ({reading.places(len(bare))})",  # noqa: S608
        *sorted(bare),
    )
    return {row["code"] for row in rows}


async def named(codes: Iterable[str]) -> dict[str, str]:
    """Names by code; everybody may know them."""
    rows = WorkUnit.visible_to(PUBLIC).filter(code__in=sorted(set(codes)))
    return dict(await rows.values_list("code", "name"))


async def listed(filters: Filters, limit: int, *, by: Actor) -> list[WorkUnit]:
    """Units by code, after one. `state` is "active" or "retired"."""
    query = WorkUnit.visible_to(by)
    if filters.kind:
        query = query.filter(kind=filters.kind)
    if filters.state:
        query = query.filter(retired_at__isnull=filters.state == "active")
    if filters.after:
        query = query.filter(code__gt=filters.after)
    if filters.text:
        start = filters.text.upper()
        named_so = Q(code__in=await _of_name(filters.text))
        query = query.filter(named_so | Q(code__startswith=start) | Q(reference__startswith=start))
    return await query.order_by("code").limit(limit)


async def _of_name(text: str) -> list[str]:
    """The codes of the units in whose name a text stands, as names are compared: units are hundreds, not more."""
    sought = normal(text)
    rows = await reading.tuples("SELECT code, name FROM work_unit")
    return [str(code) for code, name in rows if sought in normal(str(name))]


async def giving(campaign: str, *, sort: str = "participation") -> list[Giving]:
    """The units that have given, by participation or by name (in the order of pinyin)."""
    rows = await reading.rows(
        "SELECT u.code, u.name, u.show_amount, s.donors, s.gifts, s.net_fen AS net FROM unit_sum s "
        "JOIN work_unit u ON u.code = s.work_unit WHERE s.campaign = $1 AND s.net_fen > 0",
        campaign,
    )
    units = [
        Giving(r["code"], r["name"], r["donors"], r["gifts"], r["net"] if r["show_amount"] else None) for r in rows
    ]
    units.sort(key=lambda g: g.name.encode("gb18030", "replace"))  # GB 2312 orders its first level by pinyin
    return units if sort == "name" else sorted(units, key=lambda g: -g.donors)


async def open_campaigns() -> list[dict[str, str]]:
    """One-day campaigns that are published and not over: `{slug, name}`, the newest first."""
    return await reading.rows(
        "SELECT slug, name FROM campaign WHERE kind = $1 AND status = $2 AND (ends_on IS NULL OR ends_on >= $3) "
        "ORDER BY starts_on DESC, slug DESC",
        CampaignKind.ONE_DAY,
        CampaignStatus.ACTIVE,
        clock.today().isoformat(),
    )


async def one_day_campaigns() -> list[dict[str, str]]:
    """One-day campaigns that were ever published: `{slug, name}`, the newest first."""
    return await reading.rows(
        "SELECT slug, name FROM campaign WHERE kind = $1 AND status <> $2 ORDER BY starts_on DESC, slug DESC",
        CampaignKind.ONE_DAY,
        CampaignStatus.DRAFT,
    )


async def giving_of(code: str, *, by: Actor) -> list[dict[str, object]]:
    """What came from one unit, newest campaign first: `{campaign, name, donors, gifts, net_fen}`."""
    by.must("gift.read")
    return await reading.rows(
        "SELECT s.campaign, c.name, s.donors, s.gifts, s.net_fen FROM unit_sum s "
        "JOIN campaign c ON c.slug = s.campaign "
        "WHERE s.work_unit = $1 AND s.gifts > 0 ORDER BY c.starts_on DESC, c.slug DESC",
        code,
    )
