"""WeChat Pay 微信支付."""

from charity.giving.channels.channel import Channel, Paid
from charity.ledger import accounts as acc
from charity.office.organisation import FactKind

CHANNEL = Channel(
    code="wechat",
    words="微信支付",
    chart=acc.OTHER_MONEY,
    place="WECHAT",
    needs_ref=True,
    paid=Paid.CODE,
    pay_code=FactKind.WECHAT_CODE,
)
