"""What giving puts on the desk; what the search box knows of it stands in `finding`."""

from dataclasses import dataclass
from typing import Final

from charity import clock, words
from charity.db import reading
from charity.desk import tasks as desk
from charity.desk.tasks import Source, Task, counted
from charity.giving import finding
from charity.giving.deliveries import OF_ROSTERS
from charity.money import yuan_sign
from charity.roles import Actor
from charity.web.formats import day_words

_MOST: Final = "{most}"
"""Where a statement has how many rows the desk looks at."""
_SUMMED: Final = "COUNT(*) AS n, COALESCE(CAST(SUM(amount_fen) AS BIGINT), 0) AS fen"
_PLEDGES: Final = "status NOT IN ('received', 'cancelled', 'released') AND expires_at > $1"
_UNRECEIPTED: Final = "receipt IS NULL AND status = 'ok' AND amount_fen IS NOT NULL AND amount_fen > 0 "
_UNRECEIPTED_ALONE: Final = f"{_UNRECEIPTED}AND key NOT IN {OF_ROSTERS}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of thing that waits. `sql` answers its number `n`, the `first` of it, with a sum `fen`, and its `due`.

    `asked`: what $1 of `sql` is, the reader (what he asked for himself is not his to do) or the instant.
    """

    permission: str
    sql: str
    text: str
    note: str
    href: str
    action: str
    order: int
    asked: str = ""

    async def tasks(self, by: Actor) -> list[Task]:
        """The task, for who may do it, while something waits."""
        if not by.may(self.permission):
            return []
        values = {"": [], "reader": [by.key], "instant": [clock.stamp()]}[self.asked]
        row = await reading.only(self.sql.format(most=desk.COUNT_MAX + 1), *values)
        if not row["n"]:
            return []
        facts = {"count": counted(row["n"])} | ({"amount": yuan_sign(row["fen"])} if "fen" in row else {})
        return [
            Task(
                words.say(self.text, **facts),
                self.href,
                words.say(self.action),
                order=self.order,
                tone="wait",
                note=words.say(self.note, day=day_words(row["first"])),
                due_on=clock.business_date(row["due"]).isoformat() if row.get("due") else "",
            )
        ]


REFUNDS_TO_APPROVE: Final = Waiting(
    "refund.approve",
    f"SELECT {_SUMMED}, MIN(requested_at) AS first FROM refund WHERE status = 'requested' AND requested_by <> $1",  # noqa: S608
    "有 {count} 笔退款申请等您批准，共 {amount}",
    "最早的是{day}申请的",
    "/refunds?status=requested",
    "批准退款",
    210,
    asked="reader",
)
BOXES_TO_CONFIRM: Final = Waiting(
    "box.confirm",
    f"SELECT {_SUMMED}, MIN(counted_at) AS first FROM box_opening WHERE status = 'counted' AND counted_by <> $1",  # noqa: S608
    "有 {count} 次募捐箱清点等第二人确认，共 {amount}",
    "最早的是{day}清点的",
    "/boxes",
    "去确认",
    214,
    asked="reader",
)
REFUNDS_TO_PAY: Final = Waiting(
    "refund.pay",
    f"SELECT {_SUMMED}, MIN(approved_at) AS first FROM refund "  # noqa: S608 - from here
    "WHERE status = 'approved' AND requested_by <> $1 AND approved_by <> $1",
    "有 {count} 笔退款已批准，等您付款，共 {amount}",
    "最早的是{day}批准的",
    "/refunds?status=approved",
    "登记退款付款",
    212,
    asked="reader",
)
REVERSALS_TO_APPROVE: Final = Waiting(
    "reversal.approve",
    "SELECT COUNT(*) AS n, MIN(requested_at) AS first FROM gift_reversal "
    "WHERE status = 'requested' AND requested_by <> $1",
    "有 {count} 份捐赠更正申请等您批准",
    "最早的是{day}申请的",
    "/reversals?status=requested",
    "批准更正",
    214,
    asked="reader",
)
PLEDGES_OPEN: Final = Waiting(
    "gift.receive",
    "SELECT COUNT(*) AS n, MIN(x.created_at) AS first, MIN(x.expires_at) AS due FROM (SELECT created_at, expires_at "  # noqa: S608
    f"FROM pledge WHERE {_PLEDGES} ORDER BY expires_at LIMIT {_MOST}) x",
    "有 {count} 笔认捐等待到账",
    "最早的一笔是{day}认捐的",
    "/pledges",
    "登记到账",
    220,
    asked="instant",
)
RECEIPTS_UNDELIVERED: Final = Waiting(
    "gift.receive",
    "SELECT COUNT(*) AS n, MIN(x.issued_on) AS first FROM (SELECT issued_on FROM receipt "  # noqa: S608 - from here
    f"WHERE status = 'issued' AND delivery = 'pending' ORDER BY issued_on LIMIT {_MOST}) x",
    "有 {count} 张收据还没有交给捐赠人",
    "最早的是{day}开的",
    "/receipts/deliver",
    "交付收据",
    230,
)
GIFTS_WITHOUT_RECEIPT: Final = Waiting(
    "gift.receive",
    "SELECT COUNT(*) AS n, MIN(x.received_on) AS first FROM (SELECT received_on FROM donation "  # noqa: S608 - from here
    f"WHERE {_UNRECEIPTED_ALONE} ORDER BY received_on LIMIT {_MOST}) x",
    "有 {count} 笔捐赠没有有效收据",
    "最早的是{day}到账的",
    "/receipts/missing",
    "开具收据",
    232,
)
ROSTERS_REMITTED: Final = Waiting(
    "gift.receive",
    "SELECT COUNT(*) AS n, MIN(remitted_on) AS first FROM unit_roster WHERE status = 'remitted'",
    "有 {count} 个单位说已汇款，等核对入账",
    "最早的是{day}汇的",
    "/one-day?status=remitted",
    "核对入账",
    222,
)
ROSTERS_UNRECEIPTED: Final = Waiting(
    "gift.receive",
    "SELECT COUNT(*) AS n, MIN(received_on) AS first FROM unit_roster WHERE status = 'matched'",
    "有 {count} 个单位的款已入账，等开收据",
    "最早的是{day}到账的",
    "/one-day?status=matched",
    "开收据",
    224,
)
ROSTERS_TO_PUBLISH: Final = Waiting(
    "campaign.manage",
    "SELECT COUNT(*) AS n, MIN(received_on) AS first FROM unit_roster WHERE status = 'receipted'",
    "有 {count} 个单位已开收据，等公示",
    "最早的是{day}到账的",
    "/one-day?status=receipted",
    "公示",
    226,
)
finders = finding.finders
tasks: list[Source] = [
    REFUNDS_TO_APPROVE.tasks,
    REFUNDS_TO_PAY.tasks,
    BOXES_TO_CONFIRM.tasks,
    REVERSALS_TO_APPROVE.tasks,
    PLEDGES_OPEN.tasks,
    ROSTERS_REMITTED.tasks,
    ROSTERS_UNRECEIPTED.tasks,
    ROSTERS_TO_PUBLISH.tasks,
    RECEIPTS_UNDELIVERED.tasks,
    GIFTS_WITHOUT_RECEIPT.tasks,
]
