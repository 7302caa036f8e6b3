-- The persons (charity/people). Names live here and nowhere in the books; contacts are sealed.
-- all
CREATE TABLE person (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation', 'anonymous')),
    name TEXT NOT NULL DEFAULT '',
    tax_id TEXT NOT NULL DEFAULT '',
    fiscal_receipt BOOLEAN NOT NULL DEFAULT FALSE,
    phone {{bytes}},
    phone_index TEXT,
    email {{bytes}},
    id_number {{bytes}},
    id_number_index TEXT,
    address {{bytes}},
    address_index TEXT,
    bank_account {{bytes}},
    bank_account_index TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX person_phone ON person (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX person_id_number ON person (id_number_index) WHERE id_number_index IS NOT NULL;
CREATE INDEX person_bank_account ON person (bank_account_index) WHERE bank_account_index IS NOT NULL;
CREATE TABLE household (
    key TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    head_name TEXT NOT NULL,
    township TEXT NOT NULL,
    category TEXT NOT NULL CHECK (category IN ('DIBAO', 'EDGE', 'TK_INST', 'TK_HOME', 'EXPEND')),
    members INTEGER NOT NULL CHECK (members > 0),
    status TEXT NOT NULL CHECK (status IN ('active', 'closed')),
    store TEXT NOT NULL DEFAULT '',
    phone {{bytes}},
    address {{bytes}},
    created_at TEXT NOT NULL
);
CREATE INDEX household_store ON household (store, code);
CREATE TABLE institution (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('home', 'hospital', 'school', 'supplier', 'federation')),
    township TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL DEFAULT '',
    beds INTEGER,
    phone {{bytes}},
    bank_account {{bytes}},
    created_at TEXT NOT NULL
);
