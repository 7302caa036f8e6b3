-- What a branch gives back of what it got (charity/aid/branches/returns.py): it stands with it no longer, and no roster accounts for it.
-- all
DROP INDEX branch_advance_open;
ALTER TABLE branch_advance ADD COLUMN returned_fen BIGINT NOT NULL DEFAULT 0
    CHECK (returned_fen >= 0 AND rostered_fen + returned_fen <= amount_fen);
CREATE INDEX branch_advance_open ON branch_advance (voucher) WHERE rostered_fen + returned_fen < amount_fen;
CREATE TABLE branch_return (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    voucher TEXT NOT NULL REFERENCES branch_advance (voucher),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    received_on TEXT NOT NULL,
    paid_into TEXT NOT NULL,
    channel_ref TEXT NOT NULL,
    cashier TEXT NOT NULL,
    made_at TEXT NOT NULL,
    entry_seq BIGINT NOT NULL UNIQUE REFERENCES entry (seq)
);
CREATE INDEX branch_return_voucher ON branch_return (voucher, number);
