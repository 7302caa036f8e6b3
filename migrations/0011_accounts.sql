-- Accounts (charity/office, decision 16): first passwords, a second factor, sessions and tokens that end, changes that
-- wait for a second person.
-- all
-- password_initial: set by somebody else, to be changed at the first sign-in. confirmed_at: since when the owner of a
-- money role has been at work; it is never taken away. totp_secret: sealed. totp_step: the last step that was used.
ALTER TABLE staff ADD COLUMN password_initial BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE staff ADD COLUMN confirmed_at TEXT;
ALTER TABLE staff ADD COLUMN totp_secret {{bytes}};
ALTER TABLE staff ADD COLUMN totp_step INTEGER;
UPDATE staff SET confirmed_at = created_at
    WHERE EXISTS (SELECT 1 FROM staff_role r WHERE r.staff = staff.key
        AND r.role IN ('cashier', 'accountant', 'approver', 'caseworker'))
    AND (password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM token t WHERE t.staff = staff.key AND t.revoked_at IS NULL));
-- code_at: when the second factor was given. device: the kind of browser, such as "Edge · Windows".
ALTER TABLE session ADD COLUMN code_at TEXT;
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN expires_at TEXT;
ALTER TABLE token ADD COLUMN seen_at TEXT;
CREATE TABLE recovery_code (
    digest TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (key),
    used_at TEXT
);
CREATE INDEX recovery_code_staff ON recovery_code (staff);
-- A change of an account that waits: for a second administrator, or without one until due_at.
CREATE TABLE staff_change (
    key TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (key),
    kind TEXT NOT NULL,
    roles TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES staff (key),
    due_at TEXT,
    settled_at TEXT,
    settled_by TEXT,
    outcome TEXT
);
CREATE INDEX staff_change_staff ON staff_change (staff);
-- Tokens that were made without an end get 90 days from now.
-- sqlite
UPDATE token SET expires_at = strftime('%Y-%m-%dT%H:%M:%S', 'now', '+90 days') || '.000000Z';
-- postgres
UPDATE token SET expires_at = to_char((now() AT TIME ZONE 'UTC') + INTERVAL '90 days', 'YYYY-MM-DD"T"HH24:MI:SS') || '.000000Z';
