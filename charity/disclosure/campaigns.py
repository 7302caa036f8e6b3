"""What the public sees of a campaign: its figures, the latest gifts, the filing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from charity import clock, words
from charity.giving import campaigns, donations
from charity.giving.campaigns import Shown
from charity.people import masking, persons
from charity.people.masking import Reader, What

GIFTS_MAX = 8


@dataclass(frozen=True, slots=True)
class LatestGift:
    """A received gift as its giver allows it to be shown, by its day only; `amount_fen` None: not shown."""

    who: str
    on: str
    amount_fen: int | None
    unit: str


async def latest_gifts(slug: str, limit: int = GIFTS_MAX) -> list[LatestGift]:
    """The newest received gifts; pledges are never shown (Charity Law 41)."""
    return [
        LatestGift(
            persons.shown(gift.giver, to=Reader.PUBLIC, consent=gift.public_name),
            clock.business_date(gift.recorded_at).isoformat(),
            gift.amount_fen if gift.public_amount else None,
            masking.show(What.EMPLOYER, gift.unit, to=Reader.PUBLIC, consent=gift.public_name),
        )
        for gift in await donations.latest(slug, limit)
    ]


def days_left(row: dict[str, Any]) -> int | None:
    """Days until an active campaign ends, today included; None without an end or when it is over."""
    if row["status"] != "active" or row["ends_on"] is None:
        return None
    left = (date.fromisoformat(row["ends_on"]) - clock.today()).days + 1
    return left if left > 0 else None


def has_ended(row: Mapping[str, Any]) -> bool:
    """Whether a campaign takes no more gifts: closed, archived, or past its last day."""
    return row["status"] != "active" or (row["ends_on"] is not None and row["ends_on"] < clock.today().isoformat())


def takes_gifts(row: Mapping[str, Any]) -> bool:
    """Whether it is open today; not whether it is paused (`giving.campaigns.paused`)."""
    return not has_ended(row) and row["starts_on"] <= clock.today().isoformat()


async def statutory(shown: Shown) -> list[dict[str, Any]]:
    """The block that Charity Law 24 and 25 want on the page, in the order of the table; empty facts are left out.

    Everyday acceptance is no fundraising: it has no period, no filing and no platform to show.
    """
    row, kept = await campaigns.with_certificate(shown.row), await campaigns.facts_of(shown.row["slug"])
    if has_ended(row):  # no way to give is printed that is none any more (P10)
        kept = {field: value for field, value in kept.items() if field not in {"receiving", "ways"}}
    else:
        kept = {**kept, "receiving": await campaigns.receiving_of(row["slug"])}
    reach = {"public": "公开募捐", "targeted": "定向募捐"}[row["reach"]]
    if row["archived_fen"] or row["kind"] == "everyday":  # "public" is a word of the law of 2016
        reach = ""
    block = [{"term": words.translate("募捐方式"), "value": words.translate(reach)}] if reach else []
    if row["ends_on"]:
        period = words.say("{starts_on} 至 {ends_on}", starts_on=row["starts_on"], ends_on=row["ends_on"])
        block.append({"term": words.translate("募捐期限"), "value": period})
    for fact in campaigns.FACTS:
        if fact.only_form or fact.only_asked or fact.field in {"starts_on", "ends_on"}:
            continue
        value = campaigns.value_of(fact, row, kept)
        if fact.of_office and (row["archived_fen"] or not campaigns.is_filed(row)):
            value = ""  # the certificate is for public fundraising only
        href = value if fact.field == "platform_url" else ""
        if value:
            note = words.say("有效期至 {day}", day=row["certified_until"]) if fact.of_office else ""
            block.append({"term": words.translate(fact.words), "value": value, "href": href, "note": note})
    return block


def answer(shown: Shown) -> dict[str, Any]:
    """The contract's JSON of a campaign."""
    row, figures = shown.row, shown.figures
    return {
        "slug": row["slug"],
        "name": shown.name,
        "kind": row["kind"],
        "status": row["status"],
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
        "received_fen": figures.received_fen,
        "refunded_fen": figures.refunded_fen,
        "gifts": figures.gifts,
        "donors": figures.donors,
        "seq": figures.seq,
    }
