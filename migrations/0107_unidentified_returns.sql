-- What of unidentified money is sent back (charity/giving/unidentified): an accountant asks for it, a cashier pays.
-- all
CREATE TABLE unidentified_return (
    number TEXT PRIMARY KEY,
    year BIGINT NOT NULL,
    unidentified TEXT NOT NULL REFERENCES unidentified (number),
    fen BIGINT NOT NULL,
    reason {{bytes}} NOT NULL,
    status TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    paid_by TEXT,
    paid_at TEXT,
    paid_on TEXT,
    channel_ref TEXT NOT NULL,
    seq BIGINT UNIQUE,
    CHECK (fen > 0)
);
CREATE INDEX unidentified_return_of ON unidentified_return (unidentified, number);
CREATE INDEX unidentified_return_asked ON unidentified_return (number) WHERE status = 'asked';
