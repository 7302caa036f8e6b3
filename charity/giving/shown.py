"""A gift as whoever decides about it sees it whole: on the pages of refunds and of corrections.

An approver reads no list of gifts, so he sees the giver masked, and no link that would be refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from charity import addresses, words
from charity.giving import campaigns, receipts
from charity.giving.channels import CHANNELS
from charity.giving.models import Donation, Receipt
from charity.ledger import accounts as acc
from charity.ledger import entries, funds, journal_vouchers, places, tracing
from charity.money import yuan_sign
from charity.people import masking, persons
from charity.roles import Actor


async def gift_facts(gift: Donation, *, by: Actor, decided: bool = False) -> list[dict[str, Any]]:
    """Facts of a `description_list`: giver, sum, how it came, where it lies, what of it is used, its receipt.

    When it is `decided` what was used then and which receipt it was are no facts of the gift now: the page has them.
    """
    reads = by.may("gift.read")
    giver = (await persons.names([gift.donor_id])).get(gift.donor_id)
    receipt = await receipts.get(gift.receipt_id) if gift.receipt_id else None
    state = await tracing.gift_state(gift.seq)
    number = receipt.number if receipt else words.say("现在没有有效收据")
    name = persons.shown(giver, to=masking.staff(may=reads))
    reference = f"{words.say('流水号')} {gift.channel_ref}" if gift.channel_ref and reads else ""
    channel = CHANNELS.get(gift.channel)
    way = words.translate(channel.words if channel else "实物交付")
    title = (await campaigns.names([gift.campaign_id])).get(gift.campaign_id or "", "")
    later = gift.booked_on > gift.received_on
    booked = words.say("{day} 入账", day=gift.booked_on) if later else ""
    facts = [
        {"term": words.say("捐赠人"), "value": name},
        {"term": words.say("捐赠金额"), "value": gift.amount_fen, "kind": "yuan"},
        {"term": words.say("到账日期"), "value": gift.received_on, "kind": "date", "note": booked},
        {"term": words.say("到账方式"), "value": way, "note": reference},
        {"term": words.say("活动"), "value": title},
        {"term": words.say("基金"), "value": await _fund(gift.fund), "href": addresses.shown_to(by, "fund", gift.fund)},
    ]
    if decided:
        return facts
    return [
        *facts,
        {"term": words.say("已经用去"), "value": state.spent, "kind": "yuan"},
        {"term": words.say("已退款"), "value": gift.refunded_fen, "kind": "yuan"},
        {
            "term": words.say("收据编号"),
            "value": number,
            "kind": "code" if receipt else "text",
            "href": addresses.shown_to(by, "receipt", receipt.code) if receipt else "",
        },
    ]


async def finished(donation: str, number: str, seqs: Iterable[int | None], *, by: Actor) -> list[dict[str, Any]]:
    """What a refund or a correction did: its entries with their journal vouchers, the receipt it ended, the new one."""
    wanted = [seq for seq in seqs if seq is not None]
    bodies, numbers = await entries.bodies(wanted), await journal_vouchers.numbers_of(wanted)
    labels = await places.labels()
    facts = []
    for seq in wanted:
        lines = [(account, fen) for account, unit, fen in bodies[seq]["postings"] if unit == acc.CNY]
        lines.sort(key=lambda line: line[1] < 0)  # debits first, as a voucher is read
        sides = ((words.say("借") if fen > 0 else words.say("贷"), account, abs(fen)) for account, fen in lines)
        journal = addresses.shown_to(by, "journal_voucher", numbers.get(seq))
        facts.append(
            {
                "term": words.say("记账凭证"),
                "value": await journal_vouchers.shown_of(seq),
                "kind": "code",
                "href": journal,
                "note": "；".join(
                    f"{side} {places.account_title(account, labels)} {acc.fund(account)} {yuan_sign(fen)}"
                    for side, account, fen in sides
                ),
            }
        )
    old, new = await receipts.ended_for(donation, number)
    if old is None:
        return [*facts, {"term": words.say("原收据"), "value": words.say("当时没有有效收据")}]
    after = _receipt(words.say("新收据"), new, by=by) if new else {}
    none = {"term": words.say("新收据"), "value": words.say("没有，原收据作废")}
    return [*facts, _receipt(words.say("原收据"), old, by=by), after or none]


def _receipt(term: str, row: Receipt, *, by: Actor) -> dict[str, Any]:
    href = addresses.shown_to(by, "receipt", row.code)
    return {"term": term, "value": row.number, "kind": "code", "href": href, "note": yuan_sign(row.amount_fen)}


async def _fund(code: str) -> str:
    return f"{code} {(await funds.names([code])).get(code, '')}".strip()


async def paid_from(parts: Mapping[str, int]) -> str:
    """Which fund pays how much, in words."""
    names = await funds.names(parts)
    return "；".join(f"{code} {names.get(code, '')} {yuan_sign(fen)}" for code, fen in parts.items())
