-- Fees that a bank took by itself (charity/bank/fees): booked from its line by an accountant, by a rule, and matched at once.
-- all
CREATE TABLE bank_fee (
    number TEXT PRIMARY KEY,
    year BIGINT NOT NULL,
    place TEXT NOT NULL,
    on_day TEXT NOT NULL,
    fen BIGINT NOT NULL,
    text TEXT NOT NULL,
    chart TEXT NOT NULL,
    line TEXT NOT NULL,
    match TEXT NOT NULL UNIQUE,
    channel_ref TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    reversed_by TEXT,
    reversed_at TEXT,
    reversal_seq BIGINT UNIQUE,
    reason {{bytes}},
    CHECK (fen > 0)
);
CREATE UNIQUE INDEX bank_fee_line ON bank_fee (line) WHERE reversal_seq IS NULL;
