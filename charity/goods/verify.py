"""`charity verify`, the part of goods: slips, lots and grants say what was hashed (I3) and what the books say (I4).

Everything is counted by the database, except the programmes of a fund, which are a list (I8).
"""

import json

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving import receipts
from charity.ledger import checks, numbers
from charity.ledger.checks import Check

_SUMS: tuple[Check, ...] = (
    (
        "I4",
        "{store} 的批次 {lot}：单据合计 {listed} 件，账簿结存 {held} 件",
        "SELECT x.lot, x.store, SUM(x.listed) AS listed, SUM(x.held) AS held FROM ("
        "SELECT l.lot, 'store:' || d.store AS store, SUM(l.quantity) AS listed, 0 AS held FROM goods_line l "
        "JOIN goods_document d ON d.number = l.document GROUP BY l.lot, d.store UNION ALL "
        "SELECT o.lot, o.place, 0, o.quantity FROM on_hand o WHERE o.place LIKE 'store:%') x "
        "GROUP BY x.lot, x.store HAVING SUM(x.listed - x.held) <> 0",
    ),
    (
        "I4",
        "门店 {store} 的基金 {fund}：单据合计 {listed} 分，账簿存货 {held} 分",
        "SELECT x.fund, x.store, SUM(x.listed) AS listed, SUM(x.held) AS held FROM ("
        "SELECT o.fund, d.store, SUM(l.quantity * l.cost_fen) AS listed, 0 AS held FROM goods_line l "
        "JOIN goods_document d ON d.number = l.document JOIN lot o ON o.code = l.lot GROUP BY o.fund, d.store "
        "UNION ALL SELECT a.fund, a.place, 0, h.quantity FROM holding h JOIN account a ON a.id = h.account "
        "WHERE a.chart IN ('1201', '1801') AND a.place IN (SELECT code FROM store)) x "
        "GROUP BY x.fund, x.store HAVING SUM(x.listed) <> SUM(x.held)",
    ),
    (
        "I12",
        "{store} 的批次 {lot}（条码 {barcode}，保质期至 {expires_on}）：合计记 {kept} 件，账簿结存 {held} 件",
        "SELECT x.lot, x.store, x.barcode, x.expires_on, SUM(x.kept) AS kept, SUM(x.held) AS held FROM ("
        "SELECT lot, 'store:' || store AS store, barcode, expires_on, pieces AS kept, 0 AS held FROM shelf_lot "
        "UNION ALL SELECT o.lot, o.place, l.barcode, COALESCE(l.expires_on, '9999-12-31'), 0, o.quantity "
        "FROM on_hand o JOIN lot l ON l.code = o.lot WHERE o.place LIKE 'store:%') x "
        "GROUP BY x.lot, x.store, x.barcode, x.expires_on HAVING SUM(x.kept - x.held) <> 0",
    ),
    (
        "I12",
        "门店 {store}，保质期至 {expires_on}：合计与在库批次相差 {lots} 批、{pieces} 件、{fen} 分",
        "SELECT x.store, x.expires_on, SUM(x.lots) AS lots, SUM(x.pieces) AS pieces, SUM(x.fen) AS fen FROM ("
        "SELECT store, expires_on, lots, pieces, cost_fen AS fen FROM shelf_day UNION ALL "
        "SELECT s.store, s.expires_on, -1, -s.pieces, -s.pieces * l.cost_fen FROM shelf_lot s "
        "JOIN lot l ON l.code = s.lot WHERE s.pieces > 0) x GROUP BY x.store, x.expires_on "
        "HAVING SUM(x.lots) <> 0 OR SUM(x.pieces) <> 0 OR SUM(x.fen) <> 0",
    ),
    (
        "I12",
        "门店 {store}，条码 {barcode}：合计与在库批次相差 {lots} 批、{pieces} 件、{fen} 分",
        "SELECT x.store, x.barcode, SUM(x.lots) AS lots, SUM(x.pieces) AS pieces, SUM(x.fen) AS fen FROM ("
        "SELECT store, barcode, lots, pieces, cost_fen AS fen FROM shelf_item UNION ALL "
        "SELECT s.store, s.barcode, -1, -s.pieces, -s.pieces * l.cost_fen FROM shelf_lot s "
        "JOIN lot l ON l.code = s.lot WHERE s.pieces > 0) x GROUP BY x.store, x.barcode "
        "HAVING SUM(x.lots) <> 0 OR SUM(x.pieces) <> 0 OR SUM(x.fen) <> 0",
    ),
    (
        "I4",
        "出库单 {number} 记扣减积分 {listed}，各行合计 {lines}",
        "SELECT s.number, s.points_spent AS listed, COALESCE(SUM(l.points), 0) AS lines FROM goods_issue s "
        "LEFT JOIN goods_line l ON l.document = s.number GROUP BY s.number, s.points_spent "
        "HAVING s.points_spent <> COALESCE(SUM(l.points), 0)",
    ),
    (
        "I6",
        "单据 {number} 与冲销单 {reversed_by} 没有互相注明",
        "SELECT d.number, d.reversed_by FROM goods_document d LEFT JOIN goods_document r ON r.number = d.reversed_by "
        "WHERE d.reversed_by IS NOT NULL AND COALESCE(r.reverses, '') <> d.number UNION ALL "
        "SELECT r.reverses, r.number FROM goods_document r JOIN goods_document d ON d.number = r.reverses "
        "WHERE COALESCE(d.reversed_by, '') <> r.number",
    ),
    (
        "I7",
        "{year} 年 {series} 单据共 {n} 个号，编号序列的下一号是 {next}",
        f"SELECT x.series, x.year, x.n, s.next FROM (SELECT {numbers.prefix_sql('number')} AS series, "  # noqa: S608 - from this file
        f"{numbers.any_year_sql('number')} AS year, COUNT(*) AS n FROM goods_document GROUP BY 1, 2) x "
        "LEFT JOIN series s ON s.name = x.series AND CAST(s.year AS TEXT) = x.year "
        "WHERE x.n + 1 <> COALESCE(s.next, 1)",
    ),
    (
        "I5",
        "拨付审批单 {voucher}：记已入库 {listed} 分，入库单合计 {held} 分，已付款 {paid} 分",
        "SELECT p.voucher, p.received_fen AS listed, COALESCE(x.held, 0) AS held, p.amount_fen AS paid "
        "FROM goods_purchase p LEFT JOIN (SELECT i.voucher, "
        "SUM(l.quantity * l.cost_fen) AS held FROM goods_intake i JOIN goods_document d ON d.number = i.number "
        "JOIN goods_line l ON l.document = i.number WHERE d.reversed_by IS NULL GROUP BY i.voucher) x "
        "ON x.voucher = p.voucher WHERE p.received_fen <> COALESCE(x.held, 0) OR p.received_fen > p.amount_fen",
    ),
)

