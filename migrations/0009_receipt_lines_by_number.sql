-- A receipt's lines lie in the order of its number, not of its random code: a batch of gifts then writes a few pages
-- of this table instead of one a gift (decision 14). Numbers never change and are as unique as codes.
-- The rows come last but one: PostgreSQL makes no index while their deferred keys wait for the COMMIT.
-- all
ALTER TABLE receipt_line RENAME TO receipt_line_by_code;
DROP INDEX receipt_line_donation;
CREATE TABLE receipt_line (
    number TEXT NOT NULL REFERENCES receipt (number) DEFERRABLE INITIALLY DEFERRED,
    donation TEXT NOT NULL REFERENCES donation (key) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (number, donation)
) {{clustered}};
CREATE INDEX receipt_line_donation ON receipt_line (donation);
INSERT INTO receipt_line (number, donation)
    SELECT r.number, l.donation FROM receipt_line_by_code l JOIN receipt r ON r.code = l.receipt;
DROP TABLE receipt_line_by_code;
