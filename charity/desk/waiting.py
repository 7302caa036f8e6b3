"""What waits for me: one function a task, each asked only when a role allows its act.

Every task is one sentence with its count and its oldest or nearest date, and a link to where it is
done. Tasks that wait for somebody come before those that only inform.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from charity import clock, words
from charity.db import reading
from charity.ledger import accounts as acc
from charity.money import yuan_sign
from charity.roles import Actor, Role
from charity.web.formats import day_words

EXPIRING_DAYS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """One sentence of the desk. `label` is the verb of its link; `tone` as in templates/_atoms.html."""

    text: str
    href: str
    label: str
    tone: str = "none"
    note: str = ""


async def tasks(by: Actor) -> list[Task]:
    """Everything that waits for this account, in the order of the list below."""
    found: list[Task] = []
    for allowed, task in WAITING:
        if allowed(by):
            found += await task(by)
    return found


def _acts(act: str) -> Callable[[Actor], bool]:
    return lambda by: by.may(act)


def _holds(*roles: Role) -> Callable[[Actor], bool]:
    return lambda by: not by.roles.isdisjoint(roles)


async def _counted(sql: str, *args: Any) -> dict[str, Any]:
    row = await reading.row(sql, *args)
    assert row is not None
    return row


# -- money in ----------------------------------------------------------------------------------------


async def pledges(by: Actor) -> list[Task]:
    """Pledges that wait for their money."""
    del by
    row = await _counted(
        "SELECT COUNT(*) AS n, MIN(created_at) AS first FROM pledge WHERE status IN ('pending', 'partial') "
        "AND expires_at > $1",
        clock.stamp(),
    )
    if not row["n"]:
        return []
    text = words.say("有 {count} 笔认捐等待到账，最早的一笔是{day}认捐的", count=row["n"], day=day_words(row["first"]))
    return [Task(text, "/pledges", words.say("登记到账"), "wait")]


async def receipts(by: Actor) -> list[Task]:
    """Receipts that nobody has handed over or sent."""
    del by
    row = await _counted(
        "SELECT COUNT(*) AS n, MIN(issued_on) AS first FROM receipt WHERE status = 'issued' AND delivery = 'pending'"
    )
    if not row["n"]:
        return []
    text = words.say(
        "有 {count} 张收据还没有交给捐赠人，最早的是{day}开的", count=row["n"], day=day_words(row["first"])
    )
    return [Task(text, "/receipts?delivery=pending", words.say("交付收据"), "wait")]


async def refunds(by: Actor) -> list[Task]:
    """Refunds that another person asked for."""
    row = await _counted(
        "SELECT COUNT(*) AS n, COALESCE(CAST(SUM(amount_fen) AS BIGINT), 0) AS fen, MIN(requested_at) AS first "
        "FROM refund WHERE status = 'requested' AND requested_by <> $1",
        by.key,
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "amount": yuan_sign(row["fen"]), "day": day_words(row["first"])}
    text = words.say("有 {count} 笔退款申请等您批准，共 {amount}，最早的是{day}申请的", **facts)
    return [Task(text, "/refunds", words.say("批准退款"), "wait")]


# -- money out ---------------------------------------------------------------------------------------


async def to_pay(by: Actor) -> list[Task]:
    """Approved vouchers that this cashier neither made nor approved."""
    rows = await reading.rows(
        "SELECT v.number, v.amount_fen FROM voucher v WHERE v.status = 'approved' AND v.maker <> $1 AND NOT EXISTS ("
        "SELECT 1 FROM voucher_approval a WHERE a.voucher = v.number AND a.account = $1 AND a.decision = 'approve' "
        "AND a.cleared_at IS NULL) ORDER BY v.number",
        by.key,
    )
    if not rows:
        return []
    amount = yuan_sign(sum(r["amount_fen"] for r in rows))
    text = words.say("有 {count} 张审批单已批准，等您付款，共 {amount}", count=len(rows), amount=amount)
    return [Task(text, _one_or(rows, "/vouchers?status=approved"), words.say("去付款"), "wait")]


async def to_approve(by: Actor) -> list[Task]:
    """Vouchers in approval that this approver neither made nor has approved, and that were not returned."""
    rows = await reading.rows(
        "SELECT v.number, v.amount_fen, v.changed_at FROM voucher v WHERE v.status IN ('draft', 'approving') "
        "AND v.returned_at IS NULL AND v.maker <> $1 AND NOT EXISTS (SELECT 1 FROM voucher_approval a "
        "WHERE a.voucher = v.number AND a.account = $1 AND a.decision = 'approve' AND a.cleared_at IS NULL) "
        "ORDER BY v.number",
        by.key,
    )
    if not rows:
        return []
    facts = {
        "count": len(rows),
        "amount": yuan_sign(sum(r["amount_fen"] for r in rows)),
        "day": day_words(min(r["changed_at"] for r in rows)),
    }
    text = words.say("有 {count} 张审批单等您审批，共 {amount}，最早的是{day}送来的", **facts)
    return [Task(text, _one_or(rows, "/vouchers?status=open"), words.say("去审批"), "wait")]


async def returned(by: Actor) -> list[Task]:
    """My vouchers that came back, and those on their way."""
    rows = await reading.rows(
        "SELECT number, status, returned_at FROM voucher WHERE maker = $1 AND status IN ('draft', 'approving') "
        "ORDER BY number",
        by.key,
    )
    back = [r for r in rows if r["returned_at"]]
    found = []
    if back:
        facts = {"count": len(back), "day": day_words(min(r["returned_at"] for r in back))}
        text = words.say("有 {count} 张审批单退回给您修改，最早的是{day}退回的", **facts)
        found.append(Task(text, _one_or(back, "/vouchers?status=draft"), words.say("修改"), "bad"))
    on_the_way = [r for r in rows if not r["returned_at"]]
    if on_the_way:
        text = words.say("您有 {count} 张审批单在等审批", count=len(on_the_way))
        found.append(Task(text, _one_or(on_the_way, "/vouchers?status=open"), words.say("查看")))
    return found


def _one_or(rows: list[dict[str, Any]], href: str) -> str:
    """Straight to the voucher when there is only one."""
    return f"/vouchers/{rows[0]['number']}" if len(rows) == 1 else href


# -- goods -------------------------------------------------------------------------------------------

_STANDING = (
    "FROM holding h JOIN account a ON a.id = h.account JOIN unit u ON u.id = h.unit "
    "JOIN lot l ON l.code = substr(u.code, 5) WHERE h.minimum = 0 AND h.quantity > 0 AND u.kind = 'lot' "
)


def _at(by: Actor, *args: Any) -> tuple[str, tuple[Any, ...]]:
    """The condition of the account's store and the values; an account without a store sees every store."""
    if by.store is None:
        return "AND a.code LIKE 'store:%' ", args
    return f"AND a.code = ${len(args) + 1} ", (*args, acc.shelf(by.store))


