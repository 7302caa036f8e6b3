-- Money out (charity/aid): the payment voucher 拨付审批单 and everything that was decided about it.
-- all
CREATE TABLE voucher (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN (
        'draft', 'approving', 'approved', 'paid', 'bounced', 'delivered', 'rejected', 'cancelled')),
    programme TEXT NOT NULL REFERENCES programme (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    payee_kind TEXT NOT NULL CHECK (payee_kind IN ('household', 'person', 'institution', 'supplier')),
    payee TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen BETWEEN 1 AND 10000000000000),
    recipients INTEGER NOT NULL CHECK (recipients BETWEEN 0 AND 1000000),
    reason {{bytes}} NOT NULL,
    salt TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    approvals TEXT NOT NULL DEFAULT '[]',
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    returned_at TEXT,
    payer TEXT CHECK (payer IS NULL OR payer <> maker),
    paid_on TEXT,
    paid_at TEXT,
    channel_ref TEXT UNIQUE,
    entry TEXT UNIQUE,
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK (status NOT IN ('paid', 'bounced', 'delivered') OR
        (payer IS NOT NULL AND paid_on IS NOT NULL AND channel_ref IS NOT NULL AND entry_seq IS NOT NULL))
);
CREATE INDEX voucher_status ON voucher (status, number);
CREATE INDEX voucher_maker ON voucher (maker, status);
CREATE INDEX voucher_payee ON voucher (payee_kind, payee);
CREATE TABLE voucher_approval (
    key TEXT PRIMARY KEY,
    voucher TEXT NOT NULL REFERENCES voucher (number) DEFERRABLE INITIALLY DEFERRED,
    account TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'return', 'reject', 'edit', 'cancel')),
    content_hash TEXT NOT NULL,
    reason {{bytes}},
    at TEXT NOT NULL,
    cleared_at TEXT
);
CREATE INDEX voucher_approval_voucher ON voucher_approval (voucher, at);
CREATE UNIQUE INDEX voucher_approval_once ON voucher_approval (voucher, account)
    WHERE decision = 'approve' AND cleared_at IS NULL;
