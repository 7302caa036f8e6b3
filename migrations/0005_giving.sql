-- Value coming in (charity/giving): campaigns, work units, pledges, donations, receipts, refunds.
-- `donor` is an opaque person key without a foreign key: a person may be erased, the gift stays. Keys towards rows of
-- the same batch are kept by `charity verify` (I7, I10) where a deferred check would make SQLite read a whole table.
-- all
CREATE TABLE campaign (
    slug TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL CHECK (kind IN ('one_day', 'everyday', 'winter', 'education', 'orphan', 'disaster', 'agency')),
    reach TEXT NOT NULL CHECK (reach IN ('public', 'targeted')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'filed', 'active', 'closed', 'archived')),
    starts_on TEXT NOT NULL,
    ends_on TEXT CHECK (ends_on IS NULL OR ends_on >= starts_on),
    fund TEXT NOT NULL REFERENCES fund (code),
    funds TEXT NOT NULL,
    goal_fen BIGINT CHECK (goal_fen > 0),
    prefix TEXT NOT NULL,
    purpose TEXT NOT NULL,
    purpose_en TEXT NOT NULL DEFAULT '',
    filing_no TEXT NOT NULL DEFAULT '',
    filed_on TEXT,
    platform_url TEXT NOT NULL DEFAULT '',
    certificate_no TEXT NOT NULL DEFAULT '',
    beneficiaries TEXT NOT NULL DEFAULT '',
    surplus TEXT NOT NULL DEFAULT '',
    cost_note TEXT NOT NULL DEFAULT '',
    receiving TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
-- What the public page says, changed by the same batch that posts the gift (I12).
CREATE TABLE campaign_figures (
    slug TEXT PRIMARY KEY REFERENCES campaign (slug),
    received_fen BIGINT NOT NULL DEFAULT 0,
    refunded_fen BIGINT NOT NULL DEFAULT 0,
    gifts BIGINT NOT NULL DEFAULT 0,
    donors BIGINT NOT NULL DEFAULT 0,
    CHECK (received_fen >= 0 AND refunded_fen >= 0 AND refunded_fen <= received_fen)
);
CREATE TABLE work_unit (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    staff INTEGER CHECK (staff IS NULL OR staff > 0),
    reference TEXT NOT NULL UNIQUE,
    show_amount BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL
);
CREATE TABLE pledge (
    code TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    campaign TEXT NOT NULL REFERENCES campaign (slug),
    fund TEXT NOT NULL REFERENCES fund (code),
    donor TEXT NOT NULL,
    work_unit TEXT REFERENCES work_unit (code),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    received_fen BIGINT NOT NULL DEFAULT 0 CHECK (received_fen >= 0),
    channel TEXT NOT NULL,
    public_name BOOLEAN NOT NULL,
    public_amount BOOLEAN NOT NULL,
    message {{bytes}},
    status TEXT NOT NULL CHECK (status IN ('pending', 'partial', 'received', 'cancelled', 'released')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX pledge_newest ON pledge (created_at, code);
CREATE INDEX pledge_status ON pledge (status, created_at, code);
CREATE TABLE receipt (
    code TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'in_kind')),
    status TEXT NOT NULL CHECK (status IN ('issued', 'voided', 'replaced')),
    delivery TEXT NOT NULL CHECK (delivery IN ('pending', 'sent', 'handed', 'kept_undelivered')),
    delivery_note {{bytes}},
    campaign TEXT REFERENCES campaign (slug),
    fund TEXT NOT NULL REFERENCES fund (code),
    donor TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    issued_on TEXT NOT NULL,
    handler TEXT NOT NULL,
    seq BIGINT NOT NULL REFERENCES entry (seq),
    reason {{bytes}},
    ended_by TEXT,
    ended_at TEXT,
    replaces TEXT REFERENCES receipt (code),
    replaced_by TEXT REFERENCES receipt (code),
    recorded_at TEXT NOT NULL
);
CREATE TABLE donation (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'in_kind')),
    campaign TEXT REFERENCES campaign (slug),
    fund TEXT NOT NULL REFERENCES fund (code),
    donor TEXT NOT NULL,
    work_unit TEXT REFERENCES work_unit (code),
    amount_fen BIGINT CHECK (amount_fen > 0),
    refunded_fen BIGINT NOT NULL DEFAULT 0,
    received_on TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    channel_ref TEXT NOT NULL DEFAULT '',
    pledge TEXT REFERENCES pledge (code),
    store TEXT,
    seq BIGINT NOT NULL REFERENCES entry (seq),
    receipt TEXT,
    public_name BOOLEAN NOT NULL,
    public_amount BOOLEAN NOT NULL,
    memo {{bytes}},
    status TEXT NOT NULL CHECK (status IN ('ok', 'refunded', 'reversed')),
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CHECK (refunded_fen >= 0 AND (refunded_fen = 0 OR refunded_fen <= amount_fen)),
    CHECK (kind = 'in_kind' OR (amount_fen IS NOT NULL AND campaign IS NOT NULL AND channel <> ''))
);
CREATE INDEX donation_seq ON donation (seq);
CREATE INDEX donation_campaign ON donation (campaign, seq);
CREATE INDEX donation_received ON donation (received_on, seq);
CREATE INDEX donation_work_unit ON donation (work_unit, campaign) WHERE work_unit IS NOT NULL;
CREATE INDEX donation_pledge ON donation (pledge) WHERE pledge IS NOT NULL;
-- One provider's reference leads to one gift (I7): read with the batch, so a second one is refused in words.
CREATE TABLE channel_ref (
    key TEXT PRIMARY KEY,
    donation TEXT NOT NULL
) {{clustered}};
CREATE TABLE receipt_line (
    receipt TEXT NOT NULL REFERENCES receipt (code) DEFERRABLE INITIALLY DEFERRED,
    donation TEXT NOT NULL REFERENCES donation (key) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (receipt, donation)
) {{clustered}};
CREATE INDEX receipt_line_donation ON receipt_line (donation);
CREATE TABLE refund (
    number TEXT PRIMARY KEY,
    donation TEXT NOT NULL REFERENCES donation (key),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    reason {{bytes}} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('requested', 'refunded', 'rejected')),
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    approved_by TEXT,
    approved_at TEXT,
    seq BIGINT REFERENCES entry (seq),
    CHECK (approved_by IS NULL OR approved_by <> requested_by),
    CHECK ((status = 'refunded') = (seq IS NOT NULL))
);
CREATE INDEX refund_donation ON refund (donation);
CREATE INDEX refund_status ON refund (status, requested_at);
