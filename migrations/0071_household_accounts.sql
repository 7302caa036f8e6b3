-- The account that a household is paid into, and each entry of one until a second person has seen it (charity/people/accounts.py).
-- all
ALTER TABLE household ADD COLUMN bank_account {{bytes}};
CREATE TABLE household_account (
    key TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (key),
    bank_account {{bytes}} NOT NULL,
    status TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    seen_by TEXT CHECK (seen_by <> entered_by),
    seen_at TEXT,
    CHECK ((status = 'waiting') = (seen_by IS NULL))
);
CREATE UNIQUE INDEX household_account_waiting ON household_account (household) WHERE status = 'waiting';
CREATE INDEX household_account_household ON household_account (household, seen_at);
