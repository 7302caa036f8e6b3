"""`charity verify`, the part of branches: advances, rosters and the books say the same.

What stands with each branch of each fund (1122) is what was paid to it less what confirmed rosters account for and what
came back; a confirmed roster has an entry that says what it says, and another person than its maker behind it.
"""

import json
from collections import defaultdict
from typing import Any

from charity import words
from charity.aid.branches import returns, rosters
from charity.aid.branches.advances import account
from charity.aid.branches.content import listing
from charity.aid.models import RosterStatus
from charity.db import reading, sealed
from charity.errors import Failure
from charity.ledger import accounts as acc
from charity.ledger import checks, entries, numbers, payment_numbers
from charity.ledger.content import digest, hashed
from charity.ledger.payment_numbers import Claim, PaymentKind

INVARIANT = "I11"
CHUNK = 500
ACCOUNTS_MAX = 10_000
"""Branches times funds."""
IN_CONTENT = ("number", "voucher", "distributed_on", "amount_fen", "recipients")
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
    "FROM branch_return r WHERE r.voucher = a.voucher), 0)",
)
_SERIES: checks.Check = (
    "I7",
    "{year} 年花名册共 {n} 个号，编号序列的下一号是 {next}",
    "SELECT r.year, r.n, s.next FROM (SELECT year, COUNT(*) AS n FROM branch_roster GROUP BY year) r "
    "LEFT JOIN series s ON s.name = 'branch_roster' AND s.year = r.year WHERE r.n + 1 <> COALESCE(s.next, 1)",
)
_RETURN_SERIES: checks.Check = (
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
        confirmed = await reading.tuples("SELECT entry_seq FROM branch_roster WHERE entry_seq IS NOT NULL")
        alone = await entries.of_kinds([rosters.KIND]) - {seq for (seq,) in confirmed}
    wrong += [_wrong("分录 #{seq} 是花名册，却没有这份花名册", seq=seq) for seq in sorted(alone)]
    return [*wrong, *await _rosters(), *await _returns(), *await checks.failures([_SERIES, _RETURN_SERIES])]


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


async def _rosters() -> list[Failure]:
    wrong: list[Failure] = []
    after = ""
    while True:
        async with reading.snapshot():
            rows = await reading.rows(
                "SELECT r.*, a.branch, a.fund, v.programme FROM branch_roster r "
                "JOIN branch_advance a ON a.voucher = r.voucher JOIN voucher v ON v.number = r.voucher "
                "WHERE r.number > $1 ORDER BY r.number LIMIT $2",
                after,
                CHUNK,
            )
            if not rows:
                return wrong
            bodies = await entries.bodies([row["entry_seq"] for row in rows if row["entry_seq"]])
            listed = await _lists([row["content_hash"] for row in rows])
        for row in rows:
            wrong += _roster(row, listed[row["content_hash"]], bodies.get(row["entry_seq"]))
        after = rows[-1]["number"]


async def _returns() -> list[Failure]:
    """What came back is what its entry says; its bank's number is kept for it, and none is kept for another."""
    async with reading.snapshot():
        rows = await reading.rows(
            "SELECT r.*, a.branch, a.fund, v.programme FROM branch_return r JOIN branch_advance a "
            "ON a.voucher = r.voucher JOIN voucher v ON v.number = r.voucher ORDER BY r.number"
        )
        bodies = await entries.bodies([row["entry_seq"] for row in rows])
        claims = [
            Claim(returns.CHANNEL, row["channel_ref"], row["number"], row["number"])
            for row in rows
            if row["channel_ref"]
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
    lines = [
        [f"{row['paid_into']}/{row['fund']}", acc.CNY, row["amount_fen"]],
        [account(row["branch"], row["fund"]), acc.CNY, -row["amount_fen"]],
    ]
    return (
        body is not None
        and body["kind"] == returns.KIND
        and body["facts"] == returns.facts(row["number"], row["voucher"], row["programme"])
        and body["postings"] == lines
        and body["actor"] == row["cashier"]
        and body["recorded_at"] == row["made_at"]
        and row["number"].startswith(numbers.start(returns.PREFIX, row["year"]))
    )


async def _lists(hashes: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Who got what by roster, in order."""
    result: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for content_hash, key, fen in await reading.tuples(
        "SELECT content_hash, recipient, amount_fen FROM voucher_recipient "  # noqa: S608 - places from code
        f"WHERE content_hash IN ({reading.places(len(hashes))}) ORDER BY content_hash, n",
        *hashes,
    ):
        result[content_hash].append((key, fen))
    return result


def _roster(row: dict[str, Any], listed: list[tuple[str, int]], body: dict[str, Any] | None) -> list[Failure]:
    content = json.loads(row["content"])
    holds = {
        "花名册 {number}：哈希与内容不符": hashed(row["content"]) == row["content_hash"],
        "花名册 {number}：各列与内容不符": all(content[name] == row[name] for name in IN_CONTENT),
        "花名册 {number}：名单与内容不符": _listed(row, content, listed),
        "花名册 {number}：地点不是内容所含的那一个": _place(row, content),
        "花名册 {number}：编号与年度不符": row["number"].startswith(numbers.start(rosters.PREFIX, row["year"])),
        "花名册 {number}：录入人自己核对了": row["decided_by"] != row["maker"],
        "花名册 {number}：与其分录不符": _booked(row, body),
    }
    return [_wrong(msgid, number=row["number"]) for msgid, held in holds.items() if not held]


def _listed(row: dict[str, Any], content: dict[str, Any], listed: list[tuple[str, int]]) -> bool:
    """Whether who got what is the confirmed list, and adds up."""
    if content["listed"] is None:
        return not listed
    whole = len(listed) == row["recipients"] and sum(fen for _, fen in listed) == row["amount_fen"]
    return whole and bool(content["listed"] == listing(row["salt"], listed))


def _place(row: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether the sealed place can be opened and is the one that was confirmed."""
    try:
        place = sealed.unseal("branch_roster", "place", row["number"], row["place"])
    except (sealed.SealBroken, ValueError):
        return False
    return bool(digest(row["salt"], place) == content["place"])


def _booked(row: dict[str, Any], body: dict[str, Any] | None) -> bool:
    """Whether the entry says what the roster does and moves just its sum; a roster that is not confirmed has none."""
    if row["status"] != RosterStatus.CONFIRMED:
        return body is None and row["entry_seq"] is None
    lines = [
        [acc.money(acc.COST, row["fund"], row["programme"]), acc.CNY, row["amount_fen"]],
        [account(row["branch"], row["fund"]), acc.CNY, -row["amount_fen"]],
    ]
    return (
        body is not None
        and body["kind"] == rosters.KIND
        and body["facts"] == rosters.facts(row, row["programme"])  # type: ignore[arg-type]
        and body["postings"] == lines
        and body["actor"] == row["decided_by"]
        and body["recorded_at"] == row["decided_at"]
    )
