-- Institutions are registered and changed by staff: each entry waits until a second person has seen it
-- (charity/people/institution_entries.py), and the entries are the history.
-- all
ALTER TABLE institution ADD COLUMN credit_code TEXT NOT NULL DEFAULT '';
CREATE TABLE institution_entry (
    key TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    township TEXT NOT NULL,
    bank_account {{bytes}},
    status TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    seen_by TEXT CHECK (seen_by <> entered_by),
    seen_at TEXT,
    CHECK ((status = 'waiting') = (seen_by IS NULL))
);
CREATE UNIQUE INDEX institution_entry_waiting ON institution_entry (code) WHERE status = 'waiting';
CREATE INDEX institution_entry_code ON institution_entry (code, seen_at);
