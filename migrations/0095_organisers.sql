-- Who keeps the roster of a work unit (单位联络员): invited by a code that is kept by its hash only, joined with an account
-- of the own, ended when another one takes over. Of a unit one invitation is open, and one organiser at work. charity/giving
-- all
CREATE TABLE organiser (
    key TEXT PRIMARY KEY,
    work_unit TEXT NOT NULL REFERENCES work_unit (code),
    digest TEXT NOT NULL UNIQUE,
    name {{bytes}},
    expires_on TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    staff TEXT REFERENCES staff (key),
    joined_at TEXT CHECK ((joined_at IS NULL) = (staff IS NULL)),
    ended_at TEXT,
    ended_by TEXT CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX organiser_invited ON organiser (work_unit) WHERE staff IS NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX organiser_now ON organiser (work_unit) WHERE staff IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX organiser_staff ON organiser (staff) WHERE ended_at IS NULL;
CREATE INDEX organiser_made ON organiser (work_unit, made_at);
