"""`charity verify`, the part of rosters: each says what was confirmed, and a confirmed one has an entry that says it.

Another person than its maker is behind it.
"""

import json
from collections import defaultdict
from typing import Any

from charity import words
from charity.aid import branches
from charity.aid.models import RosterStatus
from charity.aid.rosters import verbs
from charity.aid.rosters.content import listing
from charity.db import reading, sealed
from charity.errors import Failure
from charity.ledger import accounts as acc
from charity.ledger import checks, entries, numbers
from charity.ledger.content import digest, hashed

INVARIANT = "I11"
CHUNK = 500
BOOKED = (RosterStatus.CONFIRMED, RosterStatus.REVERSED)
IN_CONTENT = ("number", "voucher", "distributed_on", "amount_fen", "recipients")
_SERIES: checks.Check = (
    "I7",
    "{year} 年花名册共 {n} 个号，编号序列的下一号是 {next}",
    "SELECT r.year, r.n, s.next FROM (SELECT year, COUNT(*) AS n FROM branch_roster GROUP BY year) r "
    "LEFT JOIN series s ON s.name = 'branch_roster' AND s.year = r.year WHERE r.n + 1 <> COALESCE(s.next, 1)",
)


async def run() -> list[Failure]:
    """Check every roster; the failures, none when all is right."""
    async with reading.snapshot():
        confirmed = await reading.tuples("SELECT entry_seq FROM branch_roster WHERE entry_seq IS NOT NULL")
        alone = await entries.of_kinds([verbs.KIND]) - {seq for (seq,) in confirmed}
    wrong = [_wrong("分录 #{seq} 是花名册，却没有这份花名册", seq=seq) for seq in sorted(alone)]
    return [*wrong, *await _rosters(), *await checks.failures([_SERIES])]


def _wrong(msgid: str, **facts: Any) -> Failure:
    return Failure(INVARIANT, words.say(msgid, **facts))


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
        "花名册 {number}：编号与年度不符": row["number"].startswith(numbers.start(verbs.PREFIX, row["year"])),
        "花名册 {number}：录入人自己核对了": (row["decided_by"] == row["maker"])
        == (row["status"] == RosterStatus.WITHDRAWN),
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
    if row["status"] not in BOOKED:
        return body is None and row["entry_seq"] is None
    lines = [
        [acc.money(acc.COST, row["fund"], row["programme"]), acc.CNY, row["amount_fen"]],
        [branches.account(row["branch"], row["fund"]), acc.CNY, -row["amount_fen"]],
    ]
    return (
        body is not None
        and body["kind"] == verbs.KIND
        and body["facts"] == verbs.facts(row, row["programme"])  # type: ignore[arg-type]
        and body["postings"] == lines
        and body["actor"] == row["decided_by"]
        and body["recorded_at"] == row["decided_at"]
    )
