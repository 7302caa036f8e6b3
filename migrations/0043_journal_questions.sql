-- What a reviewer asks back about a journal voucher, and the answer of who handled it (charity/finance/reviews).
-- all
CREATE TABLE journal_question (
    key TEXT PRIMARY KEY,
    number TEXT NOT NULL REFERENCES journal_voucher (number),
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_of TEXT NOT NULL CHECK (asked_of <> ''),
    question {{bytes}} NOT NULL,
    answered_by TEXT,
    answered_at TEXT,
    answer {{bytes}},
    CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer IS NULL))
);
CREATE INDEX journal_question_number ON journal_question (number, asked_at);
CREATE INDEX journal_question_open ON journal_question (asked_at) WHERE answered_at IS NULL;
