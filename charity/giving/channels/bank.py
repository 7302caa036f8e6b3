"""A bank transfer 银行转账."""

from charity.giving.channels.channel import MARKED, Channel, Paid
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="bank",
    words="银行转账",
    chart=acc.BANK,
    place=MARKED,
    needs_ref=True,
    paid=Paid.ACCOUNT,
)
