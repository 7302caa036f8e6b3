-- Who is one donor (charity/people/parties.py), how many each fund has, and how many gifts a day; 人次 count one each time
-- goods are handed out, and none for money that is passed on for others (charity/ledger/sums.py).
-- all
CREATE TABLE party (
    key TEXT PRIMARY KEY,
    same_as TEXT NOT NULL,
    party TEXT NOT NULL,
    identity TEXT NOT NULL,
    marks TEXT NOT NULL
) {{clustered}};
CREATE TABLE donor_sum (
    fund TEXT PRIMARY KEY,
    donors BIGINT NOT NULL
) {{clustered}};
ALTER TABLE donation ADD COLUMN party TEXT NOT NULL DEFAULT '';
ALTER TABLE day_sum ADD COLUMN gifts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_sum ADD COLUMN gifts BIGINT NOT NULL DEFAULT 0;
DROP TABLE campaign_figures;
CREATE TABLE giver_of_before (
    key TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    identity TEXT NOT NULL,
    phone TEXT NOT NULL,
    known_by TEXT NOT NULL,
    main TEXT NOT NULL,
    party TEXT NOT NULL
) {{clustered}};
INSERT INTO giver_of_before (key, created_at, identity, phone, known_by, main, party)
    SELECT x.key, x.created_at, x.identity, x.phone, CASE WHEN x.identity <> '' THEN x.identity
        WHEN x.phone <> '' THEN x.phone ELSE 'own:' || x.key END, '', ''
    FROM (
        SELECT p.key, p.created_at, CASE WHEN p.id_number_index IS NOT NULL THEN 'person:id:' || p.id_number_index
                WHEN p.tax_id <> '' THEN 'organisation:tax:' || upper(trim(p.tax_id)) ELSE '' END AS identity,
            CASE WHEN p.phone_index IS NULL THEN '' ELSE p.kind || ':phone:' || p.phone_index END AS phone
        FROM person p WHERE p.kind <> 'anonymous' AND EXISTS (SELECT 1 FROM donation d WHERE d.donor = p.key)
    ) x;
CREATE INDEX giver_phone ON giver_of_before (phone, created_at, key);
CREATE INDEX giver_known ON giver_of_before (known_by, created_at, key);
-- A giver known by a phone only is whoever first gave with that phone.
UPDATE giver_of_before SET main = CASE WHEN identity <> '' OR phone = '' THEN known_by ELSE (
    SELECT g.known_by FROM giver_of_before g WHERE g.phone = giver_of_before.phone
    ORDER BY g.created_at, g.key LIMIT 1) END;
CREATE INDEX giver_main ON giver_of_before (main, created_at, key);
UPDATE giver_of_before SET party = (
    SELECT g.key FROM giver_of_before g WHERE g.main = giver_of_before.main ORDER BY g.created_at, g.key LIMIT 1);
UPDATE donation SET party = COALESCE((SELECT g.party FROM giver_of_before g WHERE g.key = donation.donor), '');
INSERT INTO party (key, same_as, party, identity, marks)
    SELECT DISTINCT main, main, party, CASE WHEN main LIKE 'person:id:%' OR main LIKE 'organisation:tax:%' THEN main
        ELSE '' END, '{}' FROM giver_of_before;
INSERT INTO party (key, same_as, party, identity, marks)
    SELECT g.phone, g.main, g.party, '', '{}' FROM giver_of_before g WHERE g.phone <> ''
        AND NOT EXISTS (SELECT 1 FROM party p WHERE p.key = g.phone) AND g.key = (
            SELECT f.key FROM giver_of_before f WHERE f.phone = g.phone ORDER BY f.created_at, f.key LIMIT 1);
DROP TABLE giver_of_before;
CREATE TABLE mark_of_before (
    party TEXT NOT NULL,
    mark TEXT NOT NULL,
    gifts BIGINT NOT NULL,
    PRIMARY KEY (party, mark)
) {{clustered}};
INSERT INTO mark_of_before (party, mark, gifts)
    SELECT d.party, x.mark, COUNT(*) FROM donation d JOIN (
        SELECT e.key, e.fund AS mark FROM donation e
        UNION ALL
        SELECT e.key, '*' FROM donation e JOIN fund f ON f.code = e.fund WHERE f.kind <> 'agency'
        UNION ALL
        SELECT e.key, e.campaign || '/' || e.work_unit FROM donation e WHERE e.work_unit IS NOT NULL
    ) x ON x.key = d.key WHERE d.party <> '' AND d.status <> 'reversed' GROUP BY d.party, x.mark;
INSERT INTO donor_sum (fund, donors)
    SELECT mark, COUNT(*) FROM mark_of_before WHERE mark = '*' OR mark IN (SELECT code FROM fund) GROUP BY mark;
UPDATE unit_sum SET donors = (
    SELECT COUNT(*) FROM mark_of_before m WHERE m.mark = unit_sum.campaign || '/' || unit_sum.work_unit);
