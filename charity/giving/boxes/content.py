"""What the second person confirms of an opening."""

import json

from charity.db import sealed
from charity.giving.boxes.models import BoxOpeningRow
from charity.ledger.content import Content


def content(row: BoxOpeningRow) -> Content:
    """The box, the time, every note and coin, the sum, and who opened it and saw it, as digests."""
    names = ("number", "box", "opened_on", "opened_time", "amount_fen", "status", "counted_by")
    facts = {name: row[name] for name in names}  # type: ignore[literal-required]
    people = {name: sealed.unseal("box_opening", name, row["number"], row[name]) for name in ("opener", "witness")}
    return Content(
        facts={**facts, "status": str(facts["status"]), "sheets": json.loads(row["sheets"])},
        personal=people,
        salt=row["salt"],
    )
