"""A bank transfer 银行转账."""

from charity.giving.channels.channel import Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="bank",
    words="银行转账",
    chart=acc.BANK,
    place="ICBC-01",
    needs_ref=True,
    hint="下一步给您账号和附言",
)
