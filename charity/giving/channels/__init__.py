"""How money reaches us, and the account where it lies until it is in the bank.

Always true: a payment with a provider (bank, WeChat, Alipay) carries the provider's reference; a
reference counts once in its channel (I7, charity/ledger/payment_numbers.py).
This is the door; outsiders import only it. A new channel is a file here, its line below and its English words;
who may promise by it, and what a page and a program are shown of it, follow from the file.
"""

from dataclasses import replace

from charity.giving import rules
from charity.ledger import payment_numbers, places
from charity.office import organisation
from charity.office.kept import Kept
from charity.words import Term

from . import alipay, bank, box, cash, sandbox, wechat
from .channel import MARKED, Channel, Paid

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
PROMISED = tuple(code for code, channel in CHANNELS.items() if channel.paid)
"""The codes that a promise may name; one that is `only_demo` is refused outside of a demo."""
GOODS_CHANNEL = "实物交付"
"""How goods reach us, as a receipt prints it."""


def known(code: str) -> Channel:
    """The channel, or the refusal channel.unknown."""
    channel = CHANNELS.get(code)
    if channel is None:
        raise rules.CHANNEL_UNKNOWN(channel=code)
    return channel


async def here() -> list[Channel]:
    """The channels of this organisation: those of a demo only in one."""
    demo = (await organisation.get()).demo
    return [channel for channel in CHANNELS.values() if demo or not channel.only_demo]


async def arrived(code: str, reference: str, *, anew: bool = False) -> Channel:
    """The channel of a payment that arrived, refused when its reference is missing, or when it is for demos only.

    So is one whose money two people count, unless a gift is booked `anew` that another one had approved to be reversed.

    Its place is filled in. Which account receives is at most some seconds old in another process: no statement more.
    """
    channel = known(code)
    if channel.counted and not anew:
        raise rules.CHANNEL_COUNTED(channel=Term(channel.words))
    if channel.needs_ref:
        payment_numbers.must_be(reference)
    if channel.place == MARKED:
        channel = replace(channel, place=(await _receiving.get()).place)
    return await _of_here(channel)


async def promised(code: str) -> Channel:
    """The channel of a promise, refused when nobody can promise by it, or when it is for demos only."""
    channel = known(code)
    if not channel.paid:
        raise rules.CHANNEL_NOT_PROMISED(channel=Term(channel.words))
    return await _of_here(channel)


_receiving = Kept(places.receiving)
forget = _receiving.forget


async def _of_here(channel: Channel) -> Channel:
    if channel.only_demo and channel not in await here():  # the others are everywhere: thousands of gifts a second
        raise rules.CHANNEL_SANDBOX()
    return channel


__all__ = [
    "CHANNELS",
    "GOODS_CHANNEL",
    "PROMISED",
    "Channel",
    "Paid",
    "arrived",
    "forget",
    "here",
    "known",
    "promised",
]
