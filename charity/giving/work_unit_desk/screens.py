"""What the pages of work units show, with words in the reader's language."""

from collections.abc import Sequence
from typing import Any

from charity import addresses, words
from charity.giving import unit_rosters, work_units
from charity.giving.models import WorkUnit
from charity.giving.work_units import KIND_WORDS
from charity.office import staff
from charity.roles import Actor
from charity.web.choices import choices, status

STATE_WORDS = {"active": "在用", "retired": "已停用"}
STATE_TONES = {"active": "good", "retired": "none"}


def state_of(unit: WorkUnit) -> dict[str, str]:
    """Whether it takes part."""
    return status("retired" if unit.retired_at else "active", STATE_WORDS, STATE_TONES)


def rows(units: Sequence[WorkUnit]) -> list[dict[str, Any]]:
    """The rows of the list."""
    return [
        {
            "href": addresses.of("work_unit", unit.code),
            "code": unit.code,
            "name": unit.name,
            "kind": words.translate(KIND_WORDS[unit.kind]),
            "reference": unit.reference,
            "state": state_of(unit),
            "staff": unit.staff,
        }
        for unit in units
    ]


def filters() -> dict[str, Any]:
    """What the list can be filtered by."""
    return {"kinds": choices(KIND_WORDS, "全部"), "states": choices(STATE_WORDS, "全部")}


async def shown(unit: WorkUnit, by: Actor) -> dict[str, Any]:
    """One unit: what is kept of it, and what came from it by campaign."""
    shows = words.say("显示") if unit.show_amount else words.say("不显示")
    open_ = [] if unit.retired_at else await work_units.open_campaigns()
    changed_by = (await staff.names({unit.changed_by})).get(unit.changed_by, "") if unit.changed_by else ""
    return {
        "unit": unit,
        "state": state_of(unit),
        "facts": [
            {"term": words.say("单位类型"), "value": words.translate(KIND_WORDS[unit.kind])},
            {"term": words.say("参考号"), "value": unit.reference, "kind": "code"},
            {"term": words.say("职工数"), "value": unit.staff, "kind": "count"},
            {"term": words.say("公示捐款总额"), "value": shows},
            {"term": words.say("最近修改"), "value": unit.changed_at, "kind": "instant", "note": changed_by},
        ],
        "posters": open_,
        **await _rosters(unit, open_, by),
        "giving": [
            {
                "href": campaign_page(str(row["campaign"]), by),
                "name": row["name"],
                "donors": row["donors"],
                "gifts": row["gifts"],
                "net_fen": row["net_fen"],
            }
            for row in await work_units.giving_of(unit.code, by=by)
        ],
    }


async def _rosters(unit: WorkUnit, open_: Sequence[dict[str, str]], by: Actor) -> dict[str, Any]:
    """The unit's rosters, and the open campaigns in which it has none yet; nothing for who may not see rosters."""
    if not by.may("roster.list"):
        return {"rosters": [], "to_begin": []}
    there = await unit_rosters.of_unit(unit.code, by=by)
    names = {one["slug"]: one["name"] for one in await work_units.one_day_campaigns()}
    begun = {one.campaign for one in there}
    return {
        "rosters": [
            {
                "href": addresses.of("unit_roster", one.key),
                "label": f"{names.get(one.campaign, one.campaign)}　{one.reference}",
            }
            for one in there
        ],
        "to_begin": [one for one in open_ if one["slug"] not in begun],
    }


def campaign_page(campaign: str, by: Actor) -> str:
    """The campaign's page for staff, for who may open it."""
    return f"/desk/campaigns/{campaign}" if by.may("campaign.read") else ""
