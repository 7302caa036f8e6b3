-- Money that moved between places of a fund: the cashier's slips (charity/finance/transfers). Their lines are the
-- postings of the entry.
-- And the one opening of the books (charity/finance/opening): a draft until a second person confirms it, then an entry.
-- all
CREATE TABLE money_transfer (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES money_place (code),
    target TEXT NOT NULL REFERENCES money_place (code),
    on_day TEXT NOT NULL,
    channel_ref TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    fee_fen BIGINT NOT NULL CHECK (fee_fen >= 0 AND fee_fen < amount_fen),
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    seq BIGINT NOT NULL UNIQUE REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    reversed_by TEXT,
    reversed_at TEXT,
    reversal_seq BIGINT UNIQUE REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    reason {{bytes}},
    CHECK (source <> target),
    CHECK ((kind = 'settlement') OR fee_fen = 0),
    CHECK ((reversal_seq IS NULL) = (reversed_by IS NULL) AND (reversed_by IS NULL) = (reversed_at IS NULL)
        AND (reversed_by IS NULL) = (reason IS NULL))
);
CREATE TABLE opening (
    key TEXT PRIMARY KEY CHECK (key = 'opening'),
    on_day TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    total_fen BIGINT NOT NULL CHECK (total_fen > 0),
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    confirmed_by TEXT CHECK (confirmed_by IS NULL OR confirmed_by <> maker),
    confirmed_at TEXT,
    seq BIGINT UNIQUE REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((seq IS NULL) = (confirmed_by IS NULL) AND (seq IS NULL) = (confirmed_at IS NULL))
);
