"""Vouchers that somebody looks for: by hash, amount, payee or bank number; and what anybody may see of one."""

from typing import Any

from charity.aid import payees
from charity.db import reading
from charity.db.paging import Where
from charity.ledger import payment_numbers
from charity.ledger.payment_numbers import PaymentKind
from charity.roles import Actor

PAID_BY = "bank"
"""The channel of the numbers that vouchers are paid with."""
_HIT = "number, amount_fen, made_at, payee_kind, payee"


async def checked(number: str) -> dict[str, Any] | None:
    """What anybody who holds a printed voucher may compare with it: sum, state, days; nobody's name."""
    return await reading.row(
        "SELECT number, status, amount_fen, recipients, made_at, paid_on, content_hash FROM voucher WHERE number = $1",
        number,
    )


async def number_of_hash(content_hash: str) -> str | None:
    """The voucher with this content, as it is printed on it; None for none."""
    number = await reading.value("SELECT number FROM voucher WHERE content_hash = $1", content_hash)
    return str(number) if number else None


async def approved_unpaid(*, by: Actor) -> tuple[int, int]:
    """How many vouchers are approved and not paid yet, and their sum, fen."""
    by.must("voucher.read")
    row = await reading.only(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) AS fen FROM voucher "
        "WHERE status = 'approved'"
    )
    return row["n"], row["fen"]


async def to_approve(*, by: Actor) -> list[dict[str, Any]]:
    """Vouchers in approval that this approver neither made nor has approved, and that were not returned, by number."""
    by.must("voucher.approve")
    return await reading.rows(
        "SELECT v.number, v.amount_fen, v.changed_at FROM voucher v WHERE v.status IN ('draft', 'approving') "
        "AND v.returned_at IS NULL AND v.maker <> $1 AND NOT EXISTS (SELECT 1 FROM voucher_approval a "
        "WHERE a.voucher = v.number AND a.account = $1 AND a.decision = 'approve' AND a.cleared_at IS NULL) "
        "ORDER BY v.number",
        by.key,
    )


async def next_to_approve(number: str, *, by: Actor) -> str:
    """The next voucher that waits for this approver, behind this one or else the first; "" for none."""
    waiting = [str(row["number"]) for row in await to_approve(by=by) if row["number"] != number]
    return next((other for other in waiting if other > number), waiting[0] if waiting else "")


async def of_amount(fen: int, limit: int) -> list[dict[str, Any]]:
    """Vouchers over exactly so much, newest first."""
    sql = f"SELECT {_HIT} FROM voucher WHERE amount_fen = $1 ORDER BY number DESC LIMIT {limit}"  # noqa: S608
    return await reading.rows(sql, fen)


async def of_payee(name: str, limit: int, *, by: Actor) -> list[dict[str, Any]]:
    """Vouchers that pay whoever has this name or begins so, an institution with this word in its name; newest first."""
    where = Where()
    await payees_named(where, name, by=by)
    sql = f"SELECT {_HIT} FROM voucher WHERE {where.text} ORDER BY number DESC LIMIT {limit}"  # noqa: S608
    return await reading.rows(sql, *where.values)


async def payees_named(where: Where, name: str, *, by: Actor) -> None:
    """The condition that a voucher pays somebody of this name, whom this account may see."""
    tests, values = [], list[Any]()
    for kinds, codes in (await payees.named(name, by=by)).items():
        if codes:
            tests.append(f"payee_kind IN ({kinds}) AND payee IN ({', '.join('?' * len(codes))})")
            values += codes
    where.add(f"({' OR '.join(tests)})" if tests else "1 = 0", *values)


async def number_of_payment(bank: str) -> str:
    """The voucher that was paid with this number of the bank; "" for none."""
    held = await payment_numbers.holders([PAID_BY], bank)
    return next((row["number"] for row in held if row["kind"] == PaymentKind.VOUCHER), "")
