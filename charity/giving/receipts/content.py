"""What is confirmed when a receipt is voided or replaced."""

from collections.abc import Mapping
from typing import Any

from charity.giving.models import Receipt
from charity.ledger.content import Content


def content_of_row(row: Mapping[str, Any]) -> Content:
    """The content of a receipt's row. Whose it is goes in as a digest."""
    names = ("number", "status", "kind", "campaign", "fund", "amount_fen", "issued_on")
    facts = {name: row[name] for name in names}
    return Content(facts=facts, personal={"donor": row["donor"]}, salt=row["code"])


def content_of(receipt: Receipt) -> Content:
    """The same of a receipt that was read."""
    names = ("code", "number", "status", "kind", "fund", "amount_fen", "issued_on")
    row = {name: getattr(receipt, name) for name in names}
    return content_of_row({**row, "campaign": receipt.campaign_id, "donor": receipt.donor_id})
