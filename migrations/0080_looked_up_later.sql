-- What the search box looks up besides: transfers and goods slips by their amount, and the gifts of a receipt that was
-- issued later, by its sum and name; `lookup_due` has what the timetable has not yet seen (docs/decisions/0037).
-- charity/giving, charity/goods
-- all
CREATE TABLE lookup_due (
    receipt TEXT PRIMARY KEY REFERENCES receipt (code) DEFERRABLE INITIALLY DEFERRED,
    times BIGINT NOT NULL CHECK (times > 0)
) {{clustered}};
INSERT INTO lookup_due (receipt, times)
    SELECT DISTINCT n.code, 1 FROM receipt o JOIN receipt_line a ON a.number = o.number
    JOIN receipt_line b ON b.donation = a.donation AND b.number > a.number JOIN receipt n ON n.number = b.number
    WHERE o.status <> 'issued';
DELETE FROM lookup_mark WHERE kind = 'receipt';
INSERT INTO lookup_mark (kind, at, key) VALUES ('slip', '', '');
CREATE INDEX money_transfer_amount ON money_transfer (amount_fen, number);
