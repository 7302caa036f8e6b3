"""`charity verify`, the part of giving: rows say what was hashed (I3), references (I7), receipts (I10), pages (I12).

Everything is counted by the database; each failure names what differs.
"""

from charity.errors import Failure
from charity.giving import campaigns, copies, receipts, refunds, reversals, unidentified
from charity.giving.donations import references
from charity.giving.donors import counting
from charity.ledger import checks, numbers
from charity.ledger.checks import Check, Guard, Pass

_POSTED = (
    "COALESCE((SELECT -SUM(p.quantity) FROM posting p JOIN account a ON a.id = p.account "
    "WHERE p.seq = d.seq AND a.fund = d.fund AND a.chart IN ('4101', '2601')), 0)"
)
# What an approved refund took: from places of money, or owed (2209). Before 0032 it was always taken at once.
_REFUNDED = (
    "COALESCE((SELECT -SUM(p.quantity) FROM posting p JOIN account a ON a.id = p.account "
    "WHERE p.seq = r.seq AND a.chart IN ('1001', '1002', '1009', '2209')), 0)"
)
_PAID = (
    "COALESCE((SELECT SUM(f.amount_fen) FROM refund f WHERE f.donation = d.key "
    "AND f.status IN ('approved', 'refunded')), 0)"
)
_DUE = "CASE r.status WHEN 'refunded' THEN 0 ELSE SUM(CASE WHEN p.seq = r.seq THEN p.quantity ELSE 0 END) END"
_GOODS = "COALESCE((SELECT SUM(i.quantity * i.price_fen) FROM receipt_item i WHERE i.number = r.number), 0)"

# The other gifts on a receipt: one transfer for several purposes names no campaign, and the first fund.
_BESIDE = (
    "SELECT 1 FROM receipt_line k JOIN donation g ON g.key = k.donation WHERE k.number = r.number AND g.key <> d.key"
)
# Live without a fact that Charity Law 24 and 25 want (campaigns/facts.py); everyday acceptance needs fewer.


def _lacks(facts: list[str]) -> str:
    return (
        "(SELECT COUNT(*) FROM campaign_fact f WHERE f.campaign = c.slug AND f.value <> '' "  # noqa: S608 - from this file
        f"AND f.field IN ({', '.join(repr(field) for field in facts)})) < {len(facts)}"
    )


