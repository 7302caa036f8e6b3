-- Money that came in and nobody can name (charity/giving/unidentified): what is left of each is owed in 2209 until it is
-- recognised as a gift or sent back. `line` and `match` are the bank's line and the decision that brought both together.
-- all
CREATE TABLE unidentified (
    number TEXT PRIMARY KEY,
    year BIGINT NOT NULL,
    place TEXT NOT NULL,
    on_day TEXT NOT NULL,
    fen BIGINT NOT NULL,
    left_fen BIGINT NOT NULL,
    line TEXT NOT NULL,
    match TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    channel_ref TEXT NOT NULL,
    note {{bytes}},
    held_by TEXT NOT NULL,
    held_at TEXT NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    reversed_by TEXT,
    reversed_at TEXT,
    reversal_seq BIGINT UNIQUE,
    reason {{bytes}},
    CHECK (fen > 0),
    CHECK (left_fen >= 0 AND left_fen <= fen)
);
CREATE UNIQUE INDEX unidentified_line ON unidentified (line) WHERE reversal_seq IS NULL;
CREATE INDEX unidentified_left ON unidentified (on_day, number) WHERE left_fen > 0;
CREATE INDEX unidentified_fen ON unidentified (fen, number);
CREATE TABLE unidentified_use (
    number TEXT NOT NULL REFERENCES unidentified (number),
    seq BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    PRIMARY KEY (number, seq),
    CHECK (fen <> 0)
);
-- sqlite
CREATE TRIGGER unidentified_use_no_update BEFORE UPDATE ON unidentified_use
BEGIN SELECT RAISE(ABORT, 'unidentified_use is append-only'); END;
CREATE TRIGGER unidentified_use_no_delete BEFORE DELETE ON unidentified_use
BEGIN SELECT RAISE(ABORT, 'unidentified_use is append-only'); END;
CREATE TRIGGER unidentified_use_no_replace BEFORE INSERT ON unidentified_use
WHEN EXISTS (SELECT 1 FROM unidentified_use WHERE number = NEW.number AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'unidentified_use is append-only'); END;
-- postgres
CREATE TRIGGER unidentified_use_append_only BEFORE UPDATE OR DELETE ON unidentified_use
FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER unidentified_use_no_truncate BEFORE TRUNCATE ON unidentified_use
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
