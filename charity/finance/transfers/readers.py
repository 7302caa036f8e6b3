"""Transfers as staff read them: the list newest first, one slip with its lines, and what lies where now."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from charity.db import reading, sealed
from charity.finance import rules
from charity.finance.models import TRANSFER, MoneyTransferRow
from charity.ledger import accounts as acc
from charity.ledger import entries, places
from charity.roles import Actor

PAGE = 50
NUMBER_MAX = 40
_COLUMNS = ", ".join(sorted(TRANSFER.columns))


@dataclass(frozen=True, slots=True)
class TransferView:
    """A slip whole. `lines` are (fund, fen) that left the source; `entry` is its entry with the postings."""

    row: MoneyTransferRow
    lines: list[tuple[str, int]]
    entry: dict[str, Any]
    reason: str


async def page(*, after: str, by: Actor, limit: int = PAGE) -> tuple[list[dict[str, Any]], str | None]:
    """Slips newest first, and the cursor of the next page."""
    by.must("transfer.read")
    where = "WHERE number < $2 " if after else ""
    values = [after] if after else []
    rows = await reading.rows(
        f"SELECT {_COLUMNS} FROM money_transfer {where}ORDER BY number DESC LIMIT $1",  # noqa: S608 - names from code
        limit + 1,
        *values,
    )
    shown = rows[:limit]
    return shown, shown[-1]["number"] if len(rows) > limit else None


async def of_amount(fen: int, limit: int) -> list[MoneyTransferRow]:
    """The newest transfers of exactly so much."""
    return await reading.rows(  # type: ignore[return-value] # the columns of the row
        f"SELECT {_COLUMNS} FROM money_transfer WHERE amount_fen = $1 ORDER BY number DESC LIMIT {limit}",  # noqa: S608
        fen,
    )


async def get(number: str, *, by: Actor) -> TransferView:
    """One slip, or the refusal transfer.unknown."""
    by.must("transfer.read")
    row: Any = await reading.row(
        f"SELECT {_COLUMNS} FROM money_transfer WHERE number = $1",  # noqa: S608 - names from code
        number[:NUMBER_MAX].upper(),
    )
    if row is None:
        raise rules.TRANSFER_UNKNOWN(number=number[:NUMBER_MAX])
    (entry,) = await entries.after(row["seq"] - 1, limit=1)
    source = f"{row['source']}/"
    lines = [(acc.fund(p["account"]), -p["quantity"]) for p in entry["postings"] if p["account"].startswith(source)]
    reason = sealed.unseal("money_transfer", "reason", row["number"], row["reason"])
    return TransferView(row, lines, entry, reason)


async def held_by_place() -> dict[str, dict[str, int]]:
    """What lies in each place by fund now, fen."""
    held: dict[str, dict[str, int]] = defaultdict(dict)
    for part in await places.held():
        held[part.place][part.fund] = part.fen
    return dict(held)
