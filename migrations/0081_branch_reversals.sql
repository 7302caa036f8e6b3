-- What a branch gave back is booked once another person has confirmed it; whoever wrote a return or a roster down may withdraw it
-- while it waits; and what is booked is reversed by two persons (charity/aid/branch_reversals). Returns of before are confirmed as they
-- were: booked by the cashier alone (`decided_by` empty), and the entry reviewed by an accountant.
-- all
CREATE TABLE new_branch_return (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    voucher TEXT NOT NULL REFERENCES branch_advance (voucher),
    status TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    received_on TEXT NOT NULL,
    paid_into TEXT NOT NULL,
    channel_ref TEXT NOT NULL,
    cashier TEXT NOT NULL,
    made_at TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    reason {{bytes}},
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK (decided_by <> cashier OR status = 'withdrawn'),
    CHECK ((status = 'waiting') = (decided_at IS NULL)),
    CHECK ((status IN ('confirmed', 'reversed')) = (entry_seq IS NOT NULL))
);
INSERT INTO new_branch_return (number, year, voucher, status, amount_fen, received_on, paid_into, channel_ref, cashier,
    made_at, decided_at, entry_seq)
    SELECT number, year, voucher, 'confirmed', amount_fen, received_on, paid_into, channel_ref, cashier, made_at, made_at,
    entry_seq FROM branch_return;
DROP TABLE branch_return;
ALTER TABLE new_branch_return RENAME TO branch_return;
CREATE INDEX branch_return_voucher ON branch_return (voucher, number);
CREATE INDEX branch_return_waiting ON branch_return (number) WHERE status = 'waiting';
UPDATE payment_number SET number = holder WHERE kind = 'return' AND lines > 0;
CREATE TABLE new_branch_roster (
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
    decided_by TEXT,
    decided_at TEXT,
    reason {{bytes}},
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK (decided_by <> maker OR status = 'withdrawn'),
    CHECK ((status = 'waiting') = (decided_by IS NULL)),
    CHECK ((status IN ('confirmed', 'reversed')) = (entry_seq IS NOT NULL))
);
INSERT INTO new_branch_roster (number, year, voucher, status, distributed_on, amount_fen, recipients, place, salt,
    content, content_hash, maker, made_at, decided_by, decided_at, reason, entry_seq)
    SELECT number, year, voucher, status, distributed_on, amount_fen, recipients, place, salt, content, content_hash,
    maker, made_at, decided_by, decided_at, reason, entry_seq FROM branch_roster;
DROP TABLE branch_roster;
ALTER TABLE new_branch_roster RENAME TO branch_roster;
CREATE INDEX branch_roster_voucher ON branch_roster (voucher, number);
CREATE INDEX branch_roster_waiting ON branch_roster (number) WHERE status = 'waiting';
CREATE TABLE branch_reversal (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    status TEXT NOT NULL,
    cause {{bytes}} NOT NULL,
    salt TEXT NOT NULL,
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    reason {{bytes}},
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK (decided_by <> maker OR status = 'withdrawn'),
    CHECK ((status = 'waiting') = (decided_by IS NULL)),
    CHECK ((status = 'confirmed') = (entry_seq IS NOT NULL))
);
CREATE UNIQUE INDEX branch_reversal_target ON branch_reversal (target) WHERE status IN ('waiting', 'confirmed');
CREATE INDEX branch_reversal_waiting ON branch_reversal (number) WHERE status = 'waiting';