_UNLAWFUL = (
    "SELECT c.slug FROM campaign c WHERE c.status = 'active' AND c.reach = 'public' AND (c.purpose = '' "  # noqa: S608 - from this file
    f"OR c.kind = 'everyday' AND {_lacks([fact.field for fact in campaigns.KEPT if fact.everyday])} "
    "OR c.kind <> 'everyday' AND (c.ends_on IS NULL OR c.platform_url = '' "
    "OR c.filing_no = '' AND c.kind <> 'disaster' "
    f"OR {_lacks([fact.field for fact in campaigns.KEPT if fact.asked_live])}))"
)
# Every gift with the receipts that it is on and its entry, read once in the order of the journal.
_GIFTS = Pass(
    shown="d.key, d.seq, d.status, d.amount_fen, r.number, r.amount_fen AS on_receipt, "
    f"COALESCE(d.amount_fen - d.refunded_fen, 0) AS given, d.refunded_fen AS stated, {_PAID} AS paid, "
    f"r.issued_on, r.status AS receipt_status, {_GOODS} AS goods",
    rows="FROM donation d LEFT JOIN receipt_line l ON l.donation = d.key LEFT JOIN receipt r ON r.number = l.number "
    "LEFT JOIN entry e ON e.seq = d.seq WHERE d.seq > $1 AND d.seq <= $2",
    rules=(
        (
            "I10",
            "收据 {number} 列有捐赠 {key}，这笔捐赠却不指向它",
            "r.status = 'issued' AND COALESCE(d.receipt, '') <> r.code",
        ),
        (
            "I10",
            "收据 {number} 与捐赠 {key} 的活动、基金、类别或分录不一致",
            "r.code IS NOT NULL AND (COALESCE(r.campaign, '') <> COALESCE(d.campaign, '') AND NOT (r.campaign IS NULL "  # noqa: S608 - from this file
            f"AND EXISTS ({_BESIDE} AND g.campaign <> d.campaign)) OR r.kind <> d.kind "
            f"OR r.fund <> d.fund AND NOT EXISTS ({_BESIDE} AND g.fund = r.fund) "
            "OR r.seq <> d.seq AND r.seq NOT IN (SELECT g.seq FROM receipt_line k JOIN donation g "
            "ON g.key = k.donation WHERE k.number = r.number))",
        ),
        (
            "I10",
            "收据 {number} 是捐赠 {key} 的首张收据，捐赠人、经办人或时间却与捐赠、分录不同",
            "r.replaces IS NULL AND (r.roster IS NULL AND r.donor <> d.donor "
            "OR r.seq = d.seq AND (r.handler <> e.actor OR r.recorded_at <> e.recorded_at) AND NOT EXISTS "
            "(SELECT 1 FROM receipt_line k JOIN receipt o ON o.number = k.number WHERE k.donation = d.key "
            "AND o.status = 'voided' AND o.number < r.number) AND d.key NOT IN "
            "(SELECT u.donation FROM unit_roster_line u WHERE u.donation IS NOT NULL) AND d.key NOT IN "
            "(SELECT u.unit_donation FROM unit_roster u WHERE u.unit_donation IS NOT NULL))",  # issued anew, or later
        ),
        (
            "I10",
            "收据 {number} 记 {on_receipt} 分，所列捐赠减退款后为 {given} 分",
            "r.status = 'issued' AND r.amount_fen <> COALESCE(d.amount_fen - d.refunded_fen, 0) AND NOT EXISTS "
            "(SELECT 1 FROM receipt_line k WHERE k.number = r.number AND k.donation <> d.key)",  # several: _SEVERAL
        ),
        (
            "I10",
            "捐赠 {key} 指向的收据不是它的有效收据",
            "d.receipt IS NOT NULL AND (r.code IS NULL OR r.code <> d.receipt OR r.status <> 'issued') AND NOT EXISTS "
            "(SELECT 1 FROM receipt_line k JOIN receipt o ON o.number = k.number WHERE k.donation = d.key "
            "AND o.code = d.receipt AND o.status = 'issued')",
        ),
        (
            "I10",
            "捐赠 {key} 金额 {amount_fen} 分，从未开过收据",
            "d.amount_fen IS NOT NULL AND l.number IS NULL AND NOT EXISTS (SELECT 1 FROM unit_roster u "
            "WHERE u.key = @e.unit_roster AND (u.status = 'matched' OR d.status <> 'ok'))",
        ),
        (
            "I3",
            "捐赠 {key}：各列与分录 #{seq} 不符",
            "d.kind = 'cash' AND (e.seq IS NULL OR e.kind <> 'gift.cash' OR e.party NOT IN (d.donor, d.party) "
            "OR e.actor <> d.recorded_by OR e.recorded_at <> d.recorded_at OR e.effective_on <> d.booked_on "
            "OR @e.donation <> d.key OR @e.campaign <> d.campaign OR @e.channel <> d.channel "
            "OR @e.on <> d.received_on OR COALESCE(@e.work_unit, '') <> COALESCE(d.work_unit, ''))",
        ),
        (
            "I3",
            "实物捐赠 {key}：各列与分录 #{seq} 不符",
            "d.kind = 'in_kind' AND (e.seq IS NULL OR e.kind <> 'goods.gift' OR e.party NOT IN (d.donor, d.party) "
            "OR e.actor <> d.recorded_by OR e.recorded_at <> d.recorded_at OR @e.store <> COALESCE(d.store, '') "
            "OR e.effective_on <> d.booked_on OR COALESCE(@e.campaign, '') <> COALESCE(d.campaign, ''))",
        ),
        (
            "I3",
            "捐赠 {key} 的状态是 {status}，与账簿不符",
            "d.status <> CASE WHEN d.seq IN (SELECT b.reverses FROM entry b WHERE b.reverses IS NOT NULL) "
            "OR d.key IN (SELECT v.donation FROM gift_reversal v WHERE v.status = 'approved') "
            "THEN 'reversed' WHEN d.refunded_fen = d.amount_fen THEN 'refunded' ELSE 'ok' END",
        ),
        (
            "I10",
            "捐赠 {key} 记已退 {stated} 分，其退款合计 {paid} 分",
            f"d.refunded_fen <> 0 AND d.refunded_fen <> {_PAID}",  # 0: _BOOKS looks at every refund
        ),
        (
            "I10",
            "收据 {number} 记 {on_receipt} 分，所列物资合计 {goods} 分",
            f"r.kind = 'in_kind' AND {_GOODS} <> r.amount_fen",
        ),
        (
            "I10",
            "收据 {number} 的开具日期是 {issued_on}，与它的年度或编号不符",
            "substr(r.issued_on, 1, 4) <> CAST(r.year AS TEXT) "
            f"OR NOT {numbers.starts_sql(receipts.PREFIX, 'r.year', 'r.number')}",
        ),
        (
            "I10",
            "收据 {number} 的状态是 {receipt_status}，与作废或换开的经手人、时间或新收据不符",
            "(r.status <> 'issued') <> (r.ended_by IS NOT NULL) OR (r.status <> 'issued') <> (r.ended_at IS NOT NULL) "
            "OR (r.status = 'replaced') <> (r.replaced_by IS NOT NULL) OR r.replaced_by IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM receipt n WHERE n.code = r.replaced_by AND n.replaces = r.code)",
        ),
        (
            "I10",
            "收据 {number} 换开自一张收据，那张收据没有注明它",
            "r.replaces IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM receipt o WHERE o.code = r.replaces AND o.replaced_by = r.code)",
        ),
    ),
)

