-- A receipt's lines lie in the order of its number, not of its random code: a batch of gifts then writes a few pages
-- of this table instead of one a gift (decision 14). Numbers never change and are as unique as codes.
-- all
CREATE TABLE receipt_line_by_number (
    number TEXT NOT NULL REFERENCES receipt (number) DEFERRABLE INITIALLY DEFERRED,
    donation TEXT NOT NULL REFERENCES donation (key) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (number, donation)
) {{clustered}};
INSERT INTO receipt_line_by_number (number, donation)
    SELECT r.number, l.donation FROM receipt_line l JOIN receipt r ON r.code = l.receipt;
DROP TABLE receipt_line;
ALTER TABLE receipt_line_by_number RENAME TO receipt_line;
CREATE INDEX receipt_line_donation ON receipt_line (donation);
