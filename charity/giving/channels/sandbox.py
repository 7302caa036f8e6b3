"""The channel of the demo and of tests 演示通道."""

from charity.giving.channels.channel import Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="sandbox",
    words="演示通道",
    chart=acc.OTHER_MONEY,
    place="SANDBOX",
    needs_ref=False,
    only_demo=True,
)
