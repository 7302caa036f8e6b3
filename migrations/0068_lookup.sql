-- What gifts and pledges are looked up by: the folded name of the giver and the amount, written a minute behind the books
-- by the timetable, so that a gift costs nothing more (charity/giving/lookup, docs/decisions/0037).
-- charity/giving, charity/aid
-- all
CREATE TABLE lookup (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    at TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (kind, term, at, key)
) {{clustered}};
CREATE TABLE lookup_part (
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (part, name)
) {{clustered}};
CREATE TABLE lookup_mark (
    kind TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    key TEXT NOT NULL
) {{clustered}};
INSERT INTO lookup_mark (kind, at, key) VALUES ('gift', '', ''), ('pledge', '', ''), ('receipt', '', '');
CREATE INDEX pledge_amount ON pledge (amount_fen, created_at, code);
CREATE INDEX voucher_amount ON voucher (amount_fen, number);
CREATE INDEX refund_amount ON refund (amount_fen, number);
-- postgres
ALTER TABLE lookup ALTER COLUMN term TYPE TEXT COLLATE "C", ALTER COLUMN at TYPE TEXT COLLATE "C";
ALTER TABLE lookup_part ALTER COLUMN part TYPE TEXT COLLATE "C";