_COUNT = numbers.count_sql(receipts.PREFIX, "r.number")
_SEVERAL = "(SELECT number FROM receipt_line GROUP BY number HAVING COUNT(*) > 1)"
_RECEIPTS: tuple[Check | Pass | Guard, ...] = (
    Guard(
        "SELECT 1 AS differ WHERE (SELECT COUNT(*) FROM receipt) "
        "<> (SELECT COUNT(*) FROM (SELECT number FROM receipt_line GROUP BY number) x)",
        (
            "I10",
            "收据 {number} 没有对应的捐赠",
            "SELECT r.number FROM receipt r WHERE NOT EXISTS (SELECT 1 FROM receipt_line l WHERE l.number = r.number)",
        ),
    ),
    (
        "I10",
        "捐赠 {key} 已撤回公开的同意，却仍记为公开",
        "SELECT d.key FROM consent_withdrawal w JOIN donation d ON d.donor = w.person "
        "WHERE w.what = 'name' AND d.public_name OR w.what = 'amount' AND d.public_amount",
    ),
    (
        "I10",
        "认捐 {reference} 已撤回公开的同意，却仍记为公开",
        "SELECT p.reference FROM consent_withdrawal w JOIN pledge p ON p.donor = w.person "
        "WHERE w.what = 'name' AND p.public_name OR w.what = 'amount' AND p.public_amount",
    ),
    (
        "I10",
        "货币捐赠收据 {number} 列有物资",
        "SELECT DISTINCT i.number FROM receipt_item i "
        "WHERE (SELECT r.kind FROM receipt r WHERE r.number = i.number) <> 'in_kind'",
    ),
    (
        "I10",
        "收据 {number} 所列的捐赠不在",
        # In the order of the gifts' keys: both indexes are then read from end to end.
        "SELECT l.number FROM receipt_line l WHERE NOT EXISTS (SELECT 1 FROM donation d WHERE d.key = l.donation) "
        "ORDER BY l.donation",
    ),
    (
        "I10",
        "收据 {number} 记 {stated} 分，所列各笔捐赠减退款后合计 {given} 分",
        "SELECT r.number, r.amount_fen AS stated, COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) AS given "  # noqa: S608 - from this file
        f"FROM {_SEVERAL} m JOIN receipt r ON r.number = m.number JOIN receipt_line l ON l.number = r.number "
        "JOIN donation d ON d.key = l.donation WHERE r.status = 'issued' GROUP BY r.code, r.number, r.amount_fen "
        "HAVING COALESCE(SUM(d.amount_fen - d.refunded_fen), 0) <> r.amount_fen",
    ),
    (
        "I10",
        "收据 {number} 列有 {n} 位捐赠人的捐赠，他们不属于同一单位",
        "SELECT r.number, COUNT(DISTINCT d.donor) AS n "  # noqa: S608 - from this file
        f"FROM {_SEVERAL} m JOIN receipt r ON r.number = m.number JOIN receipt_line l ON l.number = r.number "
        "JOIN donation d ON d.key = l.donation WHERE r.status = 'issued' GROUP BY r.code, r.number "
        "HAVING COUNT(DISTINCT d.donor) > 1 AND (COUNT(DISTINCT d.work_unit) <> 1 OR COUNT(d.work_unit) <> COUNT(*))",
    ),
    (
        "I10",
        "名册 {key}：入账 {people} 人 {stated} 分，其捐赠 {n} 笔 {given} 分",
        "SELECT u.key, u.people, u.staff_fen AS stated, COUNT(d.key) AS n, COALESCE(SUM(d.amount_fen), 0) AS given "
        "FROM unit_roster u LEFT JOIN unit_roster_line l ON l.roster = u.key AND l.sheet = u.sheet AND l.counted "
        "LEFT JOIN donation d ON d.key = l.donation AND d.donor = l.donor AND d.amount_fen = l.amount_fen "
        "AND d.work_unit = u.work_unit AND d.campaign = u.campaign AND d.received_on = u.received_on "
        "WHERE u.settled_at IS NOT NULL GROUP BY u.key, u.people, u.staff_fen "
        "HAVING COUNT(d.key) <> u.people OR COUNT(l.key) <> u.people OR COALESCE(SUM(d.amount_fen), 0) <> u.staff_fen",
    ),
    (
        "I10",
        "名册 {key} 的单位捐款记 {stated} 分，捐赠记录中不同",
        "SELECT u.key, u.unit_fen AS stated FROM unit_roster u LEFT JOIN donation d ON d.key = u.unit_donation "
        "WHERE u.settled_at IS NOT NULL AND COALESCE(d.amount_fen, 0) <> u.unit_fen",
    ),
    (
        "I10",
        "收据 {number} 是单位汇总收据，所列捐赠却不全在它的名册上",
        "SELECT DISTINCT r.number FROM receipt r JOIN receipt_line k ON k.number = r.number "
        "LEFT JOIN unit_roster_line l ON l.donation = k.donation AND l.roster = r.roster "
        "WHERE r.roster IS NOT NULL AND l.key IS NULL",
    ),
    (
        "I10",
        "收据 {number} 的打印记录或核对次数前后不符",
        "SELECT r.number FROM receipt_print p JOIN receipt r ON r.code = p.receipt WHERE p.last_at < p.first_at "  # noqa: S608 - from this file
        "OR p.times < 1 OR p.times = 1 AND (p.last_at <> p.first_at OR p.last_by <> p.first_by) UNION ALL "
        "SELECT r.number FROM receipt_guess g JOIN receipt r ON r.code = g.receipt "
        f"WHERE g.wrong < g.wrong_today OR g.wrong > {copies.EVER_MAX} OR g.wrong_today > {copies.TODAY_MAX}",
    ),
    (
        "I10",
        "收据 {number} 所列物资与被换开的原收据不同",
        "SELECT DISTINCT r.number FROM receipt r JOIN receipt o ON o.code = r.replaces JOIN receipt_item i "
        "ON i.number IN (r.number, o.number) LEFT JOIN receipt_item k ON k.number = CASE i.number WHEN r.number "
        "THEN o.number ELSE r.number END AND k.n = i.n AND k.name = i.name AND k.measure = i.measure "
        "AND k.quantity = i.quantity AND k.price_fen = i.price_fen AND k.evidence = i.evidence WHERE k.number IS NULL",
    ),
    (
        "I10",
        "{year} 年收据共 {n} 个号，最后一号是 {last}，编号序列的下一号是 {next}",
        "SELECT x.year, x.n, x.last, s.next FROM "  # noqa: S608 - from this file
        f"(SELECT r.year, COUNT(*) AS n, MAX({_COUNT}) AS last FROM receipt r GROUP BY r.year) x "
        "LEFT JOIN series s ON s.name = 'receipt' AND s.year = x.year "
        "WHERE x.n <> x.last OR x.n + 1 <> COALESCE(s.next, 1)",
    ),
)

