"""Alipay 支付宝."""

from charity.giving.channels.channel import NOTE_THE_REFERENCE, Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="alipay",
    words="支付宝",
    chart=acc.OTHER_MONEY,
    place="ALIPAY",
    needs_ref=True,
    hint=NOTE_THE_REFERENCE,
)
