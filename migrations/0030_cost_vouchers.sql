-- A voucher may pay our own costs (no programme, nobody helped), may be paid in cash (no bank reference), and may list
-- whom it helps. `paid_from` is the place of the money, chart and place: until now always the one bank account.
-- postgres
ALTER TABLE voucher ADD COLUMN purpose TEXT NOT NULL DEFAULT 'aid', ADD COLUMN paid_from TEXT,
    ALTER COLUMN programme DROP NOT NULL, DROP CONSTRAINT voucher_check1;
ALTER TABLE voucher ALTER COLUMN purpose DROP DEFAULT;
UPDATE voucher SET paid_from = '1002/ICBC-01' WHERE entry_seq IS NOT NULL;
ALTER TABLE voucher
    ADD CONSTRAINT voucher_paid CHECK (status NOT IN ('paid', 'bounced', 'delivered') OR
        (payer IS NOT NULL AND paid_on IS NOT NULL AND paid_from IS NOT NULL AND entry_seq IS NOT NULL
            AND (channel_ref IS NOT NULL OR paid_from LIKE '1001/%'))),
    ADD CONSTRAINT voucher_purpose CHECK (CASE WHEN purpose = 'aid' THEN programme IS NOT NULL
        ELSE programme IS NULL AND recipients = 0 END);
-- sqlite rebuild
CREATE TABLE new_voucher (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    status TEXT NOT NULL,
    purpose TEXT NOT NULL,
    programme TEXT REFERENCES programme (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    payee_kind TEXT NOT NULL,
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
    paid_from TEXT,
    channel_ref TEXT UNIQUE,
    entry TEXT UNIQUE,
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CONSTRAINT voucher_paid CHECK (status NOT IN ('paid', 'bounced', 'delivered') OR
        (payer IS NOT NULL AND paid_on IS NOT NULL AND paid_from IS NOT NULL AND entry_seq IS NOT NULL
            AND (channel_ref IS NOT NULL OR paid_from LIKE '1001/%'))),
    CONSTRAINT voucher_purpose CHECK (CASE WHEN purpose = 'aid' THEN programme IS NOT NULL
        ELSE programme IS NULL AND recipients = 0 END)
);
INSERT INTO new_voucher SELECT number, year, status, 'aid', programme, fund, payee_kind, payee, amount_fen, recipients,
    reason, salt, content, content_hash, approvals, maker, made_at, changed_at, returned_at, payer, paid_on, paid_at,
    CASE WHEN entry_seq IS NULL THEN NULL ELSE '1002/ICBC-01' END, channel_ref, entry, entry_seq FROM voucher;
DROP TABLE voucher;
ALTER TABLE new_voucher RENAME TO voucher;
-- all
CREATE TABLE voucher_recipient (
    content_hash TEXT NOT NULL,
    n INTEGER NOT NULL,
    voucher TEXT NOT NULL REFERENCES voucher (number) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    PRIMARY KEY (content_hash, n),
    UNIQUE (content_hash, recipient)
) {{clustered}};
CREATE INDEX voucher_recipient_voucher ON voucher_recipient (voucher);
CREATE INDEX voucher_recipient_recipient ON voucher_recipient (recipient);
