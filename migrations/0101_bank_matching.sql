-- Lines of statements are matched with what the books moved at their place (charity/bank/matching). `bank_movement` follows
-- the journal up to `bank_mark`: a row an event and place. `bank_match` says what was decided and stays; `matched` of a line
-- and of a movement is the decision that stands, and `cleared_on` the last day of all that it brought together.
-- all
CREATE TABLE bank_mark (
    id INTEGER PRIMARY KEY,
    seq BIGINT NOT NULL
);
INSERT INTO bank_mark (id, seq) VALUES (1, 0);
CREATE TABLE bank_movement (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    event TEXT NOT NULL,
    seq BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    on_day TEXT NOT NULL,
    fen BIGINT NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    number TEXT NOT NULL,
    unit TEXT NOT NULL,
    reference TEXT NOT NULL,
    reverses BIGINT,
    matched TEXT,
    cleared_on TEXT,
    CHECK (fen <> 0),
    CHECK ((matched IS NULL) = (cleared_on IS NULL))
);
CREATE INDEX bank_movement_open ON bank_movement (place, fen, on_day) WHERE matched IS NULL;
CREATE INDEX bank_movement_event ON bank_movement (event);
CREATE INDEX bank_movement_seq ON bank_movement (seq);
CREATE INDEX bank_movement_reference ON bank_movement (reference) WHERE reference <> '';
CREATE INDEX bank_movement_place ON bank_movement (place, on_day, key);
CREATE INDEX bank_movement_unmatched ON bank_movement (place, on_day, key) WHERE matched IS NULL;
CREATE INDEX bank_movement_reversal ON bank_movement (key) WHERE reverses IS NOT NULL AND matched IS NULL;
CREATE INDEX bank_movement_matched ON bank_movement (matched) WHERE matched IS NOT NULL;
CREATE TABLE bank_match (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    undoes TEXT UNIQUE REFERENCES bank_match (key),
    place TEXT NOT NULL,
    fen BIGINT NOT NULL,
    method TEXT NOT NULL,
    score BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    reason {{bytes}},
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE TABLE bank_match_item (
    match_key TEXT NOT NULL REFERENCES bank_match (key),
    item TEXT NOT NULL,
    PRIMARY KEY (match_key, item)
);
CREATE INDEX bank_match_item_item ON bank_match_item (item, match_key);
ALTER TABLE bank_line ADD COLUMN matched TEXT;
ALTER TABLE bank_line ADD COLUMN cleared_on TEXT;
ALTER TABLE bank_line ADD COLUMN attempt TEXT NOT NULL DEFAULT 'due';
CREATE INDEX bank_line_due ON bank_line (key) WHERE attempt = 'due' AND status = 'open';
CREATE INDEX bank_line_open ON bank_line (on_day, key) WHERE status = 'open';
CREATE INDEX bank_line_open_place ON bank_line (place, on_day, key) WHERE status = 'open';
CREATE INDEX bank_line_open_fen ON bank_line (place, (in_fen - out_fen), on_day) WHERE status = 'open';
CREATE INDEX bank_line_matched ON bank_line (matched) WHERE matched IS NOT NULL;
-- sqlite
CREATE TRIGGER bank_match_no_update BEFORE UPDATE ON bank_match BEGIN SELECT RAISE(ABORT, 'bank_match is append-only'); END;
CREATE TRIGGER bank_match_no_delete BEFORE DELETE ON bank_match BEGIN SELECT RAISE(ABORT, 'bank_match is append-only'); END;
CREATE TRIGGER bank_match_no_replace BEFORE INSERT ON bank_match
WHEN EXISTS (SELECT 1 FROM bank_match WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'bank_match is append-only'); END;
CREATE TRIGGER bank_match_item_no_update BEFORE UPDATE ON bank_match_item
BEGIN SELECT RAISE(ABORT, 'bank_match_item is append-only'); END;
CREATE TRIGGER bank_match_item_no_delete BEFORE DELETE ON bank_match_item
BEGIN SELECT RAISE(ABORT, 'bank_match_item is append-only'); END;
CREATE TRIGGER bank_match_item_no_replace BEFORE INSERT ON bank_match_item
WHEN EXISTS (SELECT 1 FROM bank_match_item WHERE match_key = NEW.match_key AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'bank_match_item is append-only'); END;
-- postgres
CREATE TRIGGER bank_match_append_only BEFORE UPDATE OR DELETE ON bank_match FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER bank_match_no_truncate BEFORE TRUNCATE ON bank_match FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER bank_match_item_append_only BEFORE UPDATE OR DELETE ON bank_match_item FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER bank_match_item_no_truncate BEFORE TRUNCATE ON bank_match_item
FOR EACH STATEMENT EXECUTE FUNCTION append_only();
