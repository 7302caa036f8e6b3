"""Cash at the counter 现金."""

from charity.giving.channels.channel import Channel, Paid
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="cash",
    words="现金",
    chart=acc.CASH,
    place="-",
    needs_ref=False,
    paid=Paid.COUNTER,
)
