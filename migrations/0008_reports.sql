-- Registers made into files, and the papers whose hash /v/{code} answers (charity/reports).
-- all
CREATE TABLE document (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    from_on TEXT NOT NULL DEFAULT '',
    to_on TEXT NOT NULL DEFAULT '',
    format TEXT NOT NULL,
    row_count BIGINT NOT NULL DEFAULT 0,
    seq BIGINT NOT NULL DEFAULT 0,
    data_hash TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('valid', 'withdrawn')),
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE TABLE export (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    report TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('pdf', 'csv', 'xlsx')),
    filters TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    done BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL DEFAULT '',
    bytes BIGINT NOT NULL DEFAULT 0,
    document TEXT REFERENCES document (code) DEFERRABLE INITIALLY DEFERRED,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    expires_at TEXT NOT NULL
);
CREATE INDEX export_account ON export (account, created_at);
CREATE INDEX export_expiry ON export (expires_at);
-- Registers read the journal by business date, page by page.
CREATE INDEX entry_day ON entry (effective_on, seq);
CREATE INDEX turnover_day ON turnover (day);
