"""`charity verify`, the part of branches: advances, what came back and the books say the same.

What stands with each branch of each fund (1122) is what was paid to it less what confirmed rosters account for and what
came back.
"""

from typing import Any

from charity import words
from charity.aid.branches import returns
from charity.aid.branches.advances import account
from charity.aid.models import RosterStatus
from charity.db import reading
from charity.errors import Failure
from charity.ledger import accounts as acc
from charity.ledger import checks, entries, numbers, payment_numbers
from charity.ledger.payment_numbers import Claim, PaymentKind

INVARIANT = "I11"
ACCOUNTS_MAX = 10_000
"""Branches times funds."""
_PAID = (
    "拨付审批单 {number}：预拨登记与付款不符",
    "SELECT v.number AS voucher FROM voucher v LEFT JOIN branch_advance a ON a.voucher = v.number "
    "WHERE v.payee_kind = 'branch' AND v.purpose = 'aid' AND v.entry_seq IS NOT NULL AND (a.voucher IS NULL "
    "OR a.branch <> v.payee OR a.fund <> v.fund OR a.amount_fen <> v.amount_fen) "
    "UNION SELECT a.voucher FROM branch_advance a LEFT JOIN voucher v ON v.number = a.voucher "
    "WHERE v.number IS NULL OR v.payee_kind <> 'branch' OR v.purpose <> 'aid' OR v.entry_seq IS NULL",
)
_ROSTERED = (
    "拨付审批单 {number}：预拨登记的花名册金额与花名册不符",
    "SELECT a.voucher FROM branch_advance a WHERE a.rostered_fen <> COALESCE((SELECT SUM(r.amount_fen) "
    "FROM branch_roster r WHERE r.voucher = a.voucher AND r.status = 'confirmed'), 0)",
)
_RETURNED = (
    "拨付审批单 {number}：预拨登记的退回金额与退回的款不符",
    "SELECT a.voucher FROM branch_advance a WHERE a.returned_fen <> COALESCE((SELECT SUM(r.amount_fen) "
    "FROM branch_return r WHERE r.voucher = a.voucher AND r.status = 'confirmed'), 0)",
)
_SERIES: checks.Check = (
    "I7",
    "{year} 年分会退回的款共 {n} 个号，编号序列的下一号是 {next}",
    "SELECT r.year, r.n, s.next FROM (SELECT year, COUNT(*) AS n FROM branch_return GROUP BY year) r "
    "LEFT JOIN series s ON s.name = 'branch_return' AND s.year = r.year WHERE r.n + 1 <> COALESCE(s.next, 1)",
)


async def run() -> list[Failure]:
    """Check every advance and every roster; the failures, none when all is right."""
    wrong: list[Failure] = []
    async with reading.snapshot():
        for msgid, sql in (_PAID, _ROSTERED, _RETURNED):
            wrong += [_wrong(msgid, number=row["voucher"]) for row in await reading.rows(sql)]
        wrong += await _held()
    return [*wrong, *await _returns(), *await checks.failures([_SERIES])]


def _wrong(msgid: str, **facts: Any) -> Failure:
    return Failure(INVARIANT, words.say(msgid, **facts))


async def _held() -> list[Failure]:
    """What stands with a branch in the books, and by its advances."""
    rows = await reading.rows(
        "SELECT branch, fund, CAST(SUM(amount_fen - rostered_fen - returned_fen) AS BIGINT) AS fen FROM branch_advance "
        "GROUP BY branch, fund"
    )
    advanced = {(row["branch"], row["fund"]): row["fen"] for row in rows}
    booked = {}
    for row in await entries.balances(account=acc.ADVANCED, limit=ACCOUNTS_MAX):
        _, branch, fund = acc.split(row["account"])
        booked[branch, fund] = row["quantity"]
    msgid = "分会 {branch}、基金 {fund}：账上预拨 {booked} 分，登记为 {fen} 分"
    return [
        _wrong(msgid, branch=branch, fund=fund, booked=here, fen=there)
        for branch, fund in sorted({*advanced, *booked})
        for here, there in [(booked.get((branch, fund), 0), advanced.get((branch, fund), 0))]
        if here != there
    ]


async def _returns() -> list[Failure]:
    """What came back is what its entry says; its bank's number is kept for it, and none is kept for another."""
    async with reading.snapshot():
        rows = await reading.rows(
            "SELECT r.*, a.branch, a.fund, v.programme FROM branch_return r JOIN branch_advance a "
            "ON a.voucher = r.voucher JOIN voucher v ON v.number = r.voucher ORDER BY r.number"
        )
        bodies = await entries.bodies([row["entry_seq"] for row in rows if row["entry_seq"]])
        claims = [
            Claim(returns.CHANNEL, row["channel_ref"], row["number"], row["number"])
            for row in rows
            if row["channel_ref"] and row["status"] == RosterStatus.CONFIRMED
        ]
        lost = {claim.key for claim in await payment_numbers.unkept(PaymentKind.RETURN, claims)}
        kept = await payment_numbers.held(PaymentKind.RETURN)
        alone = await entries.of_kinds([returns.KIND]) - {row["entry_seq"] for row in rows}
    wrong = [
        _wrong("分会退回的款 {number}：与其分录不符", number=row["number"])
        for row in rows
        if not _given_back(row, bodies.get(row["entry_seq"]))
    ]
    wrong += [_wrong("分录 #{seq} 是分会退回的款，却没有登记", seq=seq) for seq in sorted(alone)]
    if lost or kept != len(claims):
        wrong.append(Failure("I7", words.say("流水号登记的分会退回笔数与退回的款不符")))
    return wrong


def _given_back(row: dict[str, Any], body: dict[str, Any] | None) -> bool:
    withdrawn = row["status"] == RosterStatus.WITHDRAWN
    if not row["number"].startswith(numbers.start(returns.PREFIX, row["year"])):
        return False
    if (row["decided_by"] == row["cashier"]) != withdrawn:
        return False
    if row["status"] not in {RosterStatus.CONFIRMED, RosterStatus.REVERSED}:
        return body is None and row["entry_seq"] is None
    cashier = row["cashier"] if row["decided_by"] else None
    lines = [
        [f"{row['paid_into']}/{row['fund']}", acc.CNY, row["amount_fen"]],
        [account(row["branch"], row["fund"]), acc.CNY, -row["amount_fen"]],
    ]
    return (
        body is not None
        and body["kind"] == returns.KIND
        and body["facts"] == returns.facts(row["number"], row["voucher"], row["programme"], cashier)
        and body["postings"] == lines
        and body["actor"] == (row["decided_by"] or row["cashier"])
        and body["recorded_at"] == row["decided_at"]
    )
