-- A donor is a party of which a gift stands: one that was refunded whole stands no more than one that was reversed, and
-- neither is its largest (charity/giving/donors/counting.py).
-- all
CREATE TABLE largest_of_before (
    party TEXT PRIMARY KEY,
    fen BIGINT NOT NULL
) {{clustered}};
INSERT INTO largest_of_before (party, fen)
    SELECT party, MAX(amount_fen) FROM donation WHERE kind = 'cash' AND status = 'ok' AND party <> '' GROUP BY party;
UPDATE party SET largest_fen = COALESCE((SELECT l.fen FROM largest_of_before l WHERE l.party = party.party), 0)
    WHERE key = same_as;
DROP TABLE largest_of_before;
-- python
charity.giving.donors.counting:without_refunded
