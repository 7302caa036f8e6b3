"""What `charity verify` compares of the bank: movements with the journal, matches with lines and decisions."""

from charity import words
from charity.bank.models import LineStatus, MatchKind
from charity.bank.movements import CHARTS, mark
from charity.db import reading
from charity.errors import Failure
from charity.giving import unidentified
from charity.ledger import moved
from charity.money import yuan

FAILURES_MAX = 20
_UNEQUAL = (
    "SELECT x.matched AS key, CAST(SUM(x.fen) AS BIGINT) AS fen FROM ("
    "SELECT matched, in_fen - out_fen AS fen FROM bank_line WHERE status = $1 UNION ALL "
    "SELECT matched, -fen FROM bank_movement WHERE matched IS NOT NULL) x GROUP BY x.matched HAVING SUM(x.fen) <> 0 "
    "ORDER BY x.matched LIMIT $2"
)
_UNDECIDED = (
    "SELECT DISTINCT x.matched AS key FROM (SELECT matched FROM bank_line WHERE matched IS NOT NULL "
    "UNION ALL SELECT matched FROM bank_movement WHERE matched IS NOT NULL) x WHERE NOT EXISTS (SELECT 1 "
    "FROM bank_match m WHERE m.key = x.matched AND m.kind <> $1 "
    "AND NOT EXISTS (SELECT 1 FROM bank_match u WHERE u.undoes = m.key)) "
    "ORDER BY x.matched LIMIT $2"
)


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    failed: list[Failure] = []
    async with reading.snapshot():
        last = await mark()
        booked = await moved.summed(last, CHARTS)
        behind = await unidentified.matches_after(last)
        kept = {
            row["place"]: row["fen"]
            for row in await reading.rows(
                "SELECT place, CAST(SUM(fen) AS BIGINT) AS fen FROM bank_movement GROUP BY place"
            )
        }
        unequal = await reading.rows(_UNEQUAL, LineStatus.MATCHED.value, FAILURES_MAX)
        undecided = await reading.rows(_UNDECIDED, MatchKind.UNDONE.value, FAILURES_MAX)
    for place in sorted(booked.keys() | kept.keys()):
        ours, books = kept.get(place, 0), booked.get(place, 0)
        if ours != books:
            failed.append(
                Failure(
                    "I4",
                    words.say(
                        "账户 {place} 的收付合计 {kept_yuan} 元，账簿为 {booked_yuan} 元",
                        place=place,
                        kept_yuan=yuan(ours),
                        booked_yuan=yuan(books),
                    ),
                )
            )
    failed += [
        Failure("I7", words.say("核对 {key} 的流水和账上收付不相等", key=row["key"]))
        for row in unequal
        if row["key"] not in behind
    ]
    failed += [Failure("I7", words.say("核对 {key} 没有记录，或者已经撤销", key=row["key"])) for row in undecided]
    return failed
