"""`charity verify`, the part of reversals of rosters and returns: two persons are behind each, its entry says it."""

from collections.abc import Mapping
from typing import Any

from charity import words
from charity.aid.branch_reversals import verbs
from charity.aid.models import RosterStatus
from charity.db import reading, sealed
from charity.errors import Failure
from charity.ledger import checks, entries, numbers

INVARIANT = "I11"
_SERIES: checks.Check = (
    "I7",
    "{year} 年冲销申请共 {n} 个号，编号序列的下一号是 {next}",
    "SELECT r.year, r.n, s.next FROM (SELECT year, COUNT(*) AS n FROM branch_reversal GROUP BY year) r "
    "LEFT JOIN series s ON s.name = 'branch_reversal' AND s.year = r.year WHERE r.n + 1 <> COALESCE(s.next, 1)",
)
_UNDONE = (
    "SELECT t.number FROM (SELECT number FROM branch_roster WHERE status = 'reversed' "
    "UNION SELECT number FROM branch_return WHERE status = 'reversed') t "
    "WHERE NOT EXISTS (SELECT 1 FROM branch_reversal v WHERE v.target = t.number AND v.status = 'confirmed')"
)
_REVERSALS = (
    "SELECT v.*, COALESCE(r.voucher, b.voucher) AS voucher, COALESCE(r.status, b.status) AS target_status, "
    "COALESCE(r.entry_seq, b.entry_seq) AS of_seq, u.programme FROM branch_reversal v "
    "LEFT JOIN branch_roster r ON v.kind = 'roster' AND r.number = v.target "
    "LEFT JOIN branch_return b ON v.kind = 'return' AND b.number = v.target "
    "LEFT JOIN voucher u ON u.number = COALESCE(r.voucher, b.voucher) ORDER BY v.number"
)


async def run() -> list[Failure]:
    """Check every reversal; the failures, none when all is right."""
    async with reading.snapshot():
        rows = await reading.rows(_REVERSALS)
        bodies = await entries.bodies([row["entry_seq"] for row in rows if row["entry_seq"]])
        alone = await entries.of_kinds(list(verbs.KINDS.values())) - {row["entry_seq"] for row in rows}
        undone = await reading.tuples(_UNDONE)
    wrong = [_wrong("分录 #{seq} 是冲销花名册或退回的款，却没有登记", seq=seq) for seq in sorted(alone)]
    wrong += [_wrong("{number}：已冲销，却没有核对过的冲销申请", number=number) for (number,) in undone]
    for row in rows:
        wrong += _reversal(row, bodies.get(row["entry_seq"]))
    return [*wrong, *await checks.failures([_SERIES])]


def _wrong(msgid: str, **facts: Any) -> Failure:
    return Failure(INVARIANT, words.say(msgid, **facts))


def _reversal(row: dict[str, Any], body: Mapping[str, Any] | None) -> list[Failure]:
    withdrawn = row["status"] == RosterStatus.WITHDRAWN
    holds = {
        "冲销申请 {number}：编号与年度不符": row["number"].startswith(numbers.start(verbs.PREFIX, row["year"])),
        "冲销申请 {number}：申请人自己核对了": (row["decided_by"] == row["maker"]) == withdrawn,
        "冲销申请 {number}：理由打不开": _cause(row),
        "冲销申请 {number}：与其分录不符": _booked(row, body),
    }
    return [_wrong(msgid, number=row["number"]) for msgid, held in holds.items() if not held]


def _cause(row: dict[str, Any]) -> bool:
    try:
        return bool(sealed.unseal("branch_reversal", "cause", row["number"], row["cause"]))
    except (sealed.SealBroken, ValueError):
        return False


def _booked(row: dict[str, Any], body: Mapping[str, Any] | None) -> bool:
    """Whether the entry takes the target's entry back, in the words of the request; unconfirmed there is none."""
    if row["status"] != RosterStatus.CONFIRMED:
        return body is None and row["entry_seq"] is None
    kind = verbs.KINDS.get(row["kind"])
    expected = {"reason": kind, "of": row["of_seq"], **verbs.facts(row, row, row["programme"])}
    return (
        body is not None
        and body["kind"] == kind
        and body["facts"] == expected
        and body["reverses"] == row["of_seq"]
        and body["actor"] == row["decided_by"]
        and body["recorded_at"] == row["decided_at"]
        and row["target_status"] == RosterStatus.REVERSED
    )
