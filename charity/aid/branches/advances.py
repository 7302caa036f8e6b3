"""What was paid to a branch: opened by the payment, used up by confirmed rosters and by what comes back."""

from collections.abc import Mapping
from typing import Any

from charity.aid import rules
from charity.aid.models import ADVANCE, BranchAdvanceRow, PayeeKind, Purpose, VoucherRow
from charity.ledger import accounts as acc
from charity.ledger.state import State
from charity.money import yuan


def account(branch: str, fund: str) -> str:
    """Where a fund's money stands that a branch has, as `1122/LXL01/F-EDU`."""
    return acc.money(acc.ADVANCED, fund, branch)


def is_advance(row: Mapping[str, Any]) -> bool:
    """Whether a voucher pays a branch what it is to distribute; a branch's own costs are costs at once."""
    return bool(row["payee_kind"] == PayeeKind.BRANCH and row["purpose"] == Purpose.AID)


def open_advance(state: State, voucher: VoucherRow) -> None:
    """The money stands with the branch now."""
    row = BranchAdvanceRow(
        voucher=voucher["number"],
        branch=voucher["payee"],
        fund=voucher["fund"],
        amount_fen=voucher["amount_fen"],
        rostered_fen=0,
        returned_fen=0,
    )
    state.add(ADVANCE, row)


def stored(state: State, voucher: str) -> BranchAdvanceRow:
    """The advance of a voucher, or the refusal advance.unknown."""
    row = state.row(ADVANCE, voucher)
    if row is None:
        raise rules.ADVANCE_UNKNOWN(voucher=voucher)
    return row


def open_fen(row: BranchAdvanceRow) -> int:
    """What of it the branch still has: no roster accounts for it, and it did not come back; fen."""
    return row["amount_fen"] - row["rostered_fen"] - row["returned_fen"]


def must_reach(row: BranchAdvanceRow, amount_fen: int) -> None:
    """Refuse a roster over more than stands with the branch of this payment."""
    left = open_fen(row)
    if amount_fen > left:
        raise rules.ROSTER_EXCEEDS(voucher=row["voucher"], left_yuan=yuan(left), amount_yuan=yuan(amount_fen))
