-- A receipt for goods keeps the lines that it prints, so that nobody asks the shelf what was given. Receipts made before
-- get those of their intake slip; a receipt that replaced another prints the same ones. Names are today's.
-- The rows come last: PostgreSQL makes no index while their deferred keys wait for the COMMIT.
-- all
CREATE TABLE receipt_item (
    number TEXT NOT NULL REFERENCES receipt (number) DEFERRABLE INITIALLY DEFERRED,
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    measure TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
    evidence TEXT NOT NULL,
    PRIMARY KEY (number, n),
    CHECK ((evidence = 'none') = (price_fen = 0))
) {{clustered}};
INSERT INTO receipt_item (number, n, name, measure, quantity, price_fen, evidence)
    SELECT k.number, ROW_NUMBER() OVER (PARTITION BY k.number ORDER BY d.seq, l.n),
        i.name, i.measure, l.quantity, l.cost_fen, o.evidence
    FROM receipt_line k JOIN goods_intake g ON g.donation = k.donation JOIN goods_document d ON d.number = g.number
    JOIN goods_line l ON l.document = g.number JOIN item i ON i.barcode = l.barcode JOIN lot o ON o.code = l.lot;
