-- The reconciliation (charity/bank/reconciliation): what a bank that states no balance had at the end of a day, said once a
-- place; and the open items of a day, however many were cleared since.
-- all
CREATE TABLE bank_opening (
    place TEXT PRIMARY KEY,
    on_day TEXT NOT NULL,
    fen BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL
);
CREATE INDEX bank_line_uncleared ON bank_line (place, on_day, key) WHERE cleared_on IS NULL;
CREATE INDEX bank_line_crossing ON bank_line (place, cleared_on) WHERE cleared_on > on_day;
CREATE INDEX bank_movement_crossing ON bank_movement (place, cleared_on) WHERE cleared_on > on_day;
