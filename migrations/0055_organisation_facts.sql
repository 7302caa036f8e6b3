-- What was true of the organisation on which days: its certificate, its qualification for tax deduction by year, ICP
-- and police numbers, the account shown to givers, contact, address (charity/office/organisation). Rows are only added:
-- the newest that covers a day is right, and an empty value says that there is none.
-- all
CREATE TABLE organisation_fact (
    id {{id}},
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on >= starts_on),
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL
);
CREATE INDEX organisation_fact_kind ON organisation_fact (kind, id);
INSERT INTO organisation_fact (kind, value, starts_on, entered_at, entered_by)
    SELECT 'contact', contact, '1949-01-01', '2026-01-01T00:00:00.000000Z', 'system' FROM organisation
    WHERE contact <> '';
INSERT INTO organisation_fact (kind, value, starts_on, entered_at, entered_by)
    SELECT 'phone', phone, '1949-01-01', '2026-01-01T00:00:00.000000Z', 'system' FROM organisation WHERE phone <> '';
INSERT INTO organisation_fact (kind, value, starts_on, entered_at, entered_by)
    SELECT 'address', address, '1949-01-01', '2026-01-01T00:00:00.000000Z', 'system' FROM organisation
    WHERE address <> '';
-- postgres
ALTER TABLE organisation DROP COLUMN contact, DROP COLUMN phone, DROP COLUMN address;
-- sqlite rebuild
CREATE TABLE new_organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    short TEXT NOT NULL,
    short_en TEXT NOT NULL DEFAULT '',
    credit_code TEXT NOT NULL DEFAULT '',
    demo BOOLEAN NOT NULL DEFAULT FALSE
);
INSERT INTO new_organisation (id, name, name_en, short, short_en, credit_code, demo)
    SELECT id, name, name_en, short, short_en, credit_code, demo FROM organisation;
DROP TABLE organisation;
ALTER TABLE new_organisation RENAME TO organisation;
