-- Money that stands with a branch until its signed rosters (charity/aid/branches): a row for every payment to one, and its rosters.
-- Whom a roster lists stands with the lists of vouchers, under the hash of the roster's content, with what each got.
-- all
CREATE TABLE branch_advance (
    voucher TEXT PRIMARY KEY REFERENCES voucher (number),
    branch TEXT NOT NULL REFERENCES institution (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    rostered_fen BIGINT NOT NULL CHECK (rostered_fen >= 0),
    CHECK (rostered_fen <= amount_fen)
);
CREATE INDEX branch_advance_open ON branch_advance (voucher) WHERE rostered_fen < amount_fen;
CREATE TABLE branch_roster (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    voucher TEXT NOT NULL REFERENCES branch_advance (voucher),
    status TEXT NOT NULL,
    distributed_on TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    recipients INTEGER NOT NULL CHECK (recipients > 0),
    place {{bytes}} NOT NULL,
    salt TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    decided_by TEXT CHECK (decided_by <> maker),
    decided_at TEXT,
    reason {{bytes}},
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK ((status = 'waiting') = (decided_by IS NULL)),
    CHECK ((status = 'confirmed') = (entry_seq IS NOT NULL))
);
CREATE INDEX branch_roster_voucher ON branch_roster (voucher, number);
CREATE INDEX branch_roster_waiting ON branch_roster (number) WHERE status = 'waiting';
ALTER TABLE voucher_recipient ADD COLUMN amount_fen BIGINT CHECK (amount_fen > 0);
