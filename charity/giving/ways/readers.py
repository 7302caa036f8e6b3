"""By which ways a giver can pay for a campaign today: a way is offered where all is there that paying by it needs.

A transfer needs an account, cash a counter whose address or telephone is known, WeChat and Alipay the organisation's
own payment code, seen by two persons (office/organisation/codes.py): the giver types sum and reference there. The page,
the form and the API ask here.
"""

from dataclasses import dataclass

from charity import clock
from charity.giving import campaigns, channels, rules
from charity.giving.channels import Channel, Paid
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.words import Term


@dataclass(frozen=True, slots=True)
class Account:
    """Where givers transfer to: three lines, or the words of a campaign's plan where no account of ours is kept."""

    holder: str = ""
    bank: str = ""
    number: str = ""
    planned: str = ""


async def account_of(slug: str, *, kept: bool = False) -> Account | None:
    """The account that givers are shown; None where there is none to pay into now.

    The organisation's was seen by two persons (office/organisation); another one in a plan is not shown to a giver, nor
    when ours was withdrawn or is over. `kept`: as this process knew ours some seconds ago, without a statement.
    """
    own = await organisation.facts_on(clock.today(), kept=kept)
    if FactKind.ACCOUNT_NUMBER in own.registered:
        number = own.value(FactKind.ACCOUNT_NUMBER)
        holder, bank = own.value(FactKind.ACCOUNT_HOLDER), own.value(FactKind.ACCOUNT_BANK)
        return Account(holder, bank, number) if number else None
    planned = (await campaigns.facts_of(slug)).get("receiving", "")
    return Account(planned=planned) if planned else None


async def offered(slug: str) -> list[Channel]:
    """The ways of this campaign, in the order in which people read them."""
    ways = [channel for channel in await channels.here() if channel.paid]
    return [channel for channel in ways if await _can_be_paid(channel, slug, kept=False)]


async def must_be_offered(code: str, slug: str) -> None:
    """Refuse a promise by a way that is not offered: channel.not_promised. Costs a promise no statement, as a rule."""
    channel = await channels.promised(code)
    if not await _can_be_paid(channel, slug, kept=True):
        raise rules.CHANNEL_NOT_PROMISED(channel=Term(channel.words))


async def _can_be_paid(channel: Channel, slug: str, *, kept: bool) -> bool:
    if channel.paid == Paid.ACCOUNT:
        return await account_of(slug, kept=kept) is not None
    if channel.paid == Paid.COUNTER:
        own = await organisation.facts_on(clock.today(), kept=kept)
        return bool(own.value(FactKind.ADDRESS) or own.value(FactKind.PHONE))
    return bool(await pay_code(channel, kept=kept))


async def pay_code(channel: Channel, *, kept: bool = False) -> str:
    """What is written in the payment code of a channel today; "" where there is none."""
    if channel.pay_code is None:
        return ""
    return (await organisation.facts_on(clock.today(), kept=kept)).value(channel.pay_code)
