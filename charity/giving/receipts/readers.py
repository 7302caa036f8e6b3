"""Receipts as staff read them, and the gifts and refunds on one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charity.db import reading, sealed
from charity.db.paging import Where
from charity.giving import lookup, rules
from charity.giving.channels import CHANNELS
from charity.giving.models import Donation, GiftReversal, Pledge, Receipt, ReceiptLine, Refund
from charity.ledger import numbers, payment_numbers
from charity.ledger.payment_numbers import PaymentKind
from charity.roles import SYSTEM, Actor

REFUND_STATUS_WORDS = {
    "requested": "待批准",
    "approved": "已批准，待付款",
    "refunded": "已退款",
    "rejected": "已驳回",
}
REVERSAL_STATUS_WORDS = {"requested": "待批准", "approved": "已更正", "rejected": "已驳回"}
TAIL = 4
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list of receipts is asked for; empty means all."""

    status: str = ""
    delivery: str = ""
    number: str = ""
    name: str = ""
    amounts: tuple[int, int] | None = None
    bank: str = ""
    from_on: str = ""
    to_on: str = ""
    after: str = ""


async def get(code: str) -> Receipt:
    """A receipt by its code, or receipt.unknown (404)."""
    row = await Receipt.with_code(code).first()
    if row is None:
        raise rules.RECEIPT_UNKNOWN()
    return row


async def may_be_named(receipt: Receipt, gifts: Iterable[Donation]) -> bool:
    """Whether the giver on the receipt consented to be named in public: with each of its gifts, and himself.

    Whom a receipt was corrected to, or who gave goods, was never asked.
    """
    if receipt.roster:  # a work unit takes part under its name
        sql = "SELECT 1 FROM unit_roster WHERE key = $1 AND donor = $2"
        return await reading.value(sql, receipt.roster, receipt.donor_id) is not None
    asked = [gift.public_name and gift.donor_id == receipt.donor_id for gift in gifts]
    return bool(asked) and all(asked)


async def page(filters: Filters, limit: int, *, by: Actor) -> list[dict[str, Any]]:
    """Receipts with the keys of their givers, newest first, after a number."""
    if not by.may("gift.read"):
        return []
    where = Where().chosen("r.status", filters.status).chosen("r.delivery", filters.delivery)
    if filters.status not in {"", "issued"}:
        where.add("r.status <> 'issued'")  # as the index of the few says it
    if filters.number:
        _ending(where, filters.number)
    await _narrowed(where, filters)
    if filters.from_on:
        where.add("r.issued_on >= ?", filters.from_on)
    if filters.to_on:
        where.add("r.issued_on <= ?", filters.to_on)
    if filters.after:
        day = await reading.value("SELECT issued_on FROM receipt WHERE number = $1", filters.after)
        where.after(("r.issued_on", "r.number"), (str(day or ""), filters.after), descending=True)
    sql = (
        "SELECT r.code, r.number, r.status, r.delivery, r.issued_on, r.amount_fen, r.campaign, r.fund, "  # noqa: S608 - conditions from code
        f"r.donor FROM receipt r WHERE {where.text} "
        f"ORDER BY r.issued_on DESC, r.number DESC LIMIT {int(limit)}"
    )
    return await reading.rows(sql, *where.values)


async def _narrowed(where: Where, filters: Filters) -> None:
    """Whose, how much and by which bank number: few receipts by their keys, many as the list goes."""
    if filters.name:
        await _of_gifts(where, lookup.whole(await lookup.gifts_of_name(filters.name)))
    if filters.amounts:
        match = await lookup.gifts_of_amount(*filters.amounts)
        if not match.more:
            await _of_gifts(where, match.keys)
        where.add("r.amount_fen BETWEEN ? AND ?", *filters.amounts)
    if filters.bank:
        rows = await payment_numbers.holders(list(CHANNELS), filters.bank)
        _one_of(where, [row["number"] for row in rows if row["kind"] == PaymentKind.GIFT])


async def _of_gifts(where: Where, keys: Sequence[str]) -> None:
    lines = await ReceiptLine.visible_to(SYSTEM).filter(donation_id__in=keys).values_list("number", flat=True)
    _one_of(where, [str(number) for number in lines])


def _one_of(where: Where, receipts: Sequence[str]) -> None:
    where.add(f"r.number IN ({', '.join('?' * len(receipts))})" if receipts else "1 = 0", *receipts)


def _ending(where: Where, text: str) -> None:
    """Numbers that end so; fewer than four digits are a whole number: 12 finds CS-2026-000012."""
    text = text.strip().upper()
    digits = text.rpartition("-")[2]
    tail = digits.zfill(numbers.DIGITS) if len(digits) < TAIL else digits
    ending = text if "-" in text else tail
    where.add("substr(r.number, LENGTH(r.number) - 3) = ?", tail[-TAIL:])
    where.add("substr(r.number, LENGTH(r.number) - ?) = ?", len(ending) - 1, ending)


