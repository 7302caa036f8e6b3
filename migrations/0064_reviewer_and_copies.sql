-- Who reviewed a journal voucher stands with it too, so that a receipt prints its 复核人; whose receipt was printed how
-- often; and how often its giver was guessed at, a day and ever (charity/giving/copies).
-- all
ALTER TABLE journal_voucher ADD COLUMN reviewed_by TEXT;
UPDATE journal_voucher SET reviewed_by = (SELECT r.reviewer FROM journal_review r WHERE r.number = journal_voucher.number)
    WHERE reviewed_at IS NOT NULL;
CREATE TABLE receipt_print (
    receipt TEXT PRIMARY KEY REFERENCES receipt (code),
    first_at TEXT NOT NULL,
    first_by TEXT NOT NULL,
    last_at TEXT NOT NULL,
    last_by TEXT NOT NULL,
    times BIGINT NOT NULL CHECK (times > 0)
);
CREATE TABLE receipt_guess (
    receipt TEXT PRIMARY KEY REFERENCES receipt (code),
    day TEXT NOT NULL,
    wrong_today BIGINT NOT NULL CHECK (wrong_today >= 0),
    wrong BIGINT NOT NULL CHECK (wrong >= wrong_today)
);
CREATE INDEX donation_unreceipted ON donation (received_on, key)
    WHERE receipt IS NULL AND status = 'ok' AND amount_fen IS NOT NULL;
