"""Pledges as the cashier and the giver read them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from charity import clock, tokens
from charity.db import idem as keys
from charity.db import reading
from charity.db.idem import Idem
from charity.db.paging import Where
from charity.giving import lookup, rules
from charity.giving.kinds import DonationStatus
from charity.giving.models import Donation, Pledge, Receipt
from charity.ledger import answered as answers
from charity.roles import SYSTEM, Actor

OPEN = ("pending", "partial")
_REFERENCE_TAIL = tokens.REFERENCE_RANDOM + 1


def shown_status(status: str, expires_at: str) -> str:
    """The stored status, or `expired` for a pending pledge whose time is over."""
    return "expired" if status == "pending" and expires_at < clock.stamp() else status


async def get(code: str) -> Pledge:
    """A pledge by the code of its address, or pledge.unknown (404)."""
    row = await Pledge.with_code(code).first()
    if row is None:
        raise rules.PLEDGE_UNKNOWN()
    return row


async def answered(idem: Idem) -> Pledge | None:
    """The pledge that was promised with this key of a form, for whoever sent the key; None when there is none."""
    kept = await answers.body(idem) if keys.secret(idem.key) else None
    return await Pledge.with_code(kept["code"]).first() if kept else None


async def known(code: str) -> bool:
    """Whether there is a pledge of this code."""
    return await Pledge.with_code(code).exists()


async def of_reference(reference: str) -> str | None:
    """The code of the pledge with this reference, with or without its hyphen."""
    plain = tokens.normalise(reference)
    row = (
        await Pledge.visible_to(SYSTEM)
        .filter(reference=f"{plain[:-_REFERENCE_TAIL]}-{plain[-_REFERENCE_TAIL:]}")
        .first()
    )
    return row.code if row else None


async def receipts_of(code: str) -> list[Receipt]:
    """The valid receipts over this pledge's money, oldest first; whoever has the pledge's address may see them."""
    codes = await Donation.visible_to(SYSTEM).filter(pledge_id=code).exclude(receipt_id=None).values_list("receipt_id")
    return await Receipt.visible_to(SYSTEM).filter(code__in=[code for (code,) in codes]).order_by("number")


async def gifts_of(code: str) -> list[Donation]:
    """What arrived for this pledge and stands, oldest first; whoever has the pledge's address may see it."""
    rows = Donation.visible_to(SYSTEM).filter(pledge_id=code).exclude(status=DonationStatus.REVERSED)
    return await rows.order_by("received_on", "seq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the cashier's list is asked for; `after` is `created_at|code` of the last row seen."""

    status: str = ""
    reference: str = ""
    campaign: str = ""
    name: str = ""
    amounts: tuple[int, int] | None = None
    from_on: str = ""
    to_on: str = ""
    after: str = ""


async def page(filters: Filters, limit: int, *, by: Actor) -> list[dict[str, Any]]:
    """Pledges with the keys of their givers, newest first. `reference` is the end of one, at least four characters."""
    if not by.may("pledge.read"):
        return []
    where, now = Where(), clock.stamp()
    if filters.status == "expired":
        where.add("p.status = 'pending' AND p.expires_at < ?", now)
    elif filters.status == "pending":
        where.add("p.status = 'pending' AND p.expires_at >= ?", now)
    else:
        where.chosen("p.status", filters.status)
    if filters.reference:
        ending = tokens.normalise(filters.reference)
        where.add("substr(p.reference, LENGTH(p.reference) - 3) = ?", ending[-4:])
        where.add("REPLACE(p.reference, '-', '') LIKE ?", f"%{ending}")
    where.chosen("p.campaign", filters.campaign)
    if filters.name:
        codes = lookup.whole(await lookup.pledges_of_name(filters.name))
        where.add(f"p.code IN ({', '.join('?' * len(codes))})" if codes else "1 = 0", *codes)
    if filters.amounts:
        where.add("p.amount_fen BETWEEN ? AND ?", *filters.amounts)
    if filters.from_on:
        where.add("p.created_at >= ?", clock.midnight(date.fromisoformat(filters.from_on)))
    if filters.to_on:
        where.add("p.created_at < ?", clock.midnight(date.fromisoformat(filters.to_on) + timedelta(days=1)))
    if "|" in filters.after:
        at, _, code = filters.after.partition("|")
        where.after(("p.created_at", "p.code"), (at, code), descending=True)
    sql = (
        "SELECT p.code, p.reference, p.campaign, p.amount_fen, p.received_fen, p.channel, p.status, p.created_at, "  # noqa: S608 - conditions from code
        "p.expires_at, p.donor FROM pledge p "
        f"WHERE {where.text} ORDER BY p.created_at DESC, p.code DESC LIMIT {int(limit)}"
    )
    return await reading.rows(sql, *where.values)
