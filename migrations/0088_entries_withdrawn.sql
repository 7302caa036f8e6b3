-- Whoever entered an institution may take the entry back while it waits (charity/people/institution_entries.py): nobody has seen it
-- then, and `seen_at` is when it was taken back.
-- postgres
ALTER TABLE institution_entry DROP CONSTRAINT institution_entry_check1;
ALTER TABLE institution_entry ADD CONSTRAINT institution_entry_seen
    CHECK ((status IN ('waiting', 'withdrawn')) = (seen_by IS NULL));
-- sqlite rebuild
CREATE TABLE new_institution_entry (
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
    CHECK ((status IN ('waiting', 'withdrawn')) = (seen_by IS NULL))
);
INSERT INTO new_institution_entry
    (key, code, name, kind, credit_code, township, bank_account, status, entered_by, entered_at, seen_by, seen_at)
    SELECT key, code, name, kind, credit_code, township, bank_account, status, entered_by, entered_at, seen_by, seen_at
    FROM institution_entry;
DROP TABLE institution_entry;
ALTER TABLE new_institution_entry RENAME TO institution_entry;
