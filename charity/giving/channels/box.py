"""A collecting box 募捐箱."""

from charity.giving.channels.channel import Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="box",
    words="募捐箱",
    chart=acc.CASH,
    place="-",
    needs_ref=False,
    counted=True,
)
