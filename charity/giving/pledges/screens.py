"""What the pages of pledges show, with words in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from charity import words
from charity.db import sealed
from charity.giving import campaigns, channels, pledges
from charity.giving.donors.screens import consents
from charity.giving.models import Pledge, Receipt
from charity.ledger import funds
from charity.people import persons
from charity.printing import qr
from charity.roles import SYSTEM
from charity.settings import settings
from charity.web.choices import status

AMOUNTS_FEN = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
PLEDGE_TONES = {
    "pending": "wait",
    "partial": "wait",
    "received": "good",
    "expired": "bad",
    "cancelled": "none",
    "released": "none",
}


async def pay_choices() -> list[dict[str, str]]:
    """How a giver can pay what he promises."""
    return [
        {"value": channel.code, "label": words.translate(channel.words), "hint": words.translate(channel.hint)}
        for channel in await channels.here()
        if channel.code in channels.PROMISED
    ]


def fund_choices(funds: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The campaign's own fund, and what a giver may designate instead."""
    own = {"value": "", "label": words.translate("由慈善会按活动用途安排")}
    return [own, *({"value": code, "label": name} for code, name in funds[1:])] if len(funds) > 1 else []


async def pledge_rows(pledged: Iterable[dict[str, Any]], *, may_receive: bool) -> list[dict[str, Any]]:
    """The cashier's list."""
    rows = list(pledged)
    names = await campaigns.names([r["campaign"] for r in rows])
    givers = await persons.names([r["donor"] for r in rows])
    shown: list[dict[str, Any]] = []
    for r in rows:
        code = pledges.shown_status(r["status"], r["expires_at"])
        is_open = r["status"] in pledges.OPEN and may_receive
        shown.append(
            {
                "reference": r["reference"],
                "href": f"/pledges/{r['code']}/receive" if is_open else f"/p/{r['code']}",
                "donor": persons.shown(givers.get(r["donor"])),
                "campaign": names.get(r["campaign"], r["campaign"]),
                "amount": r["amount_fen"],
                "received": r["received_fen"],
                "status": status(code, pledges.STATUS_WORDS, PLEDGE_TONES),
                "at": r["created_at"],
            }
        )
    return shown


async def pledge_page(row: Pledge) -> dict[str, Any]:
    """The page of a pledge: what to do now. It never says whose it is."""
    campaign = await campaigns.get(row.campaign_id, by=SYSTEM)  # whoever has a pledge may see what it is for
    code = pledges.shown_status(row.status, row.expires_at)
    address = f"{settings().public_url.rstrip('/')}/p/{row.code}"
    done = await pledges.receipts_of(row.code)
    left = max(0, row.amount_fen - row.received_fen)
    return {
        "row": row,
        "campaign": campaign,
        "campaign_href": f"/campaigns/{row.campaign_id}" if campaign.row["reach"] == "public" else "",
        "receiving": await campaigns.receiving_of(row.campaign_id),
        "state": status(code, pledges.STATUS_WORDS, PLEDGE_TONES),
        "left_fen": left,
        "channel": words.translate(channels.CHANNELS[row.channel].words),
        "fund": (await funds.names()).get(row.fund, row.fund),
        "receipts": done,
        "address": address,
        "qr": Markup(qr.svg(address)),  # noqa: S704 - made by us from a random code
        "steps": _steps(row, code, done),
    }


async def receive_facts(row: Pledge, page: dict[str, Any]) -> list[dict[str, Any]]:
    """What the cashier is shown of a pledge before its money is recorded; `page` is its `pledge_page`."""
    giver = (await persons.names([row.donor_id])).get(row.donor_id)
    return [
        {"term": words.translate("参考号"), "value": row.reference, "kind": "code"},
        {"term": words.translate("捐赠人"), "value": persons.shown(giver)},
        {"term": words.translate("留言"), "value": sealed.unseal("pledge", "message", row.code, row.message)},
        {"term": words.translate("活动"), "value": page["campaign"].name},
        {"term": words.translate("基金"), "value": page["fund"]},
        {"term": words.translate("认捐金额"), "value": row.amount_fen, "kind": "yuan"},
        {"term": words.translate("已经到账"), "value": row.received_fen, "kind": "yuan"},
        {"term": words.translate("状态"), "value": page["state"], "kind": "status"},
        await consents(row.donor_id, name=row.public_name, amount=row.public_amount),
    ]


def _steps(row: Pledge, code: str, done: list[Receipt]) -> list[dict[str, Any]]:
    over = {"received": "done", "expired": "stopped", "cancelled": "stopped", "released": "stopped"}
    paid = over.get(code, "current")
    receipt: dict[str, Any] = {"label": words.translate("开具收据"), "state": "done" if done else "todo"}
    if done:
        receipt["on"] = done[-1].issued_on
    return [
        {"label": words.translate("登记认捐"), "state": "done", "at": row.created_at},
        {"label": words.translate("付款并到账"), "state": paid},
        receipt,
        {"label": words.translate("用于救助"), "state": "todo"},
    ]