async def expired(by: Actor) -> list[Task]:
    """Lots on the shelf that are past their date."""
    at, values = _at(by, clock.today().isoformat())
    row = await _counted(
        f"SELECT COUNT(*) AS n, MIN(l.expires_on) AS first {_STANDING} {at} AND l.expires_on < $1", *values
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "day": day_words(row["first"])}
    text = words.say("有 {count} 批物资已经过期，最早的{day}到期，请下架", **facts)
    return [Task(text, _stock(by), words.say("查看"), "bad")]


async def expiring(by: Actor) -> list[Task]:
    """Lots on the shelf that expire within 30 days."""
    today = clock.today()
    at, values = _at(by, today.isoformat(), (today + timedelta(days=EXPIRING_DAYS)).isoformat())
    row = await _counted(
        f"SELECT COUNT(*) AS n, MIN(l.expires_on) AS first {_STANDING} {at} "
        "AND l.expires_on >= $1 AND l.expires_on <= $2",
        *values,
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "days": EXPIRING_DAYS, "day": day_words(row["first"])}
    text = words.say("有 {count} 批物资 {days} 天内到期，最早的{day}到期", **facts)
    return [Task(text, _stock(by), words.say("查看"), "wait")]


async def issues_today(by: Actor) -> list[Task]:
    """How many issues the store made today."""
    if by.store is None:
        return []
    n = await reading.value(
        "SELECT COUNT(*) FROM goods_document WHERE kind = 'issue' AND store = $1 AND effective_on = $2 "
        "AND reversed_by IS NULL",
        by.store,
        clock.today().isoformat(),
    )
    text = words.say("今天发放了 {count} 单", count=n) if n else words.say("今天还没有发放")
    return [Task(text, f"/stores/{by.store}/out", words.say("去发放"))]


def _stock(by: Actor) -> str:
    return f"/stores/{by.store}/stock" if by.store else "/stores"


# -- the house ---------------------------------------------------------------------------------------


async def last_export(by: Actor) -> list[Task]:
    """The newest entry of the books, and the newest register that was exported."""
    del by
    head = await _counted("SELECT seq, at FROM head WHERE id = 1")
    found = []
    if head["seq"]:
        facts = {"seq": head["seq"], "day": day_words(head["at"])}
        text = words.say("账簿记到第 {seq} 笔，最后一笔是{day}记的", **facts)
        found.append(Task(text, "/ledgers/disbursements", words.say("查看台账")))
    last = await reading.value("SELECT MAX(finished_at) FROM export WHERE state = 'done'")
    if last:
        text = words.say("最近一次导出台账是{day}", day=day_words(last))
        found.append(Task(text, "/ledgers/donations", words.say("导出台账")))
    return found


async def staff(by: Actor) -> list[Task]:
    """How many accounts can sign in."""
    del by
    n = await reading.value("SELECT COUNT(*) FROM staff WHERE disabled_at IS NULL")
    return [Task(words.say("有 {count} 个账号可以登录", count=n), "/accounts", words.say("管理账号"))]


WAITING: list[tuple[Callable[[Actor], bool], Callable[[Actor], Awaitable[list[Task]]]]] = [
    (_acts("voucher.approve"), to_approve),
    (_acts("voucher.pay"), to_pay),
    (_acts("voucher.make"), returned),
    (_acts("refund.approve"), refunds),
    (_acts("gift.receive"), pledges),
    (_acts("receipt.void"), receipts),
    (_acts("goods.move"), expired),
    (_acts("goods.move"), expiring),
    (_acts("goods.move"), issues_today),
    (_holds(Role.AUDITOR, Role.ACCOUNTANT), last_export),
    (_acts("account.manage"), staff),
]
