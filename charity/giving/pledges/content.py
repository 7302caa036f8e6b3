"""What a cashier confirms of a pledge when its money is received."""

from collections.abc import Mapping
from typing import Any

from charity.giving.models import Pledge
from charity.ledger.content import Content


def of_row(row: Mapping[str, Any]) -> Content:
    """The content of a pledge's row. Whose it is goes in as a digest."""
    names = ("reference", "campaign", "fund", "amount_fen", "received_fen", "status")
    facts = {name: row[name] for name in names}
    return Content(facts=facts, personal={"donor": row["donor"]}, salt=row["code"])


def content_of(pledge: Pledge) -> Content:
    """The same of a pledge that was read."""
    names = ("code", "reference", "fund", "amount_fen", "received_fen", "status")
    row = {name: getattr(pledge, name) for name in names}
    return of_row({**row, "campaign": pledge.campaign_id, "donor": pledge.donor_id})
