"""Describing the organisation: done by `charity init` and the demo."""

from dataclasses import asdict

from charity.db import transactions
from charity.db.transactions import Tx
from charity.office.organisation.readers import Organisation


async def describe(tx: Tx, organisation: Organisation) -> None:
    """Make or replace the one row, in the caller's transaction."""
    await tx.rows("DELETE FROM organisation WHERE id = 1 RETURNING id")
    row = {"id": 1, **asdict(organisation), "short": organisation.short or organisation.name}
    await tx.insert("organisation", [row])


async def change(organisation: Organisation) -> None:
    """The same in a transaction of its own."""
    await transactions.run(lambda tx: describe(tx, organisation))
