"""What giving puts on the desk; what the search box knows of it stands in `finding`."""

from charity import clock, words
from charity.db import reading
from charity.desk import tasks as desk
from charity.desk.tasks import Task, counted
from charity.giving import finding
from charity.money import yuan_sign
from charity.roles import Actor
from charity.web.formats import day_words


async def refunds_to_approve(by: Actor) -> list[Task]:
    """Refunds that another person asked for."""
    if not by.may("refund.approve"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, COALESCE(CAST(SUM(amount_fen) AS BIGINT), 0) AS fen, MIN(requested_at) AS first "
        "FROM refund WHERE status = 'requested' AND requested_by <> $1",
        by.key,
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "amount": yuan_sign(row["fen"]), "day": day_words(row["first"])}
    text = words.say("有 {count} 笔退款申请等您批准，共 {amount}，最早的是{day}申请的", **facts)
    return [Task(text, "/refunds?status=requested", words.say("批准退款"), order=210, tone="wait")]


async def refunds_to_pay(by: Actor) -> list[Task]:
    """Approved refunds that this cashier neither asked for nor approved."""
    if not by.may("refund.pay"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, COALESCE(CAST(SUM(amount_fen) AS BIGINT), 0) AS fen, MIN(approved_at) AS first "
        "FROM refund WHERE status = 'approved' AND requested_by <> $1 AND approved_by <> $1",
        by.key,
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "amount": yuan_sign(row["fen"]), "day": day_words(row["first"])}
    text = words.say("有 {count} 笔退款已批准，等您付款，共 {amount}，最早的是{day}批准的", **facts)
    return [Task(text, "/refunds?status=approved", words.say("登记退款付款"), order=212, tone="wait")]


async def reversals_to_approve(by: Actor) -> list[Task]:
    """Corrections that another person asked for."""
    if not by.may("reversal.approve"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, MIN(requested_at) AS first FROM gift_reversal "
        "WHERE status = 'requested' AND requested_by <> $1",
        by.key,
    )
    if not row["n"]:
        return []
    facts = {"count": row["n"], "day": day_words(row["first"])}
    text = words.say("有 {count} 份捐赠更正申请等您批准，最早的是{day}申请的", **facts)
    return [Task(text, "/reversals?status=requested", words.say("批准更正"), order=214, tone="wait")]


async def pledges_open(by: Actor) -> list[Task]:
    """Pledges that wait for their money."""
    if not by.may("gift.receive"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, MIN(x.created_at) AS first FROM (SELECT created_at FROM pledge "  # noqa: S608 - a number
        "WHERE status NOT IN ('received', 'cancelled', 'released') AND expires_at > $1 "
        f"ORDER BY expires_at LIMIT {desk.COUNT_MAX + 1}) x",
        clock.stamp(),
    )
    if not row["n"]:
        return []
    facts = {"count": counted(row["n"]), "day": day_words(row["first"])}
    text = words.say("有 {count} 笔认捐等待到账，最早的一笔是{day}认捐的", **facts)
    return [Task(text, "/pledges", words.say("登记到账"), order=220, tone="wait")]


async def receipts_undelivered(by: Actor) -> list[Task]:
    """Receipts that nobody has delivered, for who may note it."""
    if not by.may("gift.receive"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, MIN(x.issued_on) AS first FROM (SELECT issued_on FROM receipt "  # noqa: S608 - a number
        "WHERE status = 'issued' AND delivery = 'pending' "
        f"ORDER BY issued_on LIMIT {desk.COUNT_MAX + 1}) x"
    )
    if not row["n"]:
        return []
    text = words.say(
        "有 {count} 张收据还没有交给捐赠人，最早的是{day}开的", count=counted(row["n"]), day=day_words(row["first"])
    )
    return [Task(text, "/receipts/deliver", words.say("交付收据"), order=230, tone="wait")]


async def gifts_without_receipt(by: Actor) -> list[Task]:
    """Gifts that are on no valid receipt, for who may issue one."""
    if not by.may("gift.receive"):
        return []
    row = await reading.only(
        "SELECT COUNT(*) AS n, MIN(x.received_on) AS first FROM (SELECT received_on FROM donation "  # noqa: S608 - a number
        "WHERE receipt IS NULL AND status = 'ok' AND amount_fen IS NOT NULL AND amount_fen > 0 "
        f"ORDER BY received_on LIMIT {desk.COUNT_MAX + 1}) x"
    )
    if not row["n"]:
        return []
    text = words.say(
        "有 {count} 笔捐赠没有有效收据，最早的是{day}到账的", count=counted(row["n"]), day=day_words(row["first"])
    )
    return [Task(text, "/receipts/missing", words.say("开具收据"), order=232, tone="wait")]


finders = finding.finders
tasks = [
    refunds_to_approve,
    refunds_to_pay,
    reversals_to_approve,
    pledges_open,
    receipts_undelivered,
    gifts_without_receipt,
]
