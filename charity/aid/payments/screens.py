"""What the cashier's page shows."""

from typing import Any

from charity.aid.vouchers import VoucherView, screens


def confirmed(voucher: VoucherView) -> list[dict[str, Any]]:
    """What whoever pays confirms."""
    return screens.confirmed(voucher)


def pay(voucher: VoucherView) -> dict[str, Any]:
    """The context of the cashier's page."""
    return {
        "number": voucher.number,
        "facts": screens.facts(voucher),
        "carried": screens.carried(voucher),
        "state": screens.state(voucher.row),
        "payable": voucher.status == "approved",
        "amount_fen": voucher.row["amount_fen"],
        "available_fen": voucher.available_fen,
        "short": voucher.available_fen < voucher.row["amount_fen"],
        "fund": f"{voucher.row['fund']} {voucher.fund}",
    }
