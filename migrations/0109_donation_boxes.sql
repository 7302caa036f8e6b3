-- Donation boxes 募捐箱 and their openings (charity/giving/boxes): what was counted is confirmed by a second person under a login
-- of his own, and books the gift.
-- all
CREATE TABLE donation_box (
    code TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    keeper {{bytes}},
    campaign TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE TABLE box_opening (
    number TEXT PRIMARY KEY,
    year BIGINT NOT NULL,
    box TEXT NOT NULL REFERENCES donation_box (code),
    opened_on TEXT NOT NULL,
    opened_time TEXT NOT NULL,
    sheets TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    opener {{bytes}},
    witness {{bytes}},
    salt TEXT NOT NULL,
    status TEXT NOT NULL,
    counted_by TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    confirmed_by TEXT,
    confirmed_at TEXT,
    donation TEXT UNIQUE,
    slip_ref TEXT NOT NULL,
    CHECK (confirmed_by IS NULL OR confirmed_by <> counted_by),
    CHECK ((donation IS NULL) = (confirmed_by IS NULL))
);
CREATE INDEX box_opening_newest ON box_opening (opened_on, number);
CREATE INDEX box_opening_waiting ON box_opening (number) WHERE status = 'counted';
