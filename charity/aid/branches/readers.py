"""Advances as staff read them, and how far a payment to a branch has reached people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from charity.aid import payees, rules
from charity.db import reading
from charity.ledger import funds

LISTED_MAX = 200
"""Advances in the list: the oldest; what is behind them waits longer than any branch may take."""
_ADVANCE = (
    "SELECT a.voucher, a.branch, a.fund, a.amount_fen, a.rostered_fen, a.returned_fen, "
    "a.amount_fen - a.rostered_fen - a.returned_fen AS open_fen, "
    "v.programme, v.paid_on, v.entry_seq FROM branch_advance a JOIN voucher v ON v.number = a.voucher"
)
ROSTERS = (
    "SELECT r.*, EXISTS (SELECT 1 FROM voucher_recipient l WHERE l.content_hash = r.content_hash) AS listed "
    "FROM branch_roster r"
)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a payment to a branch has reached people: what confirmed rosters account for, fen, and whom they name.

    `amount_fen` is what was paid less what came back.
    """

    branch: str
    amount_fen: int
    rostered_fen: int
    recipients: int
    listed: bool

    @property
    def whole(self) -> bool:
        """Whether rosters account for all of it."""
        return self.rostered_fen == self.amount_fen


async def reached(seqs: Collection[int]) -> dict[int, Reached]:
    """Of those of these entries that paid a branch, by seq."""
    asked = sorted(seqs)
    if not asked:
        return {}
    rows = await reading.rows(
        "SELECT v.entry_seq, a.branch, a.amount_fen - a.returned_fen AS kept_fen, a.rostered_fen, "  # noqa: S608 - places from code
        "COALESCE((SELECT CAST(SUM(r.recipients) AS BIGINT) FROM branch_roster r "
        "WHERE r.voucher = a.voucher AND r.status = 'confirmed'), 0) AS recipients, "
        "(SELECT COUNT(*) FROM branch_roster r WHERE r.voucher = a.voucher AND r.status = 'confirmed' AND NOT EXISTS ("
        "SELECT 1 FROM voucher_recipient l WHERE l.content_hash = r.content_hash)) AS unlisted "
        "FROM branch_advance a JOIN voucher v ON v.number = a.voucher "
        f"WHERE v.entry_seq IN ({reading.places(len(asked))})",
        *asked,
    )
    names = {row["branch"]: (await payees.known("branch", row["branch"])).name for row in rows}
    return {
        row["entry_seq"]: Reached(
            names[row["branch"]], row["kept_fen"], row["rostered_fen"], row["recipients"], not row["unlisted"]
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A payment to a branch with its rosters. `row` has its columns and `open_fen`; `branch` is the name."""

    row: dict[str, Any]
    branch: str
    programme: str
    fund: str
    rosters: list[dict[str, Any]]
    returns: list[dict[str, Any]]


async def waiting_advances(fund: str = "") -> list[dict[str, Any]]:
    """Payments to branches, all or those of one fund, that rosters do not account for yet, oldest first."""
    of_it = "a.fund = $1 AND " if fund else ""
    return await reading.rows(
        f"{_ADVANCE} WHERE {of_it}a.rostered_fen + a.returned_fen < a.amount_fen ORDER BY a.voucher LIMIT {LISTED_MAX}",
        *([fund] if fund else []),
    )


async def advance(voucher: str) -> Advance:
    """One payment to a branch, or the refusal advance.unknown."""
    row = await reading.row(f"{_ADVANCE} WHERE a.voucher = $1", voucher)
    if row is None:
        raise rules.ADVANCE_UNKNOWN(voucher=voucher)
    programmes = await funds.programme_names([row["programme"]])
    return Advance(
        row=row,
        branch=(await payees.known("branch", row["branch"])).name,
        programme=programmes.get(row["programme"], row["programme"]),
        fund=(await funds.get(row["fund"])).shown,
        rosters=await reading.rows(f"{ROSTERS} WHERE r.voucher = $1 ORDER BY r.number", voucher),
        returns=await reading.rows("SELECT * FROM branch_return WHERE voucher = $1 ORDER BY number", voucher),
    )


async def branch_names(codes: Sequence[str]) -> dict[str, str]:
    """Names of branches by code."""
    return {code: (await payees.known("branch", code)).name for code in dict.fromkeys(codes)}
