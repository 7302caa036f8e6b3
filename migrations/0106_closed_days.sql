-- Days that are closed 日结 (charity/bank/closing): `money_place.closed_through` (charity/ledger) is the last of them at a
-- place, "" while none is. `bank_day` keeps what was shown and confirmed of a day, with its hash; a day that was opened
-- again keeps its row, and closes by another.
-- all
ALTER TABLE money_place ADD COLUMN closed_through TEXT NOT NULL DEFAULT '';
CREATE TABLE bank_day (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL REFERENCES money_place (code),
    on_day TEXT NOT NULL,
    before_on TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    book_fen BIGINT NOT NULL,
    counted_fen BIGINT NOT NULL,
    note {{bytes}},
    prepared_by TEXT NOT NULL,
    prepared_at TEXT NOT NULL,
    closed_by TEXT,
    closed_at TEXT,
    closed_seq BIGINT,
    reopened_by TEXT,
    reopened_at TEXT,
    reason {{bytes}},
    CHECK (closed_by IS NULL OR closed_by <> prepared_by)
);
CREATE UNIQUE INDEX bank_day_standing ON bank_day (place, on_day) WHERE status IN ('prepared', 'closed');
CREATE INDEX bank_day_newest ON bank_day (on_day, key);
CREATE INDEX bank_day_place ON bank_day (place, on_day, key);
CREATE INDEX bank_day_prepared ON bank_day (on_day, key) WHERE status = 'prepared';
