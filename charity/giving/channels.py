"""How money reaches us, and the account where it lies until it is in the bank.

Always true: a payment with a provider (bank, WeChat, Alipay) carries the provider's reference; a
reference counts once in its channel (I7). The sandbox is for the demo and for tests.
"""

from dataclasses import dataclass

from charity.giving import rules
from charity.ledger import accounts as acc

REF_MAX = 64
NOTE_THE_REFERENCE = "下一步给您参考号，付款时写在备注里"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to pay: its words, the account (chart and place), and whether a reference is obligatory.

    `hint` says to whoever promises a gift what comes next; "" means that nobody can promise by it.
    """

    code: str
    words: str
    chart: str
    place: str
    needs_ref: bool
    hint: str = ""


CHANNELS = {
    c.code: c
    for c in (
        Channel("cash", "现金", acc.CASH, "-", needs_ref=False, hint="凭参考号到慈善会交现金"),
        Channel("bank", "银行转账", acc.BANK, "ICBC-01", needs_ref=True, hint="下一步给您账号和附言"),
        Channel("wechat", "微信支付", acc.OTHER_MONEY, "WECHAT", needs_ref=True, hint=NOTE_THE_REFERENCE),
        Channel("alipay", "支付宝", acc.OTHER_MONEY, "ALIPAY", needs_ref=True, hint=NOTE_THE_REFERENCE),
        Channel("box", "募捐箱", acc.CASH, "-", needs_ref=False),
        Channel("sandbox", "演示通道", acc.OTHER_MONEY, "SANDBOX", needs_ref=False),
    )
}
PLEDGE_CHANNELS = ("bank", "wechat", "alipay", "cash")
"""Those with a hint, in the order in which a giver reads them."""
GOODS_CHANNEL = "实物交付"
"""How goods reach us, as a receipt prints it."""


def known(code: str) -> Channel:
    """The channel, or the refusal channel.unknown."""
    found = CHANNELS.get(code)
    if found is None:
        raise rules.CHANNEL_UNKNOWN(channel=code)
    return found


def checked(code: str, reference: str) -> Channel:
    """The channel of a payment that arrived, refused when its reference is missing."""
    channel = known(code)
    if channel.needs_ref and not reference:
        raise rules.CHANNEL_REF_NEEDED()
    return channel


def ref_key(channel: str, reference: str) -> str:
    """The key under which a reference counts once."""
    return f"{channel}:{reference}"
