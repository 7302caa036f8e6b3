-- Receipts by the hundred as one file, made by a job (charity/giving/receipt_files). Which receipts it has is settled when
-- it is asked for. `noted_at` is when their prints were noted, all at once; `receipt_print.file` is the file that has the
-- original. Files and their rows go after some days, the prints stay.
-- all
CREATE TABLE receipt_file (
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    language TEXT NOT NULL,
    printed_on TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    error TEXT NOT NULL,
    ending TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    noted_at TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    expires_at TEXT NOT NULL,
    CHECK (total > 0 AND done >= 0),
    CHECK (state <> 'done' OR noted_at IS NOT NULL)
);
CREATE INDEX receipt_file_account ON receipt_file (account, created_at);
CREATE INDEX receipt_file_expiry ON receipt_file (expires_at);
CREATE TABLE receipt_file_line (
    file TEXT NOT NULL REFERENCES receipt_file (key),
    n BIGINT NOT NULL,
    receipt TEXT NOT NULL REFERENCES receipt (code),
    PRIMARY KEY (file, n)
);
ALTER TABLE receipt_print ADD COLUMN file TEXT;
