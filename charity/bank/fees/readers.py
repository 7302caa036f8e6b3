"""Fees of banks: one by its number, and what `charity verify` compares."""

from typing import Any

from charity import words
from charity.bank import rules
from charity.bank.models import FEE, BankFeeRow
from charity.db import reading
from charity.errors import Failure
from charity.ledger import entries
from charity.roles import Actor

NUMBER_MAX = 40
_COLUMNS = ", ".join(sorted(FEE.columns))


async def get(number: str, *, by: Actor) -> BankFeeRow:
    """One by its number, or fee.unknown."""
    by.must("statement.read")
    row: Any = await reading.row(
        f"SELECT {_COLUMNS} FROM bank_fee WHERE number = $1",  # noqa: S608 - names from code
        number[:NUMBER_MAX].upper(),
    )
    if row is None:
        raise rules.FEE_UNKNOWN()
    return row  # type: ignore[no-any-return] # its columns are those of the row


async def matches_after(seq: int) -> set[str]:
    """The decisions of fees behind an entry: movements that follow the journal may not be there yet."""
    return {row["match"] for row in await reading.rows("SELECT match FROM bank_fee WHERE seq > $1", seq)}


async def wrong() -> list[Failure]:
    """Rows say what was hashed, and each entry of a fee has its row (I3)."""
    async with reading.snapshot():
        rows = await reading.rows(f"SELECT {_COLUMNS} FROM bank_fee ORDER BY number")  # noqa: S608 - names from code
        reversed_by = [row["reversal_seq"] for row in rows if row["reversal_seq"] is not None]
        bodies = await entries.bodies([*(row["seq"] for row in rows), *reversed_by])
        booked = await entries.of_kinds(["bank.fee", "bank.fee_reversal"])
    failed = [
        Failure("I3", words.say("手续费 {number}：各列与分录不符", number=row["number"]))
        for row in rows
        if not _same(row, bodies.get(row["seq"]), bodies.get(row["reversal_seq"]))
    ]
    lost = booked - {row["seq"] for row in rows} - set(reversed_by)
    return failed + [Failure("I3", words.say("分录 #{seq} 是手续费，却没有它的记录", seq=seq)) for seq in sorted(lost)]


def _same(row: dict[str, Any], body: dict[str, Any] | None, back: dict[str, Any] | None) -> bool:
    if body is None or (row["reversal_seq"] is None) != (back is None):
        return False
    stated = (body["kind"], body["actor"], body["recorded_at"], body["facts"].get("bank_fee"), body["facts"]["match"])
    lines = {account: fen for account, _, fen in body["postings"]}
    right = {f"{row['chart']}/-/F-GEN": row["fen"], f"{row['place']}/F-GEN": -row["fen"]}
    undone = back is None or (
        (back["kind"], back.get("reverses"), back["actor"]) == ("bank.fee_reversal", row["seq"], row["reversed_by"])
        and row["reversed_by"] != row["made_by"]
    )
    return (
        stated == ("bank.fee", row["made_by"], row["made_at"], row["number"], row["match"])
        and lines == right
        and undone
    )
