-- What registers and pages add up to, kept in the batch that posts it (charity/ledger/sums.py), so that no page reads
-- the rows that it does not show. `charity verify` adds everything up again.
-- all
CREATE TABLE day_sum (
    register TEXT NOT NULL,
    day TEXT NOT NULL,
    fund TEXT NOT NULL,
    campaign TEXT NOT NULL,
    programme TEXT NOT NULL,
    store TEXT NOT NULL,
    kind TEXT NOT NULL,
    lines BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    recipients_of_fund BIGINT NOT NULL,
    PRIMARY KEY (register, day, fund, campaign, programme, store, kind)
) {{clustered}};
CREATE TABLE fund_sum (
    fund TEXT PRIMARY KEY REFERENCES fund (code),
    spent_fen BIGINT NOT NULL
);
INSERT INTO fund_sum (fund, spent_fen)
    SELECT fund, CAST(SUM(stop - start) AS BIGINT) FROM segment WHERE kind = 'spent' GROUP BY fund;
INSERT INTO day_sum (register, day, fund, campaign, programme, store, kind, lines, amount_fen, recipients,
        recipients_of_fund)
    SELECT 'donations', x.day, x.fund, x.campaign, '', x.store, x.kind, COUNT(*), CAST(SUM(x.fen) AS BIGINT), 0, 0
    FROM (
        SELECT e.effective_on AS day, d.fund, COALESCE(d.campaign, '') AS campaign, COALESCE(d.store, '') AS store,
            d.kind, COALESCE(d.amount_fen, 0) AS fen
        FROM donation d JOIN entry e ON e.seq = d.seq
        UNION ALL
        SELECT e.effective_on, d.fund, COALESCE(d.campaign, ''), COALESCE(d.store, ''), d.kind, -r.amount_fen
        FROM refund r JOIN entry e ON e.seq = r.seq JOIN donation d ON d.key = r.donation
        UNION ALL
        SELECT e.effective_on, d.fund, COALESCE(d.campaign, ''), COALESCE(d.store, ''), d.kind,
            -COALESCE(d.amount_fen, 0)
        FROM entry e JOIN donation d ON d.seq = e.reverses
    ) x GROUP BY x.day, x.fund, x.campaign, x.store, x.kind;
INSERT INTO day_sum (register, day, fund, campaign, programme, store, kind, lines, amount_fen, recipients,
        recipients_of_fund)
    SELECT 'disbursements', x.day, x.fund, '', x.programme, x.store, x.kind, COUNT(*), CAST(SUM(x.fen) AS BIGINT),
        CAST(SUM(CASE WHEN x.first THEN x.people ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN x.first_of_fund THEN x.people ELSE 0 END) AS BIGINT)
    FROM (
        SELECT e.effective_on AS day, a.fund, COALESCE(v.programme, s.programme, a.place) AS programme,
            COALESCE(g.store, '') AS store, CASE WHEN g.number IS NULL THEN 'cash' ELSE 'in_kind' END AS kind,
            p.quantity AS fen,
            (CASE WHEN e.reverses IS NULL THEN 1 ELSE -1 END) * COALESCE(v.recipients, s.members, 0) AS people,
            p.n = (SELECT MIN(q.n) FROM posting q JOIN account b ON b.id = q.account
                WHERE q.seq = e.seq AND b.chart IN ('5101', '2601')) AS first,
            p.n = (SELECT MIN(q.n) FROM posting q JOIN account b ON b.id = q.account
                WHERE q.seq = e.seq AND b.chart IN ('5101', '2601') AND b.fund = a.fund) AS first_of_fund
        FROM account a JOIN posting p ON p.account = a.id JOIN entry e ON e.seq = p.seq
        LEFT JOIN voucher v ON v.entry_seq = COALESCE(e.reverses, e.seq)
        LEFT JOIN goods_document g ON g.seq = e.seq
        LEFT JOIN goods_issue s ON s.number = COALESCE(g.reverses, g.number)
        WHERE (a.chart = '5101' OR a.chart = '2601')
            AND NOT EXISTS (SELECT 1 FROM donation d WHERE d.seq = COALESCE(e.reverses, e.seq))
            AND NOT EXISTS (SELECT 1 FROM refund_of f WHERE f.seq = e.seq)
        UNION ALL
        SELECT g.effective_on, (SELECT o.fund FROM goods_line l JOIN lot o ON o.code = l.lot
                WHERE l.document = s.number ORDER BY l.n LIMIT 1), s.programme, g.store, 'in_kind', 0,
            (CASE WHEN g.reverses IS NULL THEN 1 ELSE -1 END) * s.members, 1 = 1, 1 = 1
        FROM goods_document g JOIN goods_issue s ON s.number = COALESCE(g.reverses, g.number)
        WHERE NOT EXISTS (SELECT 1 FROM posting q JOIN account b ON b.id = q.account
            WHERE q.seq = g.seq AND b.chart IN ('5101', '2601'))
    ) x GROUP BY x.day, x.fund, x.programme, x.store, x.kind;
