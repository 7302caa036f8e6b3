-- Statements of banks and payment platforms, file by file and line by line (charity/bank/statements). A line is seen once
-- its file is `taken`; `identity` is a keyed hash of what makes a line itself, `occurrence` says the how many-th of equal ones.
-- all
CREATE TABLE bank_account (
    place TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    files BIGINT NOT NULL
);
CREATE TABLE bank_statement (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    file_name {{bytes}},
    layout TEXT NOT NULL,
    account TEXT NOT NULL,
    first_on TEXT NOT NULL,
    last_on TEXT NOT NULL,
    lines BIGINT NOT NULL,
    in_fen BIGINT NOT NULL,
    out_fen BIGINT NOT NULL,
    new_lines BIGINT NOT NULL,
    new_in_fen BIGINT NOT NULL,
    new_out_fen BIGINT NOT NULL,
    seen_files BIGINT NOT NULL,
    status TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at TEXT NOT NULL,
    taken_by TEXT,
    taken_at TEXT,
    CHECK ((status = 'taken') = (taken_at IS NOT NULL)),
    CHECK (new_lines <= lines)
);
CREATE UNIQUE INDEX bank_statement_file ON bank_statement (place, file_hash);
CREATE INDEX bank_statement_at ON bank_statement (uploaded_at, key);
CREATE INDEX bank_statement_place ON bank_statement (place, uploaded_at, key);
CREATE TABLE bank_line (
    key TEXT PRIMARY KEY,
    statement TEXT NOT NULL REFERENCES bank_statement (key),
    file_row BIGINT NOT NULL,
    place TEXT NOT NULL,
    on_day TEXT NOT NULL,
    at_time TEXT NOT NULL,
    in_fen BIGINT NOT NULL,
    out_fen BIGINT NOT NULL,
    balance_fen BIGINT,
    name {{bytes}},
    account {{bytes}},
    memo {{bytes}},
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    identity TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    status TEXT NOT NULL,
    CHECK (in_fen >= 0 AND out_fen >= 0 AND (in_fen = 0) <> (out_fen = 0)),
    CHECK (occurrence >= 1)
);
CREATE UNIQUE INDEX bank_line_once ON bank_line (statement, identity, occurrence);
CREATE INDEX bank_line_identity ON bank_line (place, identity);
CREATE INDEX bank_line_at ON bank_line (on_day, key);
CREATE INDEX bank_line_place ON bank_line (place, on_day, key);
CREATE INDEX bank_line_statement ON bank_line (statement, on_day, key);
