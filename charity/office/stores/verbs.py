"""Adding townships and stores."""

from collections.abc import Sequence
from dataclasses import asdict

from charity.db.transactions import Tx
from charity.office.stores.readers import Store, Township


async def add(tx: Tx, *, townships: Sequence[Township], stores: Sequence[Store]) -> None:
    """Add townships and stores in the caller's transaction."""
    await tx.insert("township", [asdict(t) for t in townships])
    await tx.insert("store", [asdict(s) for s in stores])
