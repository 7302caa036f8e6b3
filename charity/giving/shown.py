"""A gift as whoever decides about it sees it whole: on the pages of refunds and of corrections.

An approver reads no list of gifts, so he sees the giver masked, and no link that would be refused.
"""

from collections.abc import Mapping
from typing import Any

from charity import words
from charity.giving import campaigns, receipts
from charity.giving.channels import CHANNELS
from charity.giving.models import Donation
from charity.ledger import funds, tracing
from charity.money import yuan_sign
from charity.people import persons
from charity.roles import Actor


async def gift_facts(gift: Donation, *, by: Actor) -> list[dict[str, Any]]:
    """Facts of a `description_list`: giver, sum, how it came, where it lies, what of it is used, its receipt."""
    reads = by.may("gift.read")
    giver = (await persons.names([gift.donor_id])).get(gift.donor_id)
    receipt = await receipts.get(gift.receipt_id) if gift.receipt_id else None
    state = await tracing.gift_state(gift.seq)
    number = receipt.number if receipt else words.say("现在没有有效收据")
    name = persons.shown(giver) if reads else words.translate(giver.masked if giver else persons.ANONYMOUS)
    reference = f"{words.say('流水号')} {gift.channel_ref}" if gift.channel_ref and reads else ""
    title = (await campaigns.names([gift.campaign_id])).get(gift.campaign_id or "", "")
    return [
        {"term": words.say("捐赠人"), "value": name},
        {"term": words.say("捐赠金额"), "value": gift.amount_fen, "kind": "yuan"},
        {"term": words.say("到账日期"), "value": gift.received_on, "kind": "date"},
        {"term": words.say("到账方式"), "value": words.translate(CHANNELS[gift.channel].words), "note": reference},
        {"term": words.say("活动"), "value": title},
        {"term": words.say("基金"), "value": await _fund(gift.fund)},
        {"term": words.say("已经用去"), "value": state.spent, "kind": "yuan"},
        {"term": words.say("已退款"), "value": gift.refunded_fen, "kind": "yuan"},
        {
            "term": words.say("收据编号"),
            "value": number,
            "kind": "code" if receipt else "text",
            "href": f"/receipts/{receipt.code}" if receipt and reads else "",
        },
    ]


async def _fund(code: str) -> str:
    return f"{code} {(await funds.names([code])).get(code, '')}".strip()


async def paid_from(parts: Mapping[str, int]) -> str:
    """Which fund pays how much, in words."""
    names = await funds.names(parts)
    return "；".join(f"{code} {names.get(code, '')} {yuan_sign(fen)}" for code, fen in parts.items())
