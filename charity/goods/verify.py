"""`charity verify`, the part of goods: the slips say what the books say (I4), and lots went where they may (I8).

Everything is counted by the database, except the programmes of a fund, which are a list.
"""

import json

from charity.db import reading
from charity.ledger.verify import Failure

SHOWN_MAX = 20

# One query a rule; each row that it finds is a failure, told with its words.
_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "I4",
        "lot {lot} at {store}: slips say {said}, the books {held}",
        "SELECT x.lot, x.store, SUM(x.said) AS said, SUM(x.held) AS held FROM ("
        "SELECT l.lot, 'store:' || d.store AS store, SUM(l.quantity) AS said, 0 AS held FROM goods_line l "
        "JOIN goods_document d ON d.number = l.document GROUP BY l.lot, d.store UNION ALL "
        "SELECT substr(u.code, 5), a.code, 0, h.quantity FROM holding h JOIN account a ON a.id = h.account "
        "JOIN unit u ON u.id = h.unit WHERE u.kind = 'lot' AND a.code LIKE 'store:%') x "
        "GROUP BY x.lot, x.store HAVING SUM(x.said) <> SUM(x.held)",
    ),
    (
        "I4",
        "fund {fund} at {store}: slips are worth {said} fen, the books say {held} fen",
        "SELECT x.fund, x.store, SUM(x.said) AS said, SUM(x.held) AS held FROM ("
        "SELECT o.fund, d.store, SUM(l.quantity * l.cost_fen) AS said, 0 AS held FROM goods_line l "
        "JOIN goods_document d ON d.number = l.document JOIN lot o ON o.code = l.lot GROUP BY o.fund, d.store "
        "UNION ALL SELECT a.fund, a.place, 0, h.quantity FROM holding h JOIN account a ON a.id = h.account "
        "WHERE a.chart IN ('1201', '1801') AND a.place IN (SELECT code FROM store)) x "
        "GROUP BY x.fund, x.store HAVING SUM(x.said) <> SUM(x.held)",
    ),
    (
        "I4",
        "slip {number} says {said} points, its lines {lines}",
        "SELECT s.number, s.points_spent AS said, COALESCE(SUM(l.points), 0) AS lines FROM goods_issue s "
        "LEFT JOIN goods_line l ON l.document = s.number GROUP BY s.number, s.points_spent "
        "HAVING s.points_spent <> COALESCE(SUM(l.points), 0)",
    ),
    (
        "I4",
        "points of {household} in {unit}: granted {granted}, the books granted {posted}",
        "SELECT g.household, 'points:' || g.scheme || ':' || g.cycle AS unit, g.points AS granted, "
        "COALESCE(SUM(p.quantity), 0) AS posted FROM points_grant g LEFT JOIN posting p ON p.seq = g.seq AND "
        "p.quantity > 0 LEFT JOIN unit u ON u.id = p.unit WHERE u.code = 'points:' || g.scheme || ':' || g.cycle "
        "GROUP BY g.household, g.scheme, g.cycle, g.points HAVING g.points <> COALESCE(SUM(p.quantity), 0)",
    ),
    (
        "I6",
        "slip {number} and its reversal {reversed_by} do not name each other",
        "SELECT d.number, d.reversed_by FROM goods_document d JOIN goods_document r ON r.number = d.reversed_by "
        "WHERE r.reverses <> d.number UNION ALL SELECT r.reverses, r.number FROM goods_document r "
        "JOIN goods_document d ON d.number = r.reverses WHERE COALESCE(d.reversed_by, '') <> r.number",
    ),
    (
        "I7",
        "slips {series} of {year}: {n} numbers, the series stands at {next}",
        "SELECT x.series, x.year, x.n, s.next FROM (SELECT substr(number, 1, LENGTH(number) - 12) AS series, "
        "substr(number, LENGTH(number) - 10, 4) AS year, COUNT(*) AS n FROM goods_document GROUP BY 1, 2) x "
        "LEFT JOIN series s ON s.name = x.series AND CAST(s.year AS TEXT) = x.year "
        "WHERE x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I5",
        "voucher {voucher}: goods of {said} fen are counted, {held} fen came in, {paid} fen were paid",
        "SELECT p.voucher, p.received_fen AS said, COALESCE(x.held, 0) AS held, v.amount_fen AS paid "
        "FROM goods_purchase p JOIN voucher v ON v.number = p.voucher LEFT JOIN (SELECT i.voucher, "
        "SUM(l.quantity * l.cost_fen) AS held FROM goods_intake i JOIN goods_document d ON d.number = i.number "
        "JOIN goods_line l ON l.document = i.number WHERE d.reversed_by IS NULL GROUP BY i.voucher) x "
        "ON x.voucher = p.voucher WHERE p.received_fen <> COALESCE(x.held, 0) OR p.received_fen > v.amount_fen",
    ),
)
_USES = (
    "SELECT DISTINCT s.number, s.programme, f.code AS fund, f.programmes FROM goods_issue s "
    "JOIN goods_line l ON l.document = s.number JOIN lot o ON o.code = l.lot JOIN fund f ON f.code = o.fund "
    "WHERE f.programmes <> '[]'"
)


async def run() -> list[Failure]:
    """Check the slips against the books; the failures, none when all is right."""
    failures: list[Failure] = []
    for invariant, words, sql in _CHECKS:
        rows = await reading.rows(f"{sql} LIMIT {SHOWN_MAX}")
        failures += [Failure(invariant, words.format(**row)) for row in rows]
    for row in await reading.rows(_USES):
        if row["programme"] not in json.loads(row["programmes"]):
            words = f"slip {row['number']}: fund {row['fund']} does not allow {row['programme']}"
            failures.append(Failure("I8", words))
    return failures
