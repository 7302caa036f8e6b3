"""What the cashier's page shows."""

from typing import Any

from charity.aid.vouchers import VoucherView, screens


def pay(voucher: VoucherView) -> dict[str, Any]:
    """The context of the cashier's page."""
    return {
        "number": voucher.number,
        "facts": screens.facts(voucher),
        "amount_fen": voucher.row["amount_fen"],
        "available_fen": voucher.available_fen,
        "short": voucher.available_fen < voucher.row["amount_fen"],
        "fund": f"{voucher.row['fund']} {voucher.fund}",
    }
