"""`charity verify` of money that nobody can name: rows say what was hashed, what is left is what is owed, numbers."""

from charity.giving.unidentified.postings import KIND, PREFIX, REVERSAL, SERIES
from charity.ledger import numbers
from charity.ledger.checks import Check

_COUNT = numbers.count_sql(PREFIX, "u.number")
_OWED = "JOIN account a ON a.id = p.account WHERE a.chart = '2209' AND a.place = 'unidentified'"
CHECKS: tuple[Check, ...] = (
    (
        "I3",
        "暂收款 {number}：各列与分录不符",
        f"SELECT u.number FROM unidentified u LEFT JOIN entry e ON e.seq = u.seq AND e.kind = '{KIND}' "  # noqa: S608
        "WHERE e.seq IS NULL OR e.actor <> u.held_by OR e.recorded_at <> u.held_at OR @e.unidentified <> u.number "
        "OR @e.match <> u.match OR @e.on <> u.on_day OR e.effective_on < u.on_day "
        "OR NOT EXISTS (SELECT 1 FROM posting p JOIN account a ON a.id = p.account WHERE p.seq = u.seq "
        "AND a.chart || '/' || a.place = u.place AND p.quantity = u.fen)",
    ),
    (
        "I3",
        "暂收款 {number}：冲销的记录与账簿不符",
        "SELECT u.number FROM unidentified u LEFT JOIN entry e "  # noqa: S608 - words from code
        f"ON e.seq = u.reversal_seq AND e.kind = '{REVERSAL}' "
        "WHERE (u.reversal_seq IS NULL) <> (u.reversed_by IS NULL) "
        "OR u.reversal_seq IS NOT NULL AND (e.seq IS NULL OR e.reverses <> u.seq OR e.actor <> u.reversed_by "
        "OR e.recorded_at <> u.reversed_at OR u.reversed_by = u.held_by)",
    ),
    (
        "I3",
        "分录 #{seq} 是暂收款，却没有它的记录",
        "SELECT e.seq FROM entry e WHERE "  # noqa: S608 - words from code
        f"e.kind = '{KIND}' AND NOT EXISTS (SELECT 1 FROM unidentified u WHERE u.seq = e.seq) "
        f"OR e.kind = '{REVERSAL}' AND NOT EXISTS (SELECT 1 FROM unidentified u WHERE u.reversal_seq = e.seq)",
    ),
    (
        "I4",
        "暂收款 {number} 记剩余 {left_fen} 分，按去向推算为 {stated} 分",
        "SELECT u.number, u.left_fen, x.stated FROM unidentified u JOIN (SELECT v.number, "
        "CASE WHEN v.reversal_seq IS NULL THEN v.fen ELSE 0 END "
        "- COALESCE((SELECT SUM(w.fen) FROM unidentified_use w WHERE w.number = v.number), 0) AS stated "
        "FROM unidentified v) x ON x.number = u.number WHERE x.stated <> u.left_fen",
    ),
    (
        "I4",
        "分录 #{seq} 动用暂收款 {posted} 分，去向记为 {used} 分",
        "SELECT x.seq, x.posted, x.used FROM (SELECT p.seq, SUM(p.quantity) AS posted, "  # noqa: S608 - words from code
        "COALESCE((SELECT SUM(w.fen) FROM unidentified_use w WHERE w.seq = p.seq), 0) AS used "
        f"FROM posting p {_OWED} AND p.seq NOT IN (SELECT seq FROM unidentified) AND p.seq NOT IN "
        "(SELECT reversal_seq FROM unidentified WHERE reversal_seq IS NOT NULL) GROUP BY p.seq) x "
        "WHERE x.posted <> x.used",
    ),
    (
        "I4",
        "暂收款合计剩余 {left_fen} 分，其他应付款（来源不明）为 {owed} 分",
        "SELECT y.left_fen, y.owed FROM (SELECT (SELECT COALESCE(SUM(left_fen), 0) FROM unidentified) AS left_fen, "  # noqa: S608
        f"(SELECT COALESCE(-SUM(p.quantity), 0) FROM posting p {_OWED}) AS owed) y WHERE y.left_fen <> y.owed",
    ),
    (
        "I7",
        "{year} 年暂收款共 {n} 个号，最后一号是 {last}，编号序列的下一号是 {next}",
        "SELECT x.year, x.n, x.last, s.next FROM "  # noqa: S608 - words from code
        f"(SELECT u.year, COUNT(*) AS n, MAX({_COUNT}) AS last FROM unidentified u GROUP BY u.year) x "
        f"LEFT JOIN series s ON s.name = '{SERIES}' AND s.year = x.year "
        "WHERE x.n <> x.last OR x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I3",
        "暂收款退回 {number}：各列与分录不符，或申请人与付款人是同一人",
        "SELECT r.number FROM unidentified_return r LEFT JOIN entry e "
        "ON e.seq = r.seq AND e.kind = 'unidentified.returned' WHERE (r.status = 'paid') <> (r.seq IS NOT NULL) "
        "OR r.seq IS NOT NULL AND (e.seq IS NULL OR e.actor <> r.paid_by OR e.recorded_at <> r.paid_at "
        "OR e.effective_on < r.paid_on OR @e.unidentified_return <> r.number OR @e.unidentified <> r.unidentified "
        "OR @e.maker <> r.asked_by OR r.paid_by = r.asked_by OR NOT EXISTS (SELECT 1 FROM unidentified_use w "
        "WHERE w.seq = r.seq AND w.number = r.unidentified AND w.fen = r.fen))",
    ),
    (
        "I3",
        "分录 #{seq} 退回暂收款，却没有它的记录",
        "SELECT e.seq FROM entry e WHERE e.kind = 'unidentified.returned' "
        "AND NOT EXISTS (SELECT 1 FROM unidentified_return r WHERE r.seq = e.seq)",
    ),
    (
        "I7",
        "{year} 年暂收款退回共 {n} 个号，最后一号是 {last}，编号序列的下一号是 {next}",
        "SELECT x.year, x.n, x.last, s.next FROM "  # noqa: S608 - words from code
        f"(SELECT u.year, COUNT(*) AS n, MAX({_COUNT}) AS last FROM unidentified_return u GROUP BY u.year) x "
        "LEFT JOIN series s ON s.name = 'unidentified_return' AND s.year = x.year "
        "WHERE x.n <> x.last OR x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I7",
        "暂收款 {number} 的流水号没有登记为已用",
        "SELECT u.number FROM unidentified u WHERE u.channel_ref <> '' AND u.reversal_seq IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM payment_number n WHERE n.kind = 'unidentified' AND n.holder = u.number AND n.lines = 1)",
    ),
)
