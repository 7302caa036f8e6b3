-- The office (charity/office): the organisation, townships, stores, staff accounts and their doors.
-- all
CREATE TABLE organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    short TEXT NOT NULL,
    short_en TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    credit_code TEXT NOT NULL DEFAULT '',
    demo BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE township (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL CHECK (zone IN ('U', 'R')),
    population INTEGER NOT NULL DEFAULT 0,
    eligible INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE store (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    township TEXT NOT NULL REFERENCES township (code),
    kind TEXT NOT NULL CHECK (kind IN ('CENTER', 'BRANCH', 'MOBILE'))
);
CREATE TABLE staff (
    key TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    store TEXT REFERENCES store (code),
    disabled_at TEXT,
    created_at TEXT NOT NULL
);
CREATE TABLE staff_role (
    staff TEXT NOT NULL REFERENCES staff (key),
    role TEXT NOT NULL CHECK (role IN ('clerk', 'manager', 'caseworker', 'approver', 'cashier', 'accountant',
        'auditor', 'organiser', 'admin')),
    PRIMARY KEY (staff, role)
);
CREATE TABLE session (
    digest TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (key),
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX session_staff ON session (staff);
CREATE TABLE token (
    digest TEXT PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (key),
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX token_staff ON token (staff);
-- What was done to accounts, by whom: never changed, holds no password and no name.
CREATE TABLE staff_event (
    id {{id}},
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    staff TEXT NOT NULL REFERENCES staff (key),
    act TEXT NOT NULL CHECK (act IN ('created', 'roles', 'store', 'disabled', 'enabled', 'password', 'token')),
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX staff_event_staff ON staff_event (staff, id);
