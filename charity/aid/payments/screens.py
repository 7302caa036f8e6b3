"""What the cashier's page shows."""

import logging
from typing import Any

from charity.aid.payments.verbs import CHANNELS
from charity.aid.vouchers import VoucherView, screens
from charity.ledger import places
from charity.people import masking
from charity.roles import Actor

log = logging.getLogger("charity.aid")


def confirmed(voucher: VoucherView, by: Actor) -> list[dict[str, Any]]:
    """What whoever pays confirms."""
    return screens.confirmed(voucher, by)


async def pay(voucher: VoucherView, by: Actor) -> dict[str, Any]:
    """The context of the cashier's page."""
    fund = voucher.row["fund"]
    return {
        "number": voucher.number,
        "facts": screens.facts(voucher, by, account=_account(voucher, by)),
        "carried": screens.carried(voucher, by),
        "state": screens.state(voucher.row),
        "payable": voucher.status == "approved",
        "amount_fen": voucher.row["amount_fen"],
        "available_fen": voucher.available_fen,
        "short": voucher.available_fen < voucher.row["amount_fen"],
        "fund": f"{fund} {voucher.fund}",
        "places": await places.offered(await places.every(tuple(CHANNELS.values())), [fund]),
    }


def _account(voucher: VoucherView, by: Actor) -> str:
    """The payee's account, in full for who pays an approved voucher: elsewhere it is masked (F5)."""
    payable = voucher.status == "approved" and by.may("voucher.pay")
    if payable and voucher.payee.bank_account:
        log.info("payee_account.shown", extra={"voucher": voucher.number, "by": by.key})
    return voucher.payee.account_for(masking.staff(may=payable))
