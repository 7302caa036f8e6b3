-- Which database this is, and whether the keys are those that it was sealed with (charity/db/installation.py).
-- all
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    database_id TEXT NOT NULL,
    secret_mark TEXT
);
CREATE TABLE key_canary (
    name TEXT PRIMARY KEY,
    value {{bytes}} NOT NULL,
    made_at TEXT NOT NULL
);
-- sqlite
INSERT INTO installation (id, database_id) VALUES (1, lower(hex(randomblob(16))));
-- postgres
INSERT INTO installation (id, database_id) VALUES (1, replace(gen_random_uuid()::text, '-', ''));
