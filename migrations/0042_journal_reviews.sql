-- Reviews of journal vouchers: a row of its own over the leaves of a number's entries (charity/finance/reviews).
-- all
CREATE TABLE journal_review (
    number TEXT PRIMARY KEY REFERENCES journal_voucher (number),
    reviewer TEXT NOT NULL,
    at TEXT NOT NULL,
    entries BIGINT NOT NULL,
    leaves TEXT NOT NULL,
    content_hash TEXT NOT NULL
);
