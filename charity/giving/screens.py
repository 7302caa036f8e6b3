"""What the pages of giving show: rows and choices with their words in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from charity import words
from charity.db import sealed
from charity.giving import campaigns, donations, pledges, receipts, refunds, work_units
from charity.giving.channels import CHANNELS, PLEDGE_CHANNELS
from charity.giving.models import Pledge, Receipt
from charity.ledger import funds
from charity.office import accounts, organisation
from charity.people import persons
from charity.printing import qr
from charity.settings import settings

AMOUNTS_FEN = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
PLEDGE_TONES = {
    "pending": "wait",
    "partial": "wait",
    "received": "good",
    "expired": "bad",
    "cancelled": "none",
    "released": "none",
}
RECEIPT_TONES = {"issued": "good", "voided": "bad", "replaced": "wait"}
DELIVERY_TONES = {"pending": "wait", "sent": "good", "handed": "good", "kept_undelivered": "none"}
CAMPAIGN_TONES = {"draft": "none", "filed": "wait", "active": "good", "closed": "none", "archived": "none"}
REFUND_TONES = {"requested": "wait", "refunded": "good", "rejected": "bad"}


def status(code: str, labels: dict[str, str], tones: dict[str, str]) -> dict[str, str]:
    """A status as the tables show it."""
    return {"code": code, "label": words.translate(labels[code]), "tone": tones[code]}


def choices(labels: dict[str, str], first: str = "") -> list[dict[str, str]]:
    """Options of a select; `first` is the words of the empty choice."""
    options = [{"value": code, "label": words.translate(label)} for code, label in labels.items()]
    return [{"value": "", "label": words.translate(first)}, *options] if first else options


def kinds() -> list[dict[str, str]]:
    """In whose name a gift is made."""
    return choices({"person": "个人", "organisation": "单位", "anonymous": "匿名"})


def pay_choices() -> list[dict[str, str]]:
    """How a giver can pay."""
    return [
        {"value": c, "label": words.translate(CHANNELS[c].words), "hint": words.translate(CHANNELS[c].hint)}
        for c in PLEDGE_CHANNELS
    ]


async def received_choices() -> list[dict[str, str]]:
    """How money can have reached us; the sandbox only in the demo."""
    demo = (await organisation.get()).demo
    labels = {c.code: c.words for c in CHANNELS.values() if c.code != "sandbox" or demo}
    return choices(labels)


async def campaign_choices() -> list[dict[str, str]]:
    """The campaigns that take money now."""
    return [{"value": s.row["slug"], "label": s.name} for s in await campaigns.every() if s.row["status"] == "active"]


async def unit_choices() -> list[dict[str, str]]:
    """The work units, and the choice of none."""
    units = [{"value": u.code, "label": u.name} for u in await work_units.every()]
    return [{"value": "", "label": words.translate("不属于单位捐款")}, *units] if units else []


async def every_fund(first: str = "") -> list[dict[str, str]]:
    """All funds with their codes."""
    return choices({code: f"{code} {name}" for code, name in (await funds.names()).items()}, first)


def fund_choices(funds: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The campaign's own fund, and what a giver may designate instead."""
    own = {"value": "", "label": words.translate("由慈善会按活动用途安排")}
    return [own, *({"value": code, "label": name} for code, name in funds[1:])] if len(funds) > 1 else []


async def pledge_rows(found: Iterable[dict[str, Any]], *, may_receive: bool) -> list[dict[str, Any]]:
    """The cashier's list."""
    rows = list(found)
    names = await campaigns.names([r["campaign"] for r in rows])
    shown = []
    for r in rows:
        code = pledges.shown_status(r["status"], r["expires_at"])
        is_open = r["status"] in pledges.OPEN and may_receive
        shown.append(
            {
                "reference": r["reference"],
                "href": f"/pledges/{r['code']}/receive" if is_open else f"/p/{r['code']}",
                "donor": r["donor"] or words.translate(persons.ANONYMOUS),
                "campaign": names.get(r["campaign"], r["campaign"]),
                "amount": r["amount_fen"],
                "received": r["received_fen"],
                "status": status(code, pledges.STATUS_WORDS, PLEDGE_TONES),
                "at": r["created_at"],
            }
        )
    return shown


