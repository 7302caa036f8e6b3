-- Which gift was booked in place of one that was corrected (charity/giving/donations/corrected.py). Whose a payment number is,
-- `payment_number` alone says (0034), in any writing: the voucher's own column is no second rule.
-- all
ALTER TABLE gift_reversal ADD COLUMN rebooked_as TEXT;
-- postgres
ALTER TABLE voucher DROP CONSTRAINT voucher_channel_ref_key;
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
    channel_ref TEXT,
    entry TEXT UNIQUE,
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CONSTRAINT voucher_paid CHECK (status NOT IN ('paid', 'bounced', 'delivered') OR
        (payer IS NOT NULL AND paid_on IS NOT NULL AND paid_from IS NOT NULL AND entry_seq IS NOT NULL
            AND (channel_ref IS NOT NULL OR paid_from LIKE '1001/%'))),
    CONSTRAINT voucher_purpose CHECK (CASE WHEN purpose = 'aid' THEN programme IS NOT NULL
        ELSE programme IS NULL AND recipients = 0 END)
);
INSERT INTO new_voucher (number, year, status, purpose, programme, fund, payee_kind, payee, amount_fen, recipients, reason, salt,
    content, content_hash, approvals, maker, made_at, changed_at, returned_at, payer, paid_on, paid_at,
    paid_from, channel_ref, entry, entry_seq)
    SELECT number, year, status, purpose, programme, fund, payee_kind, payee, amount_fen, recipients, reason, salt,
    content, content_hash, approvals, maker, made_at, changed_at, returned_at, payer, paid_on, paid_at,
    paid_from, channel_ref, entry, entry_seq
    FROM voucher;
DROP TABLE voucher;
ALTER TABLE new_voucher RENAME TO voucher;
