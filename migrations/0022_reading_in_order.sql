-- Every list and register reads in the order of an index, so that a page costs what it shows however large the books.
-- all
DROP INDEX donation_received;
DROP INDEX donation_work_unit;
CREATE INDEX donation_booked ON donation (booked_on, seq);
CREATE INDEX donation_campaign_booked ON donation (campaign, booked_on, seq);
CREATE INDEX donation_fund_booked ON donation (fund, booked_on, seq);
CREATE INDEX donation_store_booked ON donation (store, booked_on, seq) WHERE store IS NOT NULL;
CREATE INDEX refund_seq ON refund (seq) WHERE seq IS NOT NULL;
-- The registers of what went out and of goods look at their kinds of entries only, whatever gifts came in between.
DROP INDEX entry_day;
CREATE INDEX entry_kind_day ON entry (kind, effective_on, seq);
-- The latest payments: of a fund, and of all.
CREATE INDEX segment_spent_of ON segment (fund, owner_seq) WHERE kind = 'spent';
CREATE INDEX segment_spent ON segment (owner_seq, fund) WHERE kind = 'spent';
CREATE INDEX receipt_issued ON receipt (issued_on, number);
CREATE INDEX receipt_delivery ON receipt (delivery, issued_on, number);
CREATE INDEX receipt_ended ON receipt (status, issued_on, number) WHERE status <> 'issued';
-- A receipt and a pledge are looked for by the end of what is printed on them.
CREATE INDEX receipt_tail ON receipt (substr(number, LENGTH(number) - 3));
CREATE INDEX pledge_tail ON pledge (substr(reference, LENGTH(reference) - 3));
CREATE INDEX receipt_undelivered ON receipt (issued_on) WHERE status = 'issued' AND delivery = 'pending';
CREATE INDEX pledge_open ON pledge (expires_at) WHERE status NOT IN ('received', 'cancelled', 'released');
CREATE INDEX pledge_campaign ON pledge (campaign, created_at, code);
CREATE INDEX goods_document_of_day ON goods_document (store, effective_on, kind);
-- Balances that are something: an emptied lot stays a row of `holding` for ever.
CREATE INDEX holding_live ON holding (account, unit) WHERE quantity <> 0;
-- SQLite has no statistics and would read every lot that a shelf ever held by the key of `holding`.
-- sqlite
DROP VIEW on_hand;
CREATE VIEW on_hand AS
    SELECT a.code AS place, substr(u.code, 5) AS lot, h.quantity AS quantity
    FROM account a JOIN holding h INDEXED BY holding_standing
        ON h.account = a.id AND h.minimum = 0 AND h.quantity > 0
    JOIN unit u ON u.id = h.unit AND u.kind = 'lot';
DROP VIEW points_balance;
CREATE VIEW points_balance AS
    SELECT a.code AS place, u.code AS unit, h.quantity AS points
    FROM account a JOIN holding h INDEXED BY holding_standing
        ON h.account = a.id AND h.minimum = 0 AND h.quantity > 0
    JOIN unit u ON u.id = h.unit AND u.kind = 'points';
