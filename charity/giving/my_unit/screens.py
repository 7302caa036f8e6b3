"""What the page of an organiser's own unit shows, with words in the reader's language."""

from typing import Any

from charity import addresses, words
from charity.giving import campaigns, organisers, suggested, unit_rosters, ways, work_units
from charity.giving.organisers.screens import reached
from charity.giving.unit_rosters import FILLED, UnitRoster
from charity.roles import Actor


async def my_unit(unit: str, *, by: Actor) -> dict[str, Any]:
    """An organiser's own unit: what to write, where to pay, and each campaign with its poster and a number of gifts."""
    kept = await work_units.get(unit, by=by)
    shown, now = [], await work_units.open_campaigns()
    rosters = {one.campaign: one for one in await unit_rosters.of_unit(unit, by=by)}
    names = await campaigns.names([campaign["slug"] for campaign in now])
    for campaign in now:
        to = await ways.account_of(campaign["slug"]) or ways.Account()
        roster = rosters.get(campaign["slug"])
        shown.append(
            {
                "slug": campaign["slug"],
                "name": names.get(campaign["slug"], campaign["name"]),
                "roster": roster and _roster(roster),
                "gifts": await organisers.gifts_of(unit, campaign["slug"]),
                "reference": await unit_rosters.reference_to_pay(kept.code, kept.reference, campaign["slug"]),
                "facts": _account(to),
                "suggested": await suggested.of(campaign["slug"]),
            }
        )
    return {"unit": kept, "campaigns": shown, "reached": await reached()}


def _roster(row: UnitRoster) -> dict[str, Any]:
    """Where it is, whether it still is filled, and whether its money is booked."""
    return {
        "href": addresses.of("unit_roster", row.key),
        "filled": row.status in FILLED,
        "settled": row.settled_at is not None,
    }


def _account(to: ways.Account) -> list[dict[str, Any]]:
    if to.planned:
        return [{"term": words.say("收款账户"), "value": to.planned}]
    lines = (("户名", to.holder, "text"), ("开户行", to.bank, "text"), ("账号", to.number, "code"))
    return [{"term": words.translate(term), "value": value, "kind": kind} for term, value, kind in lines if value]
