"""`charity verify`, the part of giving: I10 (receipts) and I7 for provider's references.

Everything is counted by the database; each failure names what differs.
"""

from charity.db import reading
from charity.ledger.verify import Failure

SHOWN_MAX = 20

# One query a rule; each row that it finds is a failure, told with its words.
_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "I10",
        "donation {key} is on {n} valid receipts",
        "SELECT l.donation AS key, COUNT(*) AS n FROM receipt_line l JOIN receipt r ON r.code = l.receipt "
        "WHERE r.status = 'issued' GROUP BY l.donation HAVING COUNT(*) > 1",
    ),
    (
        "I10",
        "receipt {number} says {said} fen, its gifts are {given} fen",
        "SELECT r.number, r.amount_fen AS said, COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) AS given "
        "FROM receipt r LEFT JOIN receipt_line l ON l.receipt = r.code LEFT JOIN donation d ON d.key = l.donation "
        "WHERE r.status = 'issued' GROUP BY r.code, r.number, r.amount_fen "
        "HAVING COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) <> r.amount_fen",
    ),
    (
        "I10",
        "receipt {number} covers gifts of {n} givers who are no one work unit",
        "SELECT r.number, COUNT(DISTINCT d.donor) AS n FROM receipt r JOIN receipt_line l ON l.receipt = r.code "
        "JOIN donation d ON d.key = l.donation WHERE r.status = 'issued' GROUP BY r.code, r.number "
        "HAVING COUNT(DISTINCT d.donor) > 1 AND (COUNT(DISTINCT d.work_unit) <> 1 OR COUNT(d.work_unit) <> COUNT(*))",
    ),
    (
        "I10",
        "donation {key} points to a receipt that is not its valid one",
        "SELECT d.key FROM donation d LEFT JOIN receipt_line l ON l.donation = d.key AND l.receipt = d.receipt "
        "LEFT JOIN receipt r ON r.code = l.receipt AND r.status = 'issued' "
        "WHERE d.receipt IS NOT NULL AND r.code IS NULL",
    ),
    (
        "I10",
        "receipts of {year}: {n} numbers, the last is {last}, the series stands at {next}",
        "SELECT r.year, COUNT(*) AS n, MAX(CAST(SUBSTR(r.number, 9) AS INTEGER)) AS last, s.next FROM receipt r "
        "LEFT JOIN series s ON s.name = 'receipt' AND s.year = r.year GROUP BY r.year, s.next "
        "HAVING COUNT(*) <> MAX(CAST(SUBSTR(r.number, 9) AS INTEGER)) OR COUNT(*) + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I10",
        "entry #{seq} posted {posted} fen, its gifts are {given} fen",
        "SELECT d.seq, d.given, COALESCE(x.posted, 0) AS posted FROM "
        "(SELECT seq, SUM(amount_fen) AS given FROM donation WHERE kind = 'cash' GROUP BY seq) d LEFT JOIN "
        "(SELECT p.seq, -SUM(p.quantity) AS posted FROM posting p JOIN account a ON a.id = p.account "
        "WHERE a.chart IN ('4101', '2601') GROUP BY p.seq) x ON x.seq = d.seq WHERE d.given <> COALESCE(x.posted, 0)",
    ),
    (
        "I7",
        "donation {key}: its payment reference is not kept as used",
        "SELECT d.key FROM donation d LEFT JOIN channel_ref c ON c.key = d.channel || ':' || d.channel_ref "
        "AND c.donation = d.key WHERE d.channel_ref <> '' AND c.key IS NULL",
    ),
)


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    failures: list[Failure] = []
    for invariant, words, sql in _CHECKS:
        rows = await reading.rows(f"{sql} LIMIT {SHOWN_MAX}")
        failures += [Failure(invariant, words.format(**row)) for row in rows]
    return failures
