"""What the pages of donation boxes show, with words in the reader's language."""

import json
from collections.abc import Sequence
from typing import Any, Final, cast

from charity import addresses, clock, words
from charity.db import sealed
from charity.giving import campaigns
from charity.giving.boxes.content import content
from charity.giving.boxes.models import BOX_OPENING, BoxOpening, BoxOpeningRow, DonationBox, OpeningStatus
from charity.giving.boxes.sheets import DENOMINATIONS, denomination
from charity.office import staff
from charity.roles import Actor
from charity.web import confirming, forms

STATUS_WORDS: Final = {
    OpeningStatus.COUNTED: ("等第二人确认", "wait"),
    OpeningStatus.CONFIRMED: ("已入账@box", "good"),
    OpeningStatus.DROPPED: ("已作废@box", "none"),
}
NAMES: Final = ("code", "site", "keeper", "campaign")
COUNTED: Final = ("on", "time", "opener", "witness", "slip_ref")


def row_of(one: BoxOpening) -> BoxOpeningRow:
    """An opening as the writer keeps it."""
    return cast("BoxOpeningRow", {name: getattr(one, name) for name in BOX_OPENING.columns})


def named(one: BoxOpening, column: str) -> str:
    """Who opened it, or who of the site saw it."""
    return sealed.unseal("box_opening", column, one.number, getattr(one, column))


def status(one: BoxOpening) -> dict[str, str]:
    """How far it has come, as a word with its tone."""
    label, tone = STATUS_WORDS[OpeningStatus(one.status)]
    return {"code": str(one.status), "label": words.say(label), "tone": tone}


async def listed(boxes: Sequence[DonationBox], openings: Sequence[BoxOpening], by: Actor) -> dict[str, Any]:
    """All boxes, and their openings."""
    titles = await campaigns.names({box.campaign for box in boxes})
    counts = by.may("box.count")
    return {
        "boxes": [
            {
                "code": {"value": box.code, "href": f"/boxes/{box.code}/open" if counts else ""},
                "site": box.site,
                "keeper": sealed.unseal("donation_box", "keeper", box.code, box.keeper),
                "campaign": titles.get(box.campaign, box.campaign),
            }
            for box in boxes
        ],
        "rows": [
            {
                "number": {"value": one.number, "href": addresses.of("box_opening", one.number)},
                "box": one.box,
                "on": {"value": one.opened_on, "note": one.opened_time},
                "amount": one.amount_fen,
                "slip": one.slip_ref,
                "status": status(one),
            }
            for one in openings
        ],
    }


async def new(typed: forms.Data) -> dict[str, Any]:
    """The form of a box."""
    offered = await campaigns.money_takers()
    return {
        "values": {name: forms.text(typed, name) for name in NAMES},
        "campaigns": [{"value": slug, "label": name} for slug, name in offered.items()],
    }


def counting(box: DonationBox, typed: forms.Data) -> dict[str, Any]:
    """The form of an opening."""
    values = {name: forms.text(typed, name) for name in COUNTED}
    if not typed:
        values["on"] = clock.today().isoformat()
    return {
        "box": box,
        "values": values,
        "counts": [
            {"name": f"sheets_{fen}", "label": denomination(fen), "value": forms.text(typed, f"sheets_{fen}")}
            for fen in DENOMINATIONS
        ],
    }


async def show(one: BoxOpening, box: DonationBox, by: Actor, *, slip_ref: str = "") -> dict[str, Any]:
    """An opening, with what can be done with it."""
    say = words.say
    people = await staff.names({one.counted_by, one.confirmed_by or ""} - {""})
    waits = one.status == OpeningStatus.COUNTED
    facts: list[dict[str, Any]] = [
        {"term": say("箱号"), "value": one.box},
        {"term": say("地点"), "value": box.site},
        {"term": say("开箱时间"), "value": f"{one.opened_on} {one.opened_time}"},
        {"term": say("合计"), "value": one.amount_fen, "kind": "yuan"},
        {"term": say("开箱人"), "value": named(one, "opener")},
        {"term": say("点位证明人"), "value": named(one, "witness")},
        {"term": say("清点人（财务）"), "value": people.get(one.counted_by, "")},
        {"term": say("清点人（第二人）"), "value": people.get(one.confirmed_by or "", "")},
        {"term": say("缴存回单号"), "value": one.slip_ref},
    ]
    return {
        "number": one.number,
        "state": status(one),
        "facts": facts,
        "counts": sheets(one),
        "amount": one.amount_fen,
        "waits": waits and by.may("box.confirm") and one.counted_by != by.key,
        "own": waits and one.counted_by == by.key,
        "drops": waits and by.may("box.count"),
        "slip": bool(not one.slip_ref and one.status != OpeningStatus.DROPPED and by.may("box.count")),
        "slip_ref": slip_ref,
        "gift": addresses.shown_to(by, "gift", one.donation) if one.donation else "",
        "carried": confirming.carried(content(row_of(one)).hash, facts),
    }


def sheets(one: BoxOpening) -> list[dict[str, Any]]:
    """Each note and coin with how many and what they are worth."""
    return [{"label": denomination(fen), "count": count, "fen": fen * count} for fen, count in json.loads(one.sheets)]
