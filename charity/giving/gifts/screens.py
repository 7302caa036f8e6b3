"""What the page of a gift shows, and the gifts of a payment as rows for whichever page lists them."""

from collections.abc import Mapping, Sequence
from typing import Any

from charity import addresses, words
from charity.giving import receipts, unidentified
from charity.giving.donors.screens import consents
from charity.giving.gifts.readers import GiftUse, UsedGift
from charity.giving.models import Donation
from charity.giving.shown import gift_facts
from charity.ledger import funds, journal_vouchers, tracing
from charity.people import persons
from charity.roles import Actor

OTHER_SOURCES = {"opening": "期初余额"}
"""What brings money into a fund beside gifts; the rest are transfers and corrections between funds."""


def used_table(used: Sequence[UsedGift], by: Actor) -> dict[str, Any]:
    """The gifts that a payment used, as a table: `columns` and `rows`."""
    columns = [
        ("on", "到账日期", "code"),
        ("donor", "捐赠人", "text"),
        ("receipt", "收据编号", "code"),
        ("entry", "分录", "code"),
        ("given", "捐赠金额（元）", "money"),
        ("part", "这次用去（元）", "money"),
    ]
    return {
        "columns": [{"key": key, "label": words.say(label), "kind": kind} for key, label, kind in columns],
        "rows": [_used_row(one, by) for one in used],
    }


def _used_row(one: UsedGift, by: Actor) -> dict[str, Any]:
    gift, seq = one.gift, one.source.seq
    entry = {"value": f"#{seq}", "href": addresses.shown_to(by, "entry", seq)}
    if gift is None:
        name = words.translate(OTHER_SOURCES.get(one.kind, "其他转入"))
        return {"on": "", "donor": name, "receipt": "", "given": None, "entry": entry, "part": one.source.amount_fen}
    number = one.receipt[0] if one.receipt else words.say("没有收据")
    return {
        "on": {"value": gift.received_on, "href": addresses.shown_to(by, "gift", gift.key)},
        "donor": persons.shown(one.giver),
        "receipt": {"value": number, "href": addresses.shown_to(by, "receipt", one.receipt and one.receipt[1])},
        "given": gift.amount_fen,
        "entry": entry,
        "part": one.source.amount_fen,
    }


async def gift_page(gift: Donation, uses: Sequence[GiftUse], by: Actor) -> dict[str, Any]:
    """A gift whole: what it was, what is left of it, and the payments that used it."""
    state = await tracing.gift_state(gift.seq)
    shown, entry = await journal_vouchers.shown_of(gift.seq), addresses.shown_to(by, "entry", gift.seq)
    facts = [
        *await gift_facts(gift, by=by, decided=True),
        await _receipt(gift, by),
        await consents(gift.donor_id, name=gift.public_name, amount=gift.public_amount),
        {"term": words.say("记账凭证"), "value": shown, "kind": "code", "href": entry},
    ]
    for number in (await unidentified.drawn_by(gift.seq)).split():
        href = addresses.shown_to(by, "unidentified", number)
        facts.append({"term": words.say("暂收款"), "value": number, "kind": "code", "href": href})
    names = await funds.programme_names(one.use.programme for one in uses)
    return {
        "key": gift.key,
        "facts": facts,
        "on_roster": await receipts.of_roster(gift.receipt_id),
        "refundable": gift.kind == "cash" and gift.status == "ok",
        "reversible": gift.kind == "cash" and gift.status == "ok" and not gift.refunded_fen,
        "state": {"code": "reversed", "label": words.say("已冲销"), "tone": "bad"} if gift.status != "ok" else None,
        "figures": []
        if gift.amount_fen is None
        else [
            {"label": words.say("捐赠金额"), "value": state.given},
            {"label": words.say("已经用去"), "value": state.spent},
            {"label": words.say("已退款"), "value": state.refunded},
            {"label": words.say("尚未使用"), "value": state.unspent},
        ],
        "uses": [_use_row(one, names, by) for one in uses],
    }


async def _receipt(gift: Donation, by: Actor) -> dict[str, Any]:
    """The last receipt that the gift was on, valid or not."""
    held = (await receipts.held([gift.key], by=by)).get(gift.key)
    href = addresses.shown_to(by, "receipt", held[1]) if held else ""
    return {"term": words.say("收据编号"), "value": held[0] if held else "", "kind": "code", "href": href}


def _use_row(one: GiftUse, names: Mapping[str, str], by: Actor) -> dict[str, Any]:
    use = one.use
    document = {"value": one.document[1], "href": addresses.shown_to(by, *one.document)} if one.document else ""
    return {
        "document": document,
        "on": use.on,
        "programme": names.get(use.programme, use.programme),
        "fund": {"value": use.fund, "href": addresses.shown_to(by, "fund", use.fund)},
        "entry": {"value": f"#{use.seq}", "href": addresses.shown_to(by, "entry", use.seq)},
        "amount": use.amount_fen,
    }
