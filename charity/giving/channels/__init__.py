"""How money reaches us, and the account where it lies until it is in the bank.

Always true: a payment with a provider (bank, WeChat, Alipay) carries the provider's reference; a
reference counts once in its channel (I7).
This is the door; outsiders import only it. A new channel is a file here, its line below and its English words;
who may promise by it, and what a page and a program are shown of it, follow from the file.
"""

from charity.giving import rules

from . import alipay, bank, box, cash, sandbox, wechat
from .channel import Channel

CHANNELS = {
    channel.code: channel
    for channel in (
        bank.CHANNEL,
        wechat.CHANNEL,
        alipay.CHANNEL,
        cash.CHANNEL,
        box.CHANNEL,
        sandbox.CHANNEL,
    )
}
"""All of them, in the order in which people read them."""
GOODS_CHANNEL = "实物交付"
"""How goods reach us, as a receipt prints it."""


def known(code: str) -> Channel:
    """The channel, or the refusal channel.unknown."""
    channel = CHANNELS.get(code)
    if channel is None:
        raise rules.CHANNEL_UNKNOWN(channel=code)
    return channel


def checked(code: str, reference: str) -> Channel:
    """The channel of a payment that arrived, refused when its reference is missing."""
    channel = known(code)
    if channel.needs_ref and not reference:
        raise rules.CHANNEL_REF_NEEDED()
    return channel


def ref_key(channel: str, reference: str) -> str:
    """The key under which a reference counts once."""
    return f"{channel}:{reference}"


__all__ = ["CHANNELS", "GOODS_CHANNEL", "Channel", "checked", "known", "ref_key"]