async def receipt_rows(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The list of receipts."""
    rows = list(found)
    names, money = await campaigns.names([r["campaign"] for r in rows]), await funds.names()
    return [
        {
            "number": r["number"],
            "href": f"/receipts/{r['code']}",
            "on": r["issued_on"],
            "donor": r["donor"] or words.translate(persons.ANONYMOUS),
            "campaign": names.get(r["campaign"] or "", ""),
            "fund": money.get(r["fund"], r["fund"]),
            "status": status(r["status"], receipts.STATUS_WORDS, RECEIPT_TONES),
            "delivery": status(r["delivery"], receipts.DELIVERY_WORDS, DELIVERY_TONES),
            "amount": r["amount_fen"],
        }
        for r in rows
    ]


async def pledge_page(row: Pledge) -> dict[str, Any]:
    """The page of a pledge: what to do now. It never says whose it is."""
    campaign = await campaigns.get(row.campaign, public=False)
    code = pledges.shown_status(row.status, row.expires_at)
    address = f"{settings().public_url.rstrip('/')}/p/{row.code}"
    done = await pledges.receipts_of(row.code)
    left = max(0, row.amount_fen - row.received_fen)
    return {
        "row": row,
        "campaign": campaign,
        "state": status(code, pledges.STATUS_WORDS, PLEDGE_TONES),
        "left_fen": left,
        "channel": words.translate(CHANNELS[row.channel].words),
        "fund": (await funds.names()).get(row.fund, row.fund),
        "receipts": done,
        "address": address,
        "qr": Markup(qr.svg(address)),  # noqa: S704 - made by us from a random code
        "steps": _steps(row, code, done),
    }


def _steps(row: Pledge, code: str, done: list[dict[str, Any]]) -> list[dict[str, Any]]:
    over = {"received": "done", "expired": "stopped", "cancelled": "stopped", "released": "stopped"}
    paid = over.get(code, "current")
    receipt: dict[str, Any] = {"label": words.translate("开具收据"), "state": "done" if done else "todo"}
    if done:
        receipt["on"] = done[-1]["issued_on"]
    return [
        {"label": words.translate("登记认捐"), "state": "done", "at": row.created_at},
        {"label": words.translate("付款并到账"), "state": paid},
        receipt,
        {"label": words.translate("用于救助"), "state": "todo"},
    ]


async def receipt_page(row: Receipt) -> dict[str, Any]:
    """The staff page of a receipt: its gifts, refunds and neighbours."""
    gifts = await receipts.gifts(row.code)
    asked = await refunds.of_donations([g["key"] for g in gifts])
    keys = [row.handler, row.ended_by or "", *(r.requested_by for r in asked), *(r.approved_by or "" for r in asked)]
    staff = await accounts.names([k for k in keys if k])
    people = await persons.names([row.donor])
    donor = people.get(row.donor)
    names = await campaigns.names([row.campaign])
    return {
        "row": row,
        "reason": sealed.unseal("receipt", "reason", row.code, row.reason),
        "delivery_note": sealed.unseal("receipt", "delivery_note", row.code, row.delivery_note),
        "donor": (donor.name if donor else "") or words.translate(persons.ANONYMOUS),
        "campaign": names.get(row.campaign or "", ""),
        "fund": (await funds.names()).get(row.fund, row.fund),
        "handler": staff.get(row.handler, ""),
        "ended_by": staff.get(row.ended_by or "", ""),
        "state": status(row.status, receipts.STATUS_WORDS, RECEIPT_TONES),
        "delivery": status(row.delivery, receipts.DELIVERY_WORDS, DELIVERY_TONES),
        "delivery_options": choices(receipts.DELIVERY_WORDS),
        "gifts": [_gift_row(g) for g in gifts],
        "refunds": [
            {
                "number": r.number,
                "href": f"/refunds/{r.number}",
                "amount": r.amount_fen,
                "by": staff.get(r.requested_by, ""),
                "at": r.requested_at,
                "status": status(r.status, refunds.STATUS_WORDS, REFUND_TONES),
            }
            for r in asked
        ],
    }


def _gift_row(gift: dict[str, Any]) -> dict[str, Any]:
    channel = CHANNELS.get(gift["channel"])
    return {
        "key": gift["key"],
        "on": gift["received_on"],
        "channel": words.translate(channel.words if channel else "实物交付"),
        "ref": gift["channel_ref"],
        "amount": gift["amount_fen"],
        "refunded": gift["refunded_fen"],
        "refundable": gift["kind"] == "cash" and gift["status"] == "ok",
    }


async def refund_page(number: str) -> dict[str, Any]:
    """A refund request: what is given back, why, and who asked."""
    row = await refunds.get(number)
    gift = await donations.get(row.donation)
    staff = await accounts.names([k for k in (row.requested_by, row.approved_by) if k])
    receipt = await Receipt.get_or_none(code=gift.receipt) if gift.receipt else None
    return {
        "row": row,
        "reason": sealed.unseal("refund", "reason", number, row.reason),
        "gift": gift,
        "fund": (await funds.names()).get(gift.fund, gift.fund),
        "receipt": receipt,
        "requested_by": staff.get(row.requested_by, ""),
        "approved_by": staff.get(row.approved_by or "", ""),
        "state": status(row.status, refunds.STATUS_WORDS, REFUND_TONES),
        "channel": words.translate(CHANNELS[gift.channel].words),
    }


async def refund_rows() -> list[dict[str, Any]]:
    """Requests that wait."""
    rows = await refunds.waiting()
    staff = await accounts.names([r["requested_by"] for r in rows])
    return [
        {
            "number": r["number"],
            "href": f"/refunds/{r['number']}",
            "amount": r["amount_fen"],
            "by": staff.get(r["requested_by"], ""),
            "at": r["requested_at"],
        }
        for r in rows
    ]


async def campaign_rows() -> list[dict[str, Any]]:
    """All campaigns, drafts too, for the accountant."""
    money = await funds.names()
    return [
        {
            "name": s.name,
            "href": f"/desk/campaigns/{s.row['slug']}",
            "kind": words.translate(campaigns.KIND_WORDS[s.row["kind"]]),
            "starts_on": s.row["starts_on"],
            "ends_on": s.row["ends_on"],
            "fund": money.get(s.row["fund"], s.row["fund"]),
            "status": status(s.row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
            "received": s.figures.net_fen,
        }
        for s in await campaigns.every(public=False)
    ]


async def campaign_page(slug: str) -> dict[str, Any]:
    """One campaign for the accountant: what the gate still wants, and what may be done."""
    shown = await campaigns.get(slug, public=False)
    row = shown.row
    return {
        "shown": shown,
        "row": row,
        "fund": (await funds.names()).get(row["fund"], row["fund"]),
        "state": status(row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
        "kind": words.translate(campaigns.KIND_WORDS[row["kind"]]),
        "missing": [words.translate(m) for m in campaigns.gate(row)] if row["status"] in {"draft", "filed"} else [],
        "file_by": campaigns.file_by(row),
    }
