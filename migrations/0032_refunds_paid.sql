-- Refunds are approved, then paid by the cashier; and gifts that were entered wrongly are corrected (charity/giving).
-- What was refunded before was taken from the bank by its approval: it has no cause, debit or payment of its own.
-- postgres
ALTER TABLE refund ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN salt TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN decision BYTEA;
ALTER TABLE refund ADD COLUMN debit TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN general_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN paid_by TEXT;
ALTER TABLE refund ADD COLUMN paid_at TEXT;
ALTER TABLE refund ADD COLUMN paid_on TEXT;
ALTER TABLE refund ADD COLUMN paid_from TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN channel_ref TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN paid_seq BIGINT REFERENCES entry (seq);
ALTER TABLE refund DROP CONSTRAINT refund_check1;
ALTER TABLE refund ADD CONSTRAINT refund_posted CHECK ((status IN ('approved', 'refunded')) = (seq IS NOT NULL));
ALTER TABLE refund ADD CONSTRAINT refund_paid CHECK (paid_seq IS NULL OR status = 'refunded');
ALTER TABLE refund ADD CONSTRAINT refund_payer
    CHECK (paid_by IS NULL OR (paid_by <> requested_by AND paid_by <> approved_by));
-- sqlite rebuild
CREATE TABLE new_refund (
    number TEXT PRIMARY KEY,
    donation TEXT NOT NULL REFERENCES donation (key),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    cause TEXT NOT NULL DEFAULT '',
    reason {{bytes}} NOT NULL,
    salt TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    approved_by TEXT,
    approved_at TEXT,
    decision {{bytes}},
    debit TEXT NOT NULL DEFAULT '',
    general_fen BIGINT NOT NULL DEFAULT 0,
    seq BIGINT REFERENCES entry (seq),
    paid_by TEXT,
    paid_at TEXT,
    paid_on TEXT,
    paid_from TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    channel_ref TEXT NOT NULL DEFAULT '',
    paid_seq BIGINT REFERENCES entry (seq),
    CHECK (approved_by IS NULL OR approved_by <> requested_by),
    CHECK ((status IN ('approved', 'refunded')) = (seq IS NOT NULL)),
    CHECK (paid_seq IS NULL OR status = 'refunded'),
    CHECK (paid_by IS NULL OR (paid_by <> requested_by AND paid_by <> approved_by))
);
INSERT INTO new_refund (number, donation, amount_fen, reason, status, requested_by, requested_at, approved_by,
    approved_at, seq) SELECT number, donation, amount_fen, reason, status, requested_by, requested_at, approved_by,
    approved_at, seq FROM refund;
DROP TABLE refund;
ALTER TABLE new_refund RENAME TO refund;
-- all
UPDATE refund SET salt = number;
UPDATE refund SET cause = 'mistaken' WHERE status = 'requested';
CREATE INDEX refund_listed ON refund (status, number);
CREATE INDEX refund_paid_seq ON refund (paid_seq) WHERE paid_seq IS NOT NULL;
CREATE TABLE gift_reversal (
    number TEXT PRIMARY KEY,
    donation TEXT NOT NULL REFERENCES donation (key),
    reason {{bytes}} NOT NULL,
    salt TEXT NOT NULL,
    status TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    decision {{bytes}},
    seq BIGINT REFERENCES entry (seq),
    CHECK (decided_by IS NULL OR decided_by <> requested_by),
    CHECK ((status = 'approved') = (seq IS NOT NULL))
);
CREATE INDEX gift_reversal_donation ON gift_reversal (donation);
CREATE INDEX gift_reversal_listed ON gift_reversal (status, number);
CREATE INDEX gift_reversal_seq ON gift_reversal (seq) WHERE seq IS NOT NULL;
