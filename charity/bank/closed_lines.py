"""Lines of a file on closed days: none comes, and none goes."""

from charity.db.transactions import Tx
from charity.ledger import closed_days


async def must_be_open(tx: Tx, place: str, statement: str) -> None:
    """Refuse where a line that a file adds lies on a closed day; held to the end of the transaction."""
    first = await tx.row("SELECT MIN(on_day) AS day FROM bank_line WHERE statement = $1", statement)
    if first and first["day"]:
        await closed_days.must_be_open(tx, place, first["day"])