_ROWS: tuple[Check, ...] = (
    (
        "I3",
        "单据 {number}：各列与分录 #{seq} 不符",
        "SELECT d.number, d.seq FROM goods_document d LEFT JOIN entry e ON e.seq = d.seq "
        "LEFT JOIN goods_intake i ON i.number = d.number LEFT JOIN goods_issue s ON s.number = d.number "
        "LEFT JOIN goods_document o ON o.number = d.reverses WHERE e.seq IS NULL OR e.recorded_at <> d.at "
        "OR e.actor <> d.actor OR e.effective_on <> d.effective_on OR e.kind <> COALESCE(CASE d.kind "
        "WHEN 'intake' THEN 'goods.' || i.source WHEN 'issue' THEN 'goods.issue' ELSE 'goods.reversal' END, '') "
        "OR (d.kind = 'issue') <> (s.number IS NOT NULL) OR (d.kind = 'intake') <> (i.number IS NOT NULL) "
        "OR CASE d.kind WHEN 'reversal' THEN COALESCE(o.seq, 0) <> COALESCE(e.reverses, 0) OR o.store <> d.store "
        "ELSE @e.document <> d.number OR @e.store <> d.store END",
    ),
    (
        "I3",
        "分录 #{seq} 收发了物资，却没有单据",
        "SELECT e.seq FROM entry e LEFT JOIN goods_document d ON d.seq = e.seq "
        "WHERE e.kind LIKE 'goods.%' AND d.number IS NULL",
    ),
    (
        "I3",
        "单据 {number} 记批次 {lot} 共 {listed} 件，其分录为 {moved} 件",
        # CROSS JOIN: SQLite then begins with the few slips, not with all postings.
        "SELECT x.number, x.lot, SUM(x.listed) AS listed, SUM(x.moved) AS moved FROM ("
        "SELECT d.number, l.lot, l.quantity AS listed, 0 AS moved FROM goods_document d "
        "JOIN goods_line l ON l.document = d.number UNION ALL "
        "SELECT d.number, substr(u.code, 5), 0, p.quantity FROM goods_document d CROSS JOIN posting p "
        "CROSS JOIN unit u CROSS JOIN account a WHERE p.seq = d.seq AND u.id = p.unit AND u.code LIKE 'lot:%' "
        "AND a.id = p.account AND a.code = 'store:' || d.store) x "
        "GROUP BY x.number, x.lot HAVING SUM(x.listed) <> SUM(x.moved)",
    ),
    (
        "I3",
        "入库单 {number}：捐赠、拨付审批单、收据或基金与账簿、捐赠不符",
        "SELECT d.number FROM goods_document d JOIN entry e ON e.seq = d.seq "
        "JOIN goods_intake i ON i.number = d.number "
        "LEFT JOIN donation g ON g.key = i.donation AND g.seq = d.seq AND g.fund = i.fund AND g.store = d.store "
        "LEFT JOIN receipt_line k ON k.donation = i.donation AND k.number = i.receipt_number "
        "LEFT JOIN receipt r ON r.number = k.number AND r.code = i.receipt_code AND r.replaces IS NULL "
        "WHERE COALESCE(@e.campaign, '') <> COALESCE(i.campaign, '') OR @e.source <> i.source "
        "OR COALESCE(@e.voucher, '') <> COALESCE(i.voucher, '') OR g.donor <> i.donor "
        "OR e.party NOT IN (COALESCE(i.donor, ''), COALESCE(g.party, '')) "
        "OR (i.source = 'gift') <> (g.key IS NOT NULL) OR (i.receipt_code IS NOT NULL) <> (r.code IS NOT NULL) "
        "OR (i.receipt_number IS NOT NULL) <> (r.code IS NOT NULL) "
        "OR (g.amount_fen IS NOT NULL) <> (r.code IS NOT NULL)",
    ),
    (
        "I3",
        "拨付审批单 {voucher}：入库的物资没有计入，或入了付款以外的基金",
        "SELECT DISTINCT i.voucher FROM goods_intake i JOIN goods_document d ON d.number = i.number "
        "LEFT JOIN goods_purchase p ON p.voucher = i.voucher AND (p.fund = i.fund OR d.reversed_by IS NOT NULL) "
        "WHERE i.voucher IS NOT NULL AND p.voucher IS NULL",
    ),
    (
        "I3",
        "批次 {code} 与其入库单不符",
        "SELECT o.code FROM lot o LEFT JOIN goods_document d ON d.number = o.document AND d.kind = 'intake' "
        "AND d.seq = o.seq AND d.store = o.store LEFT JOIN goods_intake i ON i.number = d.number AND i.fund = o.fund "
        "AND i.source = o.source AND COALESCE(i.donor, '') = COALESCE(o.donor, '') "
        "LEFT JOIN goods_line l ON l.document = d.number AND l.lot = o.code "
        "WHERE i.number IS NULL OR l.lot IS NULL OR (o.evidence = 'none') <> (o.cost_fen = 0)",
    ),
    (
        "I3",
        "单据 {number} 第 {n} 行：物品或成本与批次 {lot} 不符",
        "SELECT l.document AS number, l.n, l.lot FROM goods_line l LEFT JOIN lot o ON o.code = l.lot "
        "WHERE o.code IS NULL OR o.barcode <> l.barcode OR o.cost_fen <> l.cost_fen",
    ),
    (
        "I3",
        "出库单 {number}：家庭、人数、类别、项目、爱心卡或积分与分录 #{seq} 不符",
        "SELECT d.number, d.seq FROM goods_document d JOIN entry e ON e.seq = d.seq "
        "JOIN goods_issue s ON s.number = d.number LEFT JOIN card c ON c.code = s.card AND c.household = s.household "
        "LEFT JOIN (SELECT p.seq, SUM(p.quantity) AS points FROM posting p JOIN account a ON a.id = p.account "
        "WHERE a.code = 'points:redeemed' GROUP BY p.seq) x ON x.seq = d.seq WHERE e.party <> s.household "
        "OR @e.programme <> s.programme OR @e.category <> s.category OR @e.recipients <> CAST(s.members AS TEXT) "
        "OR c.code IS NULL OR COALESCE(x.points, 0) <> s.points_spent",
    ),
    (
        "I3",
        "积分发放 {key} 与分录 #{seq} 不符",
        "SELECT g.key, g.seq FROM points_grant g LEFT JOIN entry e ON e.seq = g.seq AND e.kind = 'points.grant' "
        "AND e.party = g.household AND @e.scheme = g.scheme AND @e.cycle = g.cycle "
        "LEFT JOIN posting p ON p.seq = e.seq AND p.quantity = g.points "
        "LEFT JOIN unit u ON u.id = p.unit AND u.code = 'points:' || g.scheme || ':' || g.cycle "
        "WHERE u.id IS NULL OR g.key <> g.scheme || ':' || g.cycle || ':' || g.household",
    ),
    (
        "I3",
        "分录 #{seq} 发放了积分，却没有积分发放记录",
        "SELECT seq FROM entry WHERE kind = 'points.grant' EXCEPT SELECT seq FROM points_grant",
    ),
)
_USES = (
    "SELECT DISTINCT s.number, s.programme, f.code AS fund, f.programmes FROM goods_issue s "
    "JOIN goods_line l ON l.document = s.number JOIN lot o ON o.code = l.lot JOIN fund f ON f.code = o.fund "
    "WHERE f.programmes <> '[]'"
)
CHUNK = 500
_WITH_RECEIPT = (
    "SELECT number, receipt_number FROM goods_intake WHERE number > $1 AND receipt_number IS NOT NULL "
    "ORDER BY number LIMIT $2"
)
_TAKEN_IN = (
    "SELECT l.document, l.quantity, l.cost_fen, o.evidence FROM goods_line l JOIN lot o ON o.code = l.lot "
    "WHERE l.document IN ({}) ORDER BY l.document, l.n"
)


