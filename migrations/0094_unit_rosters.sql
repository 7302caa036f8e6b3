-- Rosters of work units in one-day giving (charity/giving/unit_rosters). What is typed of a person is sealed until the
-- roster is settled; `name_index` is a keyed hash by which equal names are seen. A receipt of a roster names it: its
-- gifts are of many givers, it is made out to their unit.
-- all
CREATE TABLE unit_roster (
    key TEXT PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaign (slug),
    work_unit TEXT NOT NULL REFERENCES work_unit (code),
    reference TEXT NOT NULL,
    status TEXT NOT NULL,
    unit_fen BIGINT NOT NULL,
    expected_people BIGINT,
    expected_fen BIGINT,
    sheet BIGINT NOT NULL,
    draft BIGINT,
    draft_facts {{bytes}},
    people BIGINT NOT NULL,
    staff_fen BIGINT NOT NULL,
    online BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    version BIGINT NOT NULL,
    invited_at TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    locked_at TEXT,
    remitted_on TEXT,
    remitted_fen BIGINT,
    received_on TEXT,
    received_fen BIGINT,
    channel_ref TEXT NOT NULL,
    short_fen BIGINT NOT NULL,
    short_reason {{bytes}},
    settled_at TEXT,
    settled_by TEXT,
    donor TEXT,
    unit_donation TEXT,
    published_at TEXT,
    published_by TEXT,
    CHECK (unit_fen >= 0 AND staff_fen >= 0),
    CHECK ((status IN ('matched', 'receipted', 'published')) = (settled_at IS NOT NULL)),
    CHECK (received_fen IS NULL OR received_fen = staff_fen + unit_fen)
);
CREATE UNIQUE INDEX unit_roster_once ON unit_roster (campaign, work_unit);
CREATE INDEX unit_roster_unit ON unit_roster (work_unit);
CREATE UNIQUE INDEX unit_roster_reference ON unit_roster (reference);
CREATE TABLE unit_roster_line (
    key TEXT PRIMARY KEY,
    roster TEXT NOT NULL REFERENCES unit_roster (key),
    sheet BIGINT NOT NULL,
    n BIGINT NOT NULL,
    typed {{bytes}},
    name_index TEXT,
    amount_fen BIGINT,
    counted BOOLEAN NOT NULL,
    single BOOLEAN NOT NULL,
    faults TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    donor TEXT,
    donation TEXT,
    tail {{bytes}},
    CHECK (amount_fen IS NULL OR amount_fen > 0),
    CHECK (faults <> '' OR amount_fen IS NOT NULL)
);
CREATE INDEX unit_roster_line_of ON unit_roster_line (roster, sheet, n);
CREATE INDEX unit_roster_line_name ON unit_roster_line (roster, sheet, name_index);
CREATE UNIQUE INDEX unit_roster_line_donation ON unit_roster_line (donation);
ALTER TABLE receipt ADD COLUMN roster TEXT;
