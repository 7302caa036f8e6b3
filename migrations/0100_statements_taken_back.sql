-- A file that was taken in may be taken back while none of its lines is used (charity/bank/statements): its lines go, its row says
-- who and when, and the same file may come in again.
-- all
DROP INDEX bank_statement_file;
-- postgres
ALTER TABLE bank_statement ADD COLUMN taken_back_by TEXT;
ALTER TABLE bank_statement ADD COLUMN taken_back_at TEXT;
ALTER TABLE bank_statement DROP CONSTRAINT bank_statement_check;
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_taken
    CHECK ((status IN ('taken', 'taken_back')) = (taken_at IS NOT NULL));
ALTER TABLE bank_statement ADD CONSTRAINT bank_statement_taken_back
    CHECK ((status = 'taken_back') = (taken_back_at IS NOT NULL));
-- sqlite rebuild
CREATE TABLE new_bank_statement (
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
    taken_back_by TEXT,
    taken_back_at TEXT,
    CHECK ((status IN ('taken', 'taken_back')) = (taken_at IS NOT NULL)),
    CHECK ((status = 'taken_back') = (taken_back_at IS NOT NULL)),
    CHECK (new_lines <= lines)
);
INSERT INTO new_bank_statement
    (key, place, file_hash, file_name, layout, account, first_on, last_on, lines, in_fen, out_fen, new_lines, new_in_fen,
    new_out_fen, seen_files, status, uploaded_by, uploaded_at, taken_by, taken_at)
    SELECT key, place, file_hash, file_name, layout, account, first_on, last_on, lines, in_fen, out_fen, new_lines, new_in_fen,
    new_out_fen, seen_files, status, uploaded_by, uploaded_at, taken_by, taken_at
    FROM bank_statement;
DROP TABLE bank_statement;
ALTER TABLE new_bank_statement RENAME TO bank_statement;
-- all
CREATE UNIQUE INDEX bank_statement_file ON bank_statement (place, file_hash) WHERE status <> 'taken_back';