async def gifts(code: str) -> list[Donation]:
    """The gifts on a receipt, in the order in which they were received; whoever holds the receipt may see them.

    Of the receipt of a roster the first one alone: its staff list has the others.
    """
    receipt = await get(code)
    lines: list[Any] = (
        [await _first_of(receipt.number)]
        if receipt.roster
        else await ReceiptLine.visible_to(SYSTEM).filter(number=receipt.number).values_list("donation_id", flat=True)
    )
    rows = await Donation.visible_to(SYSTEM).filter(key__in=lines)  # no plan walks all in order
    return sorted(rows, key=lambda gift: (gift.seq, gift.key))


async def _first_of(number: str) -> str:
    sql = (
        "SELECT d.key FROM receipt_line k JOIN donation d ON d.key = k.donation WHERE k.number = $1 "
        "ORDER BY d.seq, d.key LIMIT 1"
    )
    return str(await reading.value(sql, number))


async def messages(gifts: Sequence[Donation], *, by: Actor) -> list[str]:
    """What the givers of these gifts wrote to us when they pledged them 留言, for staff only."""
    pledged = [gift.pledge_id for gift in gifts if gift.pledge_id]
    rows = await Pledge.visible_to(by).filter(code__in=pledged).order_by("created_at") if pledged else []
    written = [sealed.unseal("pledge", "message", row.code, row.message) for row in rows]
    return [text for text in written if text]


async def refunds_of(donations: Sequence[str], *, by: Actor) -> list[Refund]:
    """The refunds of these gifts, oldest first."""
    return await Refund.visible_to(by).filter(donation_id__in=donations).order_by("requested_at") if donations else []


async def amounts_on(receipt: Receipt, gifts: Sequence[Donation]) -> dict[str, int]:
    """What of each of these gifts the receipt over them was issued for, fen: what is refunded later changes no receipt.

    Each refund makes less of what the gifts add up to, so that the sum of the receipt says which came before it.
    """
    amounts = {gift.key: gift.amount_fen or 0 for gift in gifts}
    refunds = [refund for refund in await refunds_of(list(amounts), by=SYSTEM) if refund.seq is not None]
    for refund in sorted(refunds, key=lambda refund: refund.seq or 0):
        if sum(amounts.values()) == receipt.amount_fen:
            break
        amounts[refund.donation_id] -= refund.amount_fen
    return amounts


async def reversals_of(donations: Sequence[str], *, by: Actor) -> list[GiftReversal]:
    """The corrections of these gifts, oldest first."""
    query = GiftReversal.visible_to(by).filter(donation_id__in=donations)
    return await query.order_by("requested_at") if donations else []


async def of_roster(code: str | None) -> str:
    """The roster whose staff share the valid receipt of this code; "" for any other receipt, or none."""
    row = await Receipt.with_code(code).first() if code else None
    return row.roster or "" if row is not None and row.status == "issued" else ""


async def known(code: str) -> bool:
    """Whether there is a receipt of this code."""
    return await Receipt.with_code(code).exists()


async def number_of(code: str | None) -> str:
    """The number of the receipt of this code; "" without one."""
    receipt = await Receipt.with_code(code).first() if code else None
    return receipt.number if receipt else ""


async def code_of(number: str) -> str:
    """The code of the receipt of this number; "" when there is none."""
    row = await Receipt.visible_to(SYSTEM).filter(number=number).first()
    return row.code if row else ""


async def gifts_of_number(number: str) -> list[str]:
    """The gifts on the receipt of this number; none when there is no such receipt."""
    lines = ReceiptLine.visible_to(SYSTEM).filter(number=number.strip().upper())
    return [str(key) for key in await lines.values_list("donation_id", flat=True)]


async def numbers_of(donations: Sequence[str]) -> dict[str, str]:
    """The number of the last receipt that each of these gifts was on."""
    lines = await ReceiptLine.visible_to(SYSTEM).filter(donation_id__in=donations) if donations else []
    return {line.donation_id: line.number for line in sorted(lines, key=lambda line: line.number)}


async def held(donations: Sequence[str], *, by: Actor) -> dict[str, tuple[str, str]]:
    """Number and code of the last receipt that each of these gifts was on, of those that the reader may see."""
    numbers = await numbers_of(donations)
    rows = await Receipt.visible_to(by).filter(number__in=set(numbers.values())) if numbers else []
    codes = {row.number: row.code for row in rows}
    return {gift: (number, codes[number]) for gift, number in numbers.items() if number in codes}


async def ended_for(donation: str, reason: str) -> tuple[Receipt | None, Receipt | None]:
    """The receipt of a gift that a refund or a correction of this number ended, and the one issued in its place."""
    lines = await ReceiptLine.visible_to(SYSTEM).filter(donation_id=donation).values_list("number", flat=True)
    for row in await Receipt.visible_to(SYSTEM).filter(number__in=lines, ended_at__isnull=False).order_by("number"):
        if sealed.unseal("receipt", "reason", row.code, row.reason) == reason:
            return row, await Receipt.with_code(row.replaced_by_id).first() if row.replaced_by_id else None
    return None, None
