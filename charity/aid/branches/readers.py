"""Advances as staff read them, and how far a payment to a branch has reached people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from charity.aid import payees, rules
from charity.aid.branches import returns
from charity.db import reading, sealed
from charity.ledger import funds, journal_vouchers, places
from charity.office import staff
from charity.people import institutions
from charity.roles import SYSTEM

LISTED_MAX = 200
"""Advances in the list: the oldest; what is behind them waits longer than any branch may take."""
_ADVANCE = (
    "SELECT a.voucher, a.branch, a.fund, a.amount_fen, a.rostered_fen, a.returned_fen, "
    "a.amount_fen - a.rostered_fen - a.returned_fen AS open_fen, "
    "CAST(COALESCE((SELECT SUM(w.amount_fen) FROM branch_roster w WHERE w.voucher = a.voucher "
    "AND w.status = 'waiting'), 0) + COALESCE((SELECT SUM(w.amount_fen) FROM branch_return w "
    "WHERE w.voucher = a.voucher AND w.status = 'waiting'), 0) AS BIGINT) AS waiting_fen, "
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
    names = await branch_names([row["branch"] for row in rows])
    return {
        row["entry_seq"]: Reached(
            names[row["branch"]], row["kept_fen"], row["rostered_fen"], row["recipients"], not row["unlisted"]
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A payment to a branch with its rosters. `row` has its columns, `open_fen`, `waiting_fen`; `branch` is the name.

    `waiting_fen` is what rosters and returns that nobody has decided say together: it may be more than is there.
    """

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
    """Names of branches by code, in one look, for whoever may see a payment; "" of one that is gone."""
    named = await institutions.names(codes, by=SYSTEM)
    return {code: named.get(code, "") for code in codes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What came back, whole. `place` is where it lies, in words; `entry` is its journal voucher, or ""."""

    row: dict[str, Any]
    advance: Advance
    place: str
    reason: str
    cashier: str
    decided_by: str
    entry: str
    journal: str
    content_hash: str


async def given_back(number: str) -> Return:
    """One return, or the refusal return.unknown."""
    row = await reading.row("SELECT * FROM branch_return WHERE number = $1", number)
    if row is None:
        raise rules.RETURN_UNKNOWN(number=number)
    names = await staff.names({row["cashier"], row["decided_by"] or ""} - {""})
    journal, entry = await journal_vouchers.of_entry(row["entry_seq"])
    return Return(
        row=row,
        advance=await advance(row["voucher"]),
        place=(await places.labels()).get(row["paid_into"], row["paid_into"]),
        reason=sealed.unseal("branch_return", "reason", number, row["reason"]),
        cashier=names.get(row["cashier"], ""),
        decided_by=names.get(row["decided_by"], ""),
        entry=entry,
        journal=journal,
        content_hash=returns.content_of(row).hash,
    )


async def waiting_others() -> list[dict[str, Any]]:
    """Returns and reversals that nobody has decided yet, oldest first: `number kind voucher amount_fen made_at`."""
    return await reading.rows(
        "SELECT number, 'returned' AS kind, voucher, amount_fen, made_at FROM branch_return "  # noqa: S608
        "WHERE status = 'waiting' UNION ALL SELECT v.number, v.kind, COALESCE(r.voucher, b.voucher), "
        "COALESCE(r.amount_fen, b.amount_fen), v.made_at FROM branch_reversal v "
        "LEFT JOIN branch_roster r ON v.kind = 'roster' AND r.number = v.target "
        "LEFT JOIN branch_return b ON v.kind = 'return' AND b.number = v.target "
        f"WHERE v.status = 'waiting' ORDER BY made_at, number LIMIT {LISTED_MAX}"
    )


async def reversal_of(number: str) -> str:
    """The reversal of a roster or a return that waits or was booked, by its number; "" for none."""
    sql = "SELECT number FROM branch_reversal WHERE target = $1 AND status IN ('waiting', 'confirmed')"
    return str(await reading.value(sql, number) or "")