_BOOKS: tuple[Check | Pass | Guard, ...] = (
    _GIFTS,
    (
        "I3",
        "分录 #{seq} 是捐赠，却没有捐赠记录",
        "SELECT e.seq FROM entry e WHERE e.kind IN ('gift.cash', 'goods.gift') "
        "AND NOT EXISTS (SELECT 1 FROM donation d WHERE d.seq = e.seq)",
    ),
    (
        "I10",
        "分录 #{seq} 记入基金 {fund} {posted} 分，其捐赠合计 {given} 分",
        f"SELECT d.seq, d.fund, SUM(COALESCE(d.amount_fen, 0)) AS given, {_POSTED} AS posted "  # noqa: S608 - from this file
        "FROM donation d WHERE d.seq > $1 AND d.seq <= $2 GROUP BY d.seq, d.fund "
        f"HAVING SUM(COALESCE(d.amount_fen, 0)) <> {_POSTED}",
    ),
    (
        "I10",
        "捐赠 {key} 未记已退，其退款合计却是 {paid} 分",
        "SELECT d.key, SUM(f.amount_fen) AS paid FROM refund f JOIN donation d ON d.key = f.donation "
        "WHERE f.status IN ('approved', 'refunded') AND d.refunded_fen = 0 GROUP BY d.key",
    ),
    (
        "I3",
        "退款 {number}：各列与分录不符，或申请人与批准人是同一人",
        "SELECT r.number FROM refund r JOIN donation d ON d.key = r.donation "  # noqa: S608 - from this file
        "LEFT JOIN entry e ON e.seq = r.seq AND e.kind = 'gift.refund' LEFT JOIN refund_of o ON o.seq = r.seq "
        "WHERE COALESCE(r.approved_by, '') = r.requested_by OR (r.status = 'requested') <> (r.approved_by IS NULL) "
        "OR (r.status IN ('approved', 'refunded')) <> (r.seq IS NOT NULL) OR r.seq IS NOT NULL AND (e.seq IS NULL "
        "OR @e.refund <> r.number OR @e.donation <> r.donation OR e.actor <> r.approved_by "
        "OR COALESCE(@e.maker, r.requested_by) <> r.requested_by "
        "OR COALESCE(@e.cause, '') <> r.cause OR (r.debit = '') <> (r.cause = '') "
        "OR r.debit <> '' AND NOT EXISTS (SELECT 1 FROM posting p JOIN account a ON a.id = p.account "
        "WHERE p.seq = r.seq AND a.chart = r.debit AND a.fund = d.fund AND p.quantity = r.amount_fen) "
        f"OR {_REFUNDED} <> r.amount_fen OR o.gift_seq <> d.seq)",
    ),
    (
        "I3",
        "退款 {number}：付款与分录不符，或付款人不是第三人",
        "SELECT r.number FROM refund r LEFT JOIN entry e ON e.seq = r.paid_seq AND e.kind = 'refund.paid' "
        "WHERE r.paid_by IN (r.requested_by, r.approved_by) "
        "OR (r.status = 'refunded' AND r.cause NOT IN ('', 'chargeback')) <> (r.paid_seq IS NOT NULL) "
        "OR (r.paid_seq IS NULL) <> (r.paid_by IS NULL) OR (r.paid_seq IS NULL) <> (r.paid_on IS NULL) "
        "OR r.paid_seq IS NOT NULL AND (e.seq IS NULL OR @e.refund <> r.number OR @e.of <> CAST(r.seq AS TEXT) "
        "OR COALESCE(@e.maker, r.requested_by) <> r.requested_by "
        "OR e.actor <> r.paid_by OR e.effective_on < r.paid_on)",
    ),
    (
        # What is owed to givers is what was approved and is not paid: refund by refund, so fund by fund too.
        "I3",
        "退款 {number}：其他应付款 {account} 记有 {owed} 分，应为 {due} 分",
        f"SELECT r.number, a.code AS account, SUM(p.quantity) AS owed, {_DUE} AS due "  # noqa: S608 - from this file
        "FROM refund r JOIN posting p ON p.seq IN (r.seq, r.paid_seq) JOIN account a ON a.id = p.account "
        f"WHERE a.chart = '2209' GROUP BY r.number, r.status, a.code HAVING SUM(p.quantity) <> {_DUE}",
    ),
    (
        "I3",
        "分录 #{seq} 是退款，却没有退款记录",
        "SELECT e.seq FROM entry e LEFT JOIN refund r ON r.seq = e.seq WHERE e.kind = 'gift.refund' "
        "AND r.number IS NULL",
    ),
    (
        "I3",
        "分录 #{seq} 支付退款，却没有退款记录",
        "SELECT e.seq FROM entry e LEFT JOIN refund r ON r.paid_seq = e.seq WHERE e.kind = 'refund.paid' "
        "AND r.number IS NULL",
    ),
    (
        "I3",
        "更正 {number}：各列与分录不符，或申请人与批准人是同一人",
        "SELECT v.number FROM gift_reversal v JOIN donation d ON d.key = v.donation LEFT JOIN entry e ON e.seq = v.seq "
        "WHERE COALESCE(v.decided_by, '') = v.requested_by OR (v.status = 'requested') <> (v.decided_by IS NULL) "
        "OR (v.status = 'approved') <> (v.seq IS NOT NULL) OR v.seq IS NOT NULL AND (e.seq IS NULL "
        "OR e.kind NOT IN ('gift.reversal', 'gift.correction') OR @e.reversal <> v.number "
        "OR @e.donation <> v.donation OR @e.of <> CAST(d.seq AS TEXT) OR e.actor <> v.decided_by "
        "OR @e.maker <> v.requested_by OR (e.kind = 'gift.reversal') <> (e.reverses IS NOT NULL) "
        "OR COALESCE(e.reverses, d.seq) <> d.seq "
        "OR d.refunded_fen <> 0)",
    ),
    (
        "I7",
        "更正 {number}：重新登记的捐赠与它不符",
        "SELECT v.number FROM gift_reversal v LEFT JOIN donation d ON d.key = v.rebooked_as "
        "LEFT JOIN entry e ON e.seq = d.seq WHERE v.rebooked_as IS NOT NULL "
        "AND (v.status <> 'approved' OR e.seq IS NULL OR COALESCE(@e.corrects, '') <> v.number OR e.seq < v.seq)",
    ),
    (
        "I6",
        "捐赠 {key} 更正了 {n} 次",
        "SELECT v.donation AS key, COUNT(*) AS n FROM gift_reversal v WHERE v.status = 'approved' "
        "GROUP BY v.donation HAVING COUNT(*) > 1",
    ),
    (
        "I3",
        "分录 #{seq} 更正捐赠，却没有更正记录",
        "SELECT e.seq FROM entry e LEFT JOIN gift_reversal v ON v.seq = e.seq "
        "WHERE e.kind IN ('gift.reversal', 'gift.correction') AND v.number IS NULL",
    ),
    (
        "I3",
        "认捐 {code} 的状态是 {status}，记已到账 {received_fen} 分，其捐赠合计 {given} 分",
        "SELECT p.code, p.status, p.received_fen, COALESCE(x.fen, 0) AS given FROM pledge p LEFT JOIN "
        "(SELECT pledge, SUM(amount_fen) AS fen FROM donation WHERE pledge IS NOT NULL AND status <> 'reversed' "
        "GROUP BY pledge) x "
        "ON x.pledge = p.code WHERE p.received_fen <> COALESCE(x.fen, 0) "
        "OR (p.status = 'received') <> (p.received_fen >= p.amount_fen) "
        "OR p.status = 'pending' AND p.received_fen > 0 OR p.status = 'partial' AND p.received_fen = 0",
    ),
    (
        "I3",
        "捐赠 {key} 的活动、基金、捐赠人或单位与其认捐不同",
        "SELECT d.key FROM donation d JOIN pledge p ON p.code = d.pledge WHERE d.campaign <> p.campaign "
        "OR d.fund <> p.fund OR d.donor <> p.donor OR COALESCE(d.work_unit, '') <> COALESCE(p.work_unit, '')",
    ),
    (
        "I12",
        "活动 {campaign}、单位 {work_unit}：合计与捐赠相差 {gifts} 笔、{donors} 人、{fen} 分",
        # `|| ''`: a reading of the table from end to end; by its index the rows of a campaign lie everywhere.
        "SELECT x.campaign, x.work_unit, SUM(x.gifts) AS gifts, SUM(x.donors) AS donors, SUM(x.fen) AS fen FROM ("
        "SELECT campaign, work_unit, gifts, donors, net_fen AS fen FROM unit_sum UNION ALL "
        "SELECT campaign || '', work_unit, -COUNT(*), "
        "-COUNT(DISTINCT CASE WHEN status = 'ok' THEN NULLIF(party, '') END), -SUM(amount_fen - refunded_fen) "
        "FROM donation WHERE kind = 'cash' AND work_unit IS NOT NULL AND status <> 'reversed' "
        "GROUP BY campaign || '', work_unit) x "
        "GROUP BY x.campaign, x.work_unit HAVING SUM(x.gifts) <> 0 OR SUM(x.donors) <> 0 OR SUM(x.fen) <> 0",
    ),
    (
        "I7",
        "{year} 年退款共 {n} 个号，编号序列的下一号是 {next}",
        f"SELECT x.year, x.n, s.next FROM (SELECT {numbers.year_sql(refunds.PREFIX, 'number')} AS year, COUNT(*) AS n "  # noqa: S608 - from this file
        "FROM refund GROUP BY 1) x "
        "LEFT JOIN series s ON s.name = 'refund' AND CAST(s.year AS TEXT) = x.year "
        "WHERE x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I7",
        "{year} 年捐赠更正共 {n} 个号，编号序列的下一号是 {next}",
        f"SELECT x.year, x.n, s.next FROM (SELECT {numbers.year_sql(reversals.PREFIX, 'number')} AS year, "  # noqa: S608 - from this file
        "COUNT(*) AS n FROM gift_reversal GROUP BY 1) x "
        f"LEFT JOIN series s ON s.name = '{reversals.SERIES}' AND CAST(s.year AS TEXT) = x.year "
        "WHERE x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I12",
        "{mark}：记有捐赠人 {kept} 位，捐赠记录中为 {given} 位",
        "SELECT x.mark, SUM(x.kept) AS kept, SUM(x.given) AS given FROM (SELECT fund AS mark, donors AS kept, "
        "0 AS given FROM donor_sum UNION ALL SELECT fund, 0, COUNT(DISTINCT party) FROM donation "
        "WHERE party <> '' AND status = 'ok' GROUP BY fund UNION ALL SELECT '*', 0, COUNT(DISTINCT d.party) "
        "FROM donation d JOIN fund f ON f.code = d.fund WHERE f.kind <> 'agency' AND d.party <> '' "
        "AND d.status = 'ok') x GROUP BY x.mark HAVING SUM(x.kept) <> SUM(x.given)",
    ),
    (
        "I12",
        "捐赠 {key} 的捐赠人与他的证件号码或电话不对应",
        "SELECT d.key FROM donation d JOIN person p ON p.key = d.donor WHERE (p.kind = 'anonymous') <> (d.party = '') "
        "OR d.party <> '' AND NOT EXISTS (SELECT 1 FROM party k WHERE k.party = d.party AND k.key IN ("
        "'person:id:' || p.id_number_index, 'organisation:tax:' || upper(trim(p.tax_id)), "
        "p.kind || ':phone:' || p.phone_index, 'own:' || p.key))",
    ),
    ("I12", "活动 {slug} 已公开，法律要求公开的各项却没有填全", _UNLAWFUL),
    (
        "I12",
        "活动 {slug} 的邀请不属于定向募捐，或撤回早于发出",
        "SELECT DISTINCT i.campaign AS slug FROM invitation i JOIN campaign c ON c.slug = i.campaign "
        "WHERE c.reach <> 'targeted' OR i.withdrawn_at < i.made_at",
    ),
    (
        "I12",
        "活动 {slug} 的档案数字不全，或它没有归档，或账簿里有它的捐赠",
        "SELECT c.slug FROM campaign c WHERE (c.archived_fen IS NULL) <> (c.archived_gifts IS NULL) "
        "OR c.archived_fen IS NOT NULL AND (c.status <> 'archived' "
        "OR EXISTS (SELECT 1 FROM donation d WHERE d.campaign = c.slug))",
    ),
)


CHECKS = (*_RECEIPTS, *_BOOKS)


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    return [*await checks.failures([*CHECKS, *unidentified.CHECKS]), *await references.wrong(), *await counting.wrong()]
