"""What the list of gifts without a receipt shows, in the reader's language."""

from collections.abc import Collection, Sequence
from typing import Any

from charity import words
from charity.giving import campaigns
from charity.giving.channels import CHANNELS, GOODS_CHANNEL
from charity.ledger import funds
from charity.people import persons


async def gift_rows(gifts: Sequence[dict[str, Any]], *, ticked: Collection[str] = ()) -> list[dict[str, Any]]:
    """The rows of the list, each with its box to tick."""
    givers = await persons.names([gift["donor"] for gift in gifts])
    names, money = await campaigns.names([gift["campaign"] for gift in gifts]), await funds.names()
    return [
        {
            "on": gift["received_on"],
            "donor": persons.shown(givers.get(gift["donor"])),
            "purpose": names.get(gift["campaign"] or "", "") or money.get(gift["fund"], gift["fund"]),
            "channel": words.translate(CHANNELS[gift["channel"]].words if gift["channel"] else GOODS_CHANNEL),
            "amount": gift["amount_fen"],
            "tick": {
                "value": gift["key"],
                "label": persons.shown(givers.get(gift["donor"])),
                "on": gift["key"] in ticked,
            },
        }
        for gift in gifts
    ]
