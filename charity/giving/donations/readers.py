"""Gifts as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity.giving import rules
from charity.giving.models import Donation, GiftReversal
from charity.people import persons
from charity.people.persons import Person
from charity.roles import PUBLIC, SYSTEM, Actor

KEYS_AT_ONCE: Final = 500
"""Gifts that one statement reads by key."""


@dataclass(frozen=True, slots=True)
class Received:
    """A received gift and what its giver allows to be shown; `giver` is None when the person was erased."""

    recorded_at: str
    amount_fen: int
    public_name: bool
    public_amount: bool
    unit: str
    giver: Person | None


async def get(key: str, *, by: Actor) -> Donation:
    """A donation's row, or donation.unknown (404)."""
    row = await Donation.visible_to(by).get_or_none(key=key)
    if row is None:
        raise rules.DONATION_UNKNOWN()
    return row


async def corrected(number: str, *, by: Actor) -> Donation:
    """The gift that this correction undid, or reversal.unknown (404)."""
    row = await GiftReversal.visible_to(by).get_or_none(number=number)
    if row is None:
        raise rules.REVERSAL_UNKNOWN()
    return await get(row.donation_id, by=by)


async def amounts(keys: Sequence[str]) -> dict[str, int]:
    """What each of these gifts was, fen, for whoever may see what is decided about them."""
    rows = Donation.visible_to(SYSTEM).filter(key__in=keys)
    return dict(await rows.values_list("key", "amount_fen")) if keys else {}


async def channel_refs(keys: Sequence[str]) -> dict[str, str]:
    """What the bank or platform called each of these gifts, for whoever may see its statement."""
    refs: dict[str, str] = {}
    for n in range(0, len(keys), KEYS_AT_ONCE):
        rows = Donation.visible_to(SYSTEM).filter(key__in=keys[n : n + KEYS_AT_ONCE])
        refs |= dict(await rows.values_list("key", "channel_ref"))
    return refs


@dataclass(frozen=True, slots=True)
class Banked:
    """A gift as it is compared with a bank's line: its payment number, and its giver, None once erased."""

    channel_ref: str
    giver: Person | None


async def banked(keys: Sequence[str], *, by: Actor) -> dict[str, Banked]:
    """These gifts by key, as a bank's lines are compared with them; the giver is whom the receipt names."""
    if not keys:
        return {}
    rows = Donation.visible_to(by).filter(key__in=keys)
    values = await rows.values("key", "channel_ref", "donor_id", on_receipt="receipt__donor_id")
    givers = await persons.names([row["on_receipt"] or row["donor_id"] for row in values])
    return {row["key"]: Banked(row["channel_ref"], givers.get(row["on_receipt"] or row["donor_id"])) for row in values}


async def latest(campaign: str, limit: int) -> list[Received]:
    """The newest received gifts of a campaign; a giver is whom the valid receipt names, and consents for himself.

    On a receipt over a roster the unit stands for its staff, each of whom is the giver of his gift.
    """
    columns = ("recorded_at", "amount_fen", "public_name", "public_amount", "donor_id")
    rows = (
        await Donation.visible_to(PUBLIC)
        .filter(campaign_id=campaign)
        .order_by("-seq")
        .limit(limit)
        .values(*columns, on_receipt="receipt__donor_id", roster="receipt__roster", unit="work_unit__name")
    )
    for row in rows:
        row["on_receipt"] = None if row["roster"] else row["on_receipt"]
    givers = await persons.names([row["on_receipt"] or row["donor_id"] for row in rows])
    return [
        Received(
            row["recorded_at"],
            row["amount_fen"],
            row["public_name"] and row["on_receipt"] in {None, row["donor_id"]},
            row["public_amount"],
            row["unit"] or "",
            givers.get(row["on_receipt"] or row["donor_id"]),
        )
        for row in rows
    ]
