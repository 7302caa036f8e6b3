-- The largest gift of money of each party so far, in the row that counts (charity/people/parties.py): a sum unlike the
-- giver's is typed a second time (charity/giving/donations/read_back.py).
-- all
ALTER TABLE party ADD COLUMN largest_fen BIGINT NOT NULL DEFAULT 0;
CREATE TABLE largest_of_before (
    party TEXT PRIMARY KEY,
    fen BIGINT NOT NULL
) {{clustered}};
INSERT INTO largest_of_before (party, fen)
    SELECT party, MAX(amount_fen) FROM donation WHERE kind = 'cash' AND status <> 'reversed' AND party <> ''
    GROUP BY party;
UPDATE party SET largest_fen = COALESCE((SELECT l.fen FROM largest_of_before l WHERE l.party = party.party), 0)
    WHERE key = same_as;
DROP TABLE largest_of_before;
