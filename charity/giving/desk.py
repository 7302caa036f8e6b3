"""What giving puts on the desk, and which of its numbers the search box knows."""

from charity import clock, tokens, words
from charity.db import reading
from charity.desk import tasks as desk
from charity.desk.tasks import Task, counted
from charity.money import yuan_sign
from charity.roles import Actor
from charity.web.formats import day_words

_REFERENCE_TAIL = 7


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


async def find_receipt(code: str, by: Actor) -> str | None:
    """A receipt by number or by the code of its QR.

    A number counts up, so it leads only those on who may read gifts; the code of a QR is a secret that
    whoever holds the receipt has.
    """
    if by.may("gift.read"):
        receipt = await reading.value("SELECT code FROM receipt WHERE number = $1 OR code = $1", code)
        return f"/receipts/{receipt}" if receipt else None
    receipt = await reading.value("SELECT code FROM receipt WHERE code = $1", code)
    return f"/r/{receipt}" if receipt else None


async def find_pledge(code: str, by: Actor) -> str | None:
    """A pledge by its reference, with or without the hyphen."""
    if not by.may("pledge.read") or not tokens.reference_valid(code):
        return None
    plain = tokens.normalise(code)
    reference = f"{plain[:-_REFERENCE_TAIL]}-{plain[-_REFERENCE_TAIL:]}"
    pledge = await reading.value("SELECT code FROM pledge WHERE reference = $1", reference)
    if pledge is None:
        return None
    return f"/pledges/{pledge}/receive" if by.may("gift.receive") else f"/p/{pledge}"


async def find_refund(code: str, by: Actor) -> str | None:
    """A refund by its number."""
    if not by.may("refund.read"):
        return None
    number = await reading.value("SELECT number FROM refund WHERE number = $1", code)
    return f"/refunds/{number}" if number else None


async def find_reversal(code: str, by: Actor) -> str | None:
    """The correction of a gift by its number."""
    if not by.may("reversal.read"):
        return None
    number = await reading.value("SELECT number FROM gift_reversal WHERE number = $1", code)
    return f"/reversals/{number}" if number else None


tasks = [
    refunds_to_approve,
    refunds_to_pay,
    reversals_to_approve,
    pledges_open,
    receipts_undelivered,
    gifts_without_receipt,
]
finders = [find_receipt, find_pledge, find_refund, find_reversal]
