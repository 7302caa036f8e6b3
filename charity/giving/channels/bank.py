"""A bank transfer 银行转账."""

from charity.giving.channels.channel import MARKED, Channel
from charity.ledger import accounts as acc

CHANNEL = Channel(
    code="bank",
    words="银行转账",
    chart=acc.BANK,
    place=MARKED,
    needs_ref=True,
    hint="下一步给您账号和附言",
)
