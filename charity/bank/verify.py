"""What `charity verify` compares of the bank: movements with the journal, matches with lines, closed days with both."""

from charity import words
from charity.bank import closing, fees
from charity.bank.models import LineStatus, MatchKind
from charity.bank.movements import CHARTS, mark
from charity.db import reading
from charity.errors import Failure
from charity.giving import unidentified
from charity.ledger import closed_days, moved
from charity.ledger.content import hashed
from charity.money import yuan
from charity.roles import SYSTEM

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
        behind = await unidentified.matches_after(last) | await fees.matches_after(last)
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
    return failed + await _closed_days()


async def _closed_days() -> list[Failure]:
    """Closed days say what they said when they closed, and nothing came onto them since."""
    failed, last = [], dict[str, str]()
    for row in await closing.closed(by=SYSTEM):
        named = {"place": row["place"], "day": row["on_day"]}
        last[row["place"]] = max(last.get(row["place"], ""), row["on_day"])
        if hashed(row["content"]) != row["content_hash"]:
            failed.append(Failure("I3", words.say("账户 {place} {day} 日结的内容和它的校验值不符", **named)))
            continue
        late = await moved.touched(row["place"], after=row["closed_seq"] or 0, on=row["on_day"])
        if late or await closing.content_now(row) != row["content_hash"]:
            failed.append(Failure("I4", words.say("账户 {place} {day} 日结以后，这一天的账或流水变了", **named)))
    for place, day in (await closed_days.every()).items():
        if day != last.get(place, ""):
            failed.append(
                Failure("I4", words.say("账户 {place} 记着日结到 {day}，和日结的记录不符", place=place, day=day or "—"))
            )
    return [*failed, *await fees.wrong()]
