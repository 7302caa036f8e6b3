-- Journal vouchers: numbers by month over the entries that post money, given in the batch that posts
-- (charity/ledger/numbering.py), and their lines summed by account. Entries of before get theirs here.
-- all
CREATE TABLE journal_voucher (
    number TEXT PRIMARY KEY,
    month TEXT NOT NULL,
    n BIGINT NOT NULL CHECK (n > 0),
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    open_key TEXT UNIQUE CHECK (open_key IS NULL OR open_key = key),
    first_seq BIGINT NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    last_seq BIGINT NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    entries BIGINT NOT NULL CHECK (entries > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    leaves TEXT NOT NULL,
    cashiers TEXT NOT NULL,
    makers TEXT NOT NULL,
    unusual TEXT NOT NULL,
    rank BIGINT NOT NULL,
    reviewed_at TEXT,
    UNIQUE (month, n),
    CHECK (rank = CASE unusual WHEN '' THEN 1 ELSE 0 END),
    CHECK (last_seq >= first_seq),
    CHECK (reviewed_at IS NULL OR open_key IS NULL)
);
CREATE INDEX journal_voucher_key ON journal_voucher (key, first_seq);
CREATE INDEX journal_voucher_day ON journal_voucher (day, rank, n) WHERE reviewed_at IS NULL;
CREATE TABLE journal_line (
    number TEXT NOT NULL REFERENCES journal_voucher (number) DEFERRABLE INITIALLY DEFERRED,
    account TEXT NOT NULL,
    debit_fen BIGINT NOT NULL,
    credit_fen BIGINT NOT NULL,
    PRIMARY KEY (number, account)
) {{clustered}};
-- python
charity.ledger.numbering:backfilled