async def run() -> list[Failure]:
    """Check the slips against the books; the failures, none when all is right."""
    failures = [*await checks.failures(_ROWS), *await checks.failures(_SUMS)]
    for row in await reading.rows(_USES):
        if row["programme"] not in json.loads(row["programmes"]):
            facts = {name: row[name] for name in ("number", "fund", "programme")}
            failures.append(Failure("I8", words.say("出库单 {number}：基金 {fund} 不能用于项目 {programme}", **facts)))
    return [*failures, *await _printed()]


async def _printed() -> list[Failure]:
    """The receipt of a slip prints its lines in order: pieces, price and evidence."""
    failures: list[Failure] = []
    after = ""
    while len(failures) < checks.SHOWN_MAX:
        async with reading.snapshot():  # a chunk at a time: a server beside us goes on writing
            slips = await reading.rows(_WITH_RECEIPT, after, CHUNK)
            if not slips:
                break
            documents = [slip["number"] for slip in slips]
            rows = await reading.rows(_TAKEN_IN.format(reading.places(len(documents))), *documents)
            printed = await receipts.goods_lines([slip["receipt_number"] for slip in slips])
        after = documents[-1]
        taken: dict[str, list[tuple[int, int, str]]] = {}
        for row in rows:
            taken.setdefault(row["document"], []).append((row["quantity"], row["cost_fen"], row["evidence"]))
        for slip in slips:
            number, receipt = slip["number"], slip["receipt_number"]
            shown = [(line.quantity, line.price_fen, line.evidence) for line in printed.get(receipt, [])]
            if shown != taken.get(number, []):
                facts = {"receipt": receipt, "number": number}
                failures.append(Failure("I10", words.say("收据 {receipt} 所列物资与入库单 {number} 不符", **facts)))
    return failures
