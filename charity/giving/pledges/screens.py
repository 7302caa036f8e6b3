"""What the pages of pledges show, with words in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from charity import clock, words
from charity.db import sealed
from charity.giving import campaigns, channels, pledges, rules, suggested
from charity.giving import ways as ways_to_pay
from charity.giving.campaigns import Shown
from charity.giving.channels import Channel
from charity.giving.donors.screens import KINDS, consents, fiscal
from charity.giving.models import Donation, Pledge, Receipt
from charity.giving.pledges.forms import GiveForm
from charity.ledger import funds
from charity.office import organisation
from charity.people import persons
from charity.printing import qr
from charity.roles import SYSTEM
from charity.settings import settings
from charity.web import forms
from charity.web.choices import status
from charity.web.formats import in_capitals

AMOUNTS_FEN = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""What is offered to choose from where a campaign suggests nothing by rank."""
PLEDGE_TONES = {
    "pending": "wait",
    "partial": "wait",
    "received": "good",
    "expired": "bad",
    "cancelled": "none",
    "released": "none",
}
PUBLISHED = {"public_name": "公开我的姓名或单位名称", "public_amount": "公开我的金额"}
MESSAGE_SHOWN = 12
Choices = Sequence[dict[str, str]]


async def pay_choices(slug: str) -> list[dict[str, str]]:
    """How a giver can pay what he promises to this campaign."""
    return [{"value": way.code, "label": words.translate(way.words)} for way in await ways_to_pay.offered(slug)]


def fund_choices(funds: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The campaign's own fund, and what a giver may designate instead."""
    own = {"value": "", "label": words.translate("由慈善会按活动用途安排")}
    return [own, *({"value": code, "label": name} for code, name in funds[1:])] if len(funds) > 1 else []


def folded(values: forms.Data, funds: Choices, units: Choices) -> dict[str, str]:
    """What the closed rows of the form say: what is so now, "" for what stands there anyway."""
    fund, unit = forms.text(values, "fund"), forms.text(values, "work_unit")
    public = [words.translate(text) for name, text in PUBLISHED.items() if forms.text(values, name)]
    return {
        "fund": next((c["label"] for c in funds if c["value"] == fund), ""),
        "public": "、".join(public),
        "tax": words.translate("需要公益事业捐赠票据") if forms.text(values, "fiscal_receipt") else "",
        "unit": next((c["label"] for c in units if c["value"] == unit), ""),
        "message": forms.text(values, "message").strip()[:MESSAGE_SHOWN],
    }


def reviewed(form: GiveForm, campaign: str, now: dict[str, str]) -> list[dict[str, Any]]:
    """What is shown once more before a promise counts. `now` is what the closed rows say."""
    kind = words.translate(KINDS[form.kind])
    facts: list[dict[str, Any]] = [
        {"term": words.translate("捐给"), "value": campaign, "note": now["fund"]},
        {"term": words.translate("金额"), "value": form.amount, "kind": "yuan", "note": in_capitals(form.amount)},
        {"term": words.translate("怎么付"), "value": words.translate(channels.known(form.channel).words)},
        {"term": words.translate("您是"), "value": form.name or kind, "note": kind if form.name else ""},
        {"term": words.translate("公开什么"), "value": now["public"] or words.translate("姓名隐去，不公开金额")},
        {"term": words.translate("抵税票据"), "value": now["tax"] or words.translate("不需要")},
    ]
    more = (("所在单位", now["unit"] if form.work_unit else ""), ("留言", form.message))
    return [*facts, *({"term": words.translate(term), "value": value} for term, value in more if value)]


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
    code, running = pledges.shown_status(row.status, row.expires_at), _running(campaign)
    address = f"{settings().public_url.rstrip('/')}/p/{row.code}"
    done = await pledges.receipts_of(row.code)
    gifts = await pledges.gifts_of(row.code)
    ways = await _ways(row, running=running)
    public = campaign.row["reach"] == "public"
    return {
        "row": row,
        "campaign": campaign,
        "campaign_href": f"/campaigns/{row.campaign_id}" if public else "",
        "again_href": f"/campaigns/{row.campaign_id}/give" if public and running else "/",
        "running": running,
        "state": status(code, pledges.STATUS_WORDS, PLEDGE_TONES),
        "left_fen": max(0, row.amount_fen - row.received_fen),
        "ways": [way.code for way in sorted(ways, key=lambda way: way.code != row.channel)],
        "coded": {way.code for way in ways if way.pay_code},
        "payee": (await organisation.get()).name if ways else "",  # what WeChat and Alipay show is not translated
        "account": await ways_to_pay.account_of(row.campaign_id) if ways else None,
        "channel": words.translate(channels.CHANNELS[row.channel].words),
        "fund": (await funds.names()).get(row.fund, row.fund),
        "receipts": done,
        "gifts": gifts,
        "past": _past(gifts, done),
        "fiscal": await persons.wants_fiscal(row.donor_id),
        "address": address,
        "qr": Markup(qr.svg(address)),  # noqa: S704 - made by us from a random code
    }


def _past(gifts: Iterable[Donation], receipts: Iterable[Receipt]) -> list[dict[str, Any]]:
    """What happened for a pledge, by day: what arrived before the receipts of that day."""
    steps: list[dict[str, Any]] = [{"on": g.received_on, "number": "", "amount_fen": g.amount_fen} for g in gifts]
    steps += [{"on": r.issued_on, "number": r.number, "amount_fen": r.amount_fen} for r in receipts]
    return sorted(steps, key=lambda step: str(step["on"]))


async def pay_code(row: Pledge, channel: str) -> str:
    """What is written in the code by which this pledge can be paid now, or pledge.no_code."""
    campaign = await campaigns.get(row.campaign_id, by=SYSTEM)
    ways = {way.code: way for way in await _ways(row, running=_running(campaign))}
    text = await ways_to_pay.pay_code(ways[channel]) if channel in ways else ""
    if not text:
        raise rules.PLEDGE_NO_CODE()
    return text


def _running(campaign: Shown) -> bool:
    """Whether the campaign still takes money today."""
    ends_on = campaign.row["ends_on"]
    return bool(campaign.row["status"] == "active" and (ends_on is None or ends_on >= clock.today().isoformat()))


async def _ways(row: Pledge, *, running: bool) -> list[Channel]:
    """By which ways this pledge can be paid now."""
    is_open = pledges.shown_status(row.status, row.expires_at) in pledges.OPEN
    return await ways_to_pay.offered(row.campaign_id) if running and is_open else []


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
        *await fiscal(row.donor_id),
    ]


async def amounts(slug: str) -> list[dict[str, Any]]:
    """The sums to choose from: those that the campaign suggests by rank, each once, or AMOUNTS_FEN."""
    ranks: dict[int, str] = {}
    for one in await suggested.of(slug):
        ranks[one.fen] = f"{ranks[one.fen]}、{one.name}" if one.fen in ranks else one.name
    return [{"fen": fen, "rank": ranks.get(fen, "")} for fen in (ranks or AMOUNTS_FEN)]
