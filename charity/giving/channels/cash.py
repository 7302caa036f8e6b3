"""Cash at the counter 现金."""

from charity.giving.channels.channel import Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="cash",
    words="现金",
    chart=acc.CASH,
    place="-",
    needs_ref=False,
    hint="凭参考号到慈善会交现金",
)
