"""Alipay 支付宝."""

from charity.giving.channels.channel import Channel, Paid
from charity.ledger import accounts as acc
from charity.office.organisation import FactKind

CHANNEL = Channel(
    code="alipay",
    words="支付宝",
    chart=acc.OTHER_MONEY,
    place="ALIPAY",
    needs_ref=True,
    paid=Paid.CODE,
    pay_code=FactKind.ALIPAY_CODE,
)