UPDATE day_sum SET gifts = COALESCE((
    SELECT COUNT(*) FROM donation d WHERE d.booked_on = day_sum.day AND d.fund = day_sum.fund
        AND COALESCE(d.campaign, '') = day_sum.campaign AND COALESCE(d.store, '') = day_sum.store
        AND d.kind = day_sum.kind), 0) - COALESCE((
    SELECT COUNT(*) FROM entry e JOIN donation d ON d.seq = e.reverses WHERE e.kind = 'goods.reversal'
        AND e.effective_on = day_sum.day AND d.fund = day_sum.fund AND COALESCE(d.campaign, '') = day_sum.campaign
        AND COALESCE(d.store, '') = day_sum.store AND d.kind = day_sum.kind), 0)
    WHERE register = 'donations';
DELETE FROM day_sum WHERE register = 'disbursements';
INSERT INTO day_sum (register, day, fund, campaign, programme, store, kind, lines, amount_fen, recipients,
        recipients_of_fund, gifts)
    SELECT 'disbursements', x.day, x.fund, '', x.programme, x.store, x.kind, COUNT(*), CAST(SUM(x.fen) AS BIGINT),
        CAST(SUM(CASE WHEN x.first THEN x.people ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN x.first_of_fund THEN x.people ELSE 0 END) AS BIGINT), 0
    FROM (
        SELECT e.effective_on AS day, a.fund, COALESCE(v.programme, s.programme, a.place) AS programme,
            COALESCE(g.store, '') AS store, CASE WHEN g.number IS NULL THEN 'cash' ELSE 'in_kind' END AS kind,
            p.quantity AS fen, (CASE WHEN a.chart = '2601' THEN 0 WHEN e.reverses IS NULL THEN 1 ELSE -1 END)
                * COALESCE(v.recipients, CASE WHEN s.number IS NULL THEN 0 ELSE 1 END) AS people,
            p.n = (SELECT MIN(q.n) FROM posting q JOIN account b ON b.id = q.account
                WHERE q.seq = e.seq AND b.chart = '5101') AS first,
            p.n = (SELECT MIN(q.n) FROM posting q JOIN account b ON b.id = q.account
                WHERE q.seq = e.seq AND b.chart = '5101' AND b.fund = a.fund) AS first_of_fund
        FROM account a JOIN posting p ON p.account = a.id JOIN entry e ON e.seq = p.seq
        LEFT JOIN voucher v ON v.entry_seq = COALESCE(e.reverses, e.seq)
        LEFT JOIN goods_document g ON g.seq = e.seq
        LEFT JOIN goods_issue s ON s.number = COALESCE(g.reverses, g.number)
        WHERE (a.chart = '5101' OR a.chart = '2601') AND e.kind IN ('voucher.paid', 'goods.issue', 'goods.reversal')
            AND NOT EXISTS (SELECT 1 FROM donation d WHERE d.seq = COALESCE(e.reverses, e.seq))
        UNION ALL
        SELECT g.effective_on, (SELECT o.fund FROM goods_line l JOIN lot o ON o.code = l.lot
                WHERE l.document = s.number ORDER BY l.n LIMIT 1), s.programme, g.store, 'in_kind', 0,
            CASE WHEN g.reverses IS NULL THEN 1 ELSE -1 END, 1 = 1, 1 = 1
        FROM goods_document g JOIN goods_issue s ON s.number = COALESCE(g.reverses, g.number)
        WHERE NOT EXISTS (SELECT 1 FROM posting q JOIN account b ON b.id = q.account
            WHERE q.seq = g.seq AND b.chart IN ('5101', '2601'))
    ) x GROUP BY x.day, x.fund, x.programme, x.store, x.kind;
DELETE FROM month_sum;
INSERT INTO month_sum (register, month, fund, campaign, programme, store, kind, lines, amount_fen, recipients,
        recipients_of_fund, gifts)
    SELECT register, substr(day, 1, 7), fund, campaign, programme, store, kind, CAST(SUM(lines) AS BIGINT),
        CAST(SUM(amount_fen) AS BIGINT), CAST(SUM(recipients) AS BIGINT), CAST(SUM(recipients_of_fund) AS BIGINT),
        CAST(SUM(gifts) AS BIGINT)
    FROM day_sum GROUP BY register, substr(day, 1, 7), fund, campaign, programme, store, kind;
-- sqlite
UPDATE party SET marks = COALESCE((SELECT json_group_object(m.mark, m.gifts) FROM mark_of_before m
    WHERE m.party = party.party HAVING COUNT(*) > 0), '{}') WHERE key = same_as;
-- postgres
UPDATE party SET marks = COALESCE((SELECT json_object_agg(m.mark, m.gifts)::text FROM mark_of_before m
    WHERE m.party = party.party HAVING COUNT(*) > 0), '{}') WHERE key = same_as;
-- all
DROP TABLE mark_of_before;
