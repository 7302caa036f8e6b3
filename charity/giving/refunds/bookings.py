"""How a refund is booked, by its cause and the year of its gift (field.md 9, rows 84-89), and how it is shown.

The year is that of the gift's entry in the books. Agency money was never income: it goes back from the debt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charity.db import sealed
from charity.giving.kinds import RefundCause
from charity.giving.models import DONATION, REFUND, DonationRow, RefundRow
from charity.ledger import accounts as acc
from charity.ledger import refunds as books
from charity.ledger.content import Content
from charity.ledger.state import State
from charity.settings import settings

CAUSE_WORDS: dict[str, str] = {
    RefundCause.MISTAKEN: "重复或误付",
    RefundCause.OUTSIDE: "捐赠人、法律等外部原因",
    RefundCause.OWN_FAULT: "本会过错，未能履行约定",
    RefundCause.CHARGEBACK: "平台或银行已扣回",
}
"""The causes, in the order in which people read them."""
DEBIT_WORDS = {
    acc.GIFTS: "冲减捐赠收入",
    acc.MANAGEMENT: "管理费用",
    acc.PRIOR_YEARS: "以前年度净资产调整",
    acc.AGENCY_DEBT: "受托代理负债",
}


@dataclass(frozen=True, slots=True)
class Booking:
    """Which chart is debited, and how much of the refund F-GEN pays because it is spent, fen."""

    debit: str
    general_fen: int


def earlier_year(booked_on: str, today: str) -> bool:
    """Whether the gift stands in the books of a year before this one."""
    return booked_on[:4] < today[:4]


def debit(cause: str, *, agency: bool, earlier: bool) -> str:
    """The chart that the approval debits."""
    if agency:
        return acc.AGENCY_DEBT
    if cause == RefundCause.OWN_FAULT:
        return acc.MANAGEMENT
    if not earlier:
        return acc.GIFTS
    return acc.PRIOR_YEARS if cause == RefundCause.MISTAKEN else settings().refund_earlier_year


def general_fen(amount_fen: int, unspent_fen: int, *, agency: bool) -> int:
    """What F-GEN pays: what is spent of the gift. Agency money is nobody else's to give back."""
    return 0 if agency else max(0, amount_fen - unspent_fen)


def rows(state: State, number: str) -> tuple[RefundRow, DonationRow]:
    """A refund and its gift, which the command has loaded."""
    refund = state.row(REFUND, number)
    assert refund is not None, "loaded"
    gift = state.row(DONATION, refund["donation"])
    assert gift is not None, "loaded"
    return refund, gift


def content(refund: Mapping[str, Any], gift: Mapping[str, Any], booking: Booking) -> Content:
    """What whoever approves or pays is shown; `refund` and `gift` are rows."""
    number = refund["number"]
    return Content(
        facts={
            "number": number,
            "donation": gift["key"],
            "status": refund["status"],
            "amount_fen": refund["amount_fen"],
            "given_fen": gift["amount_fen"],
            "cause": refund["cause"],
            "debit": booking.debit,
            "paid_from": books.parts(gift["fund"], refund["amount_fen"], booking.general_fen),
        },
        personal={"reason": sealed.unseal("refund", "reason", number, refund["reason"])},
        salt=refund["salt"],
    )
