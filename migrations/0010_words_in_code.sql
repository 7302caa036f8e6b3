-- The words of roles, channels, kinds and statuses stand in code alone, as a StrEnum beside each model: a new word costs
-- no rebuild (decision 15). `charity verify` compares every such column with its words (charity/db/words.py).
-- The ledger's unit, fund and segment keep their lists. SQLite drops no CHECK, so the tables are made anew.
-- postgres
ALTER TABLE job DROP CONSTRAINT job_state_check;
ALTER TABLE person DROP CONSTRAINT person_kind_check;
ALTER TABLE household DROP CONSTRAINT household_category_check, DROP CONSTRAINT household_status_check;
ALTER TABLE institution DROP CONSTRAINT institution_kind_check;
ALTER TABLE township DROP CONSTRAINT township_zone_check;
ALTER TABLE store DROP CONSTRAINT store_kind_check;
ALTER TABLE staff_role DROP CONSTRAINT staff_role_role_check;
ALTER TABLE staff_event DROP CONSTRAINT staff_event_act_check;
ALTER TABLE campaign DROP CONSTRAINT campaign_kind_check, DROP CONSTRAINT campaign_reach_check, DROP CONSTRAINT campaign_status_check;
ALTER TABLE pledge DROP CONSTRAINT pledge_status_check;
ALTER TABLE receipt DROP CONSTRAINT receipt_kind_check, DROP CONSTRAINT receipt_status_check, DROP CONSTRAINT receipt_delivery_check;
ALTER TABLE donation DROP CONSTRAINT donation_kind_check, DROP CONSTRAINT donation_status_check;
ALTER TABLE refund DROP CONSTRAINT refund_status_check;
ALTER TABLE goods_document DROP CONSTRAINT goods_document_kind_check;
ALTER TABLE goods_intake DROP CONSTRAINT goods_intake_source_check;
ALTER TABLE lot DROP CONSTRAINT lot_source_check, DROP CONSTRAINT lot_evidence_check;
ALTER TABLE card DROP CONSTRAINT card_status_check;
ALTER TABLE points_scheme DROP CONSTRAINT points_scheme_cycle_check;
ALTER TABLE points_tier DROP CONSTRAINT points_tier_category_check, DROP CONSTRAINT points_tier_basis_check;
ALTER TABLE voucher DROP CONSTRAINT voucher_status_check, DROP CONSTRAINT voucher_payee_kind_check;
ALTER TABLE voucher_approval DROP CONSTRAINT voucher_approval_decision_check;
ALTER TABLE document DROP CONSTRAINT document_status_check;
ALTER TABLE export DROP CONSTRAINT export_format_check, DROP CONSTRAINT export_state_check;
-- sqlite rebuild
CREATE TABLE new_job (
    id {{id}},
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at TEXT NOT NULL,
    lease_until TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at TEXT NOT NULL
);
INSERT INTO new_job SELECT * FROM job;
DROP TABLE job;
ALTER TABLE new_job RENAME TO job;
CREATE TABLE new_person (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    tax_id TEXT NOT NULL DEFAULT '',
    fiscal_receipt BOOLEAN NOT NULL DEFAULT FALSE,
    phone {{bytes}},
    phone_index TEXT,
    email {{bytes}},
    id_number {{bytes}},
    id_number_index TEXT,
    address {{bytes}},
    address_index TEXT,
    bank_account {{bytes}},
    bank_account_index TEXT,
    created_at TEXT NOT NULL
);
INSERT INTO new_person SELECT * FROM person;
DROP TABLE person;
ALTER TABLE new_person RENAME TO person;
CREATE TABLE new_household (
    key TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    head_name TEXT NOT NULL,
    township TEXT NOT NULL,
    category TEXT NOT NULL,
    members INTEGER NOT NULL CHECK (members > 0),
    status TEXT NOT NULL,
    store TEXT NOT NULL DEFAULT '',
    phone {{bytes}},
    address {{bytes}},
    created_at TEXT NOT NULL
);
INSERT INTO new_household SELECT * FROM household;
DROP TABLE household;
ALTER TABLE new_household RENAME TO household;
CREATE TABLE new_institution (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    township TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL DEFAULT '',
    beds INTEGER,
    phone {{bytes}},
    bank_account {{bytes}},
    created_at TEXT NOT NULL
);
INSERT INTO new_institution SELECT * FROM institution;
DROP TABLE institution;
ALTER TABLE new_institution RENAME TO institution;
CREATE TABLE new_township (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    population INTEGER NOT NULL DEFAULT 0,
    eligible INTEGER NOT NULL DEFAULT 0
);
INSERT INTO new_township SELECT * FROM township;
DROP TABLE township;
ALTER TABLE new_township RENAME TO township;
CREATE TABLE new_store (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    township TEXT NOT NULL REFERENCES township (code),
    kind TEXT NOT NULL
);
INSERT INTO new_store SELECT * FROM store;
DROP TABLE store;
ALTER TABLE new_store RENAME TO store;
CREATE TABLE new_staff_role (
    staff TEXT NOT NULL REFERENCES staff (key),
    role TEXT NOT NULL,
    PRIMARY KEY (staff, role)
);
INSERT INTO new_staff_role SELECT * FROM staff_role;
DROP TABLE staff_role;
ALTER TABLE new_staff_role RENAME TO staff_role;
CREATE TABLE new_staff_event (
    id {{id}},
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    staff TEXT NOT NULL REFERENCES staff (key),
    act TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
INSERT INTO new_staff_event SELECT * FROM staff_event;
DROP TABLE staff_event;
ALTER TABLE new_staff_event RENAME TO staff_event;
CREATE TABLE new_campaign (
    slug TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    reach TEXT NOT NULL,
    status TEXT NOT NULL,
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
INSERT INTO new_campaign SELECT * FROM campaign;
DROP TABLE campaign;
ALTER TABLE new_campaign RENAME TO campaign;
CREATE TABLE new_pledge (
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
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
INSERT INTO new_pledge SELECT * FROM pledge;
DROP TABLE pledge;
ALTER TABLE new_pledge RENAME TO pledge;
CREATE TABLE new_receipt (
    code TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    delivery TEXT NOT NULL,
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
INSERT INTO new_receipt SELECT * FROM receipt;
DROP TABLE receipt;
ALTER TABLE new_receipt RENAME TO receipt;
CREATE TABLE new_donation (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
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
    status TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CHECK (refunded_fen >= 0 AND (refunded_fen = 0 OR refunded_fen <= amount_fen)),
    CHECK (kind = 'in_kind' OR (amount_fen IS NOT NULL AND campaign IS NOT NULL AND channel <> ''))
);
INSERT INTO new_donation SELECT * FROM donation;
DROP TABLE donation;
ALTER TABLE new_donation RENAME TO donation;
CREATE TABLE new_refund (
    number TEXT PRIMARY KEY,
    donation TEXT NOT NULL REFERENCES donation (key),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    reason {{bytes}} NOT NULL,
    status TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    approved_by TEXT,
    approved_at TEXT,
    seq BIGINT REFERENCES entry (seq),
    CHECK (approved_by IS NULL OR approved_by <> requested_by),
    CHECK ((status = 'refunded') = (seq IS NOT NULL))
);
INSERT INTO new_refund SELECT * FROM refund;
DROP TABLE refund;
ALTER TABLE new_refund RENAME TO refund;
CREATE TABLE new_goods_document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    store TEXT NOT NULL REFERENCES store (code),
    effective_on TEXT NOT NULL,
    seq BIGINT NOT NULL UNIQUE REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reverses TEXT UNIQUE REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    reversed_by TEXT REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    reason {{bytes}},
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
);
INSERT INTO new_goods_document SELECT * FROM goods_document;
DROP TABLE goods_document;
ALTER TABLE new_goods_document RENAME TO goods_document;
CREATE TABLE new_goods_intake (
    number TEXT PRIMARY KEY REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    source TEXT NOT NULL,
    fund TEXT NOT NULL REFERENCES fund (code),
    campaign TEXT,
    donor TEXT,
    donation TEXT,
    voucher TEXT,
    receipt_code TEXT,
    receipt_number TEXT,
    CHECK ((source = 'gift') = (donor IS NOT NULL)),
    CHECK ((source = 'purchase') = (voucher IS NOT NULL))
);
INSERT INTO new_goods_intake SELECT * FROM goods_intake;
DROP TABLE goods_intake;
ALTER TABLE new_goods_intake RENAME TO goods_intake;
CREATE TABLE new_lot (
    code TEXT PRIMARY KEY,
    barcode TEXT NOT NULL REFERENCES item (barcode),
    store TEXT NOT NULL REFERENCES store (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    source TEXT NOT NULL,
    expires_on TEXT,
    cost_fen BIGINT NOT NULL CHECK (cost_fen >= 0),
    evidence TEXT NOT NULL,
    donor TEXT,
    document TEXT NOT NULL REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    seq BIGINT NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((evidence = 'none') = (cost_fen = 0))
);
INSERT INTO new_lot SELECT * FROM lot;
DROP TABLE lot;
ALTER TABLE new_lot RENAME TO lot;
CREATE TABLE new_card (
    code TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (key),
    status TEXT NOT NULL,
    status_on TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    allowed_until TEXT,
    replaced_by TEXT REFERENCES card (code) DEFERRABLE INITIALLY DEFERRED,
    created_at TEXT NOT NULL
);
INSERT INTO new_card SELECT * FROM card;
DROP TABLE card;
ALTER TABLE new_card RENAME TO card;
CREATE TABLE new_points_scheme (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    cycle TEXT NOT NULL,
    carry_over INTEGER NOT NULL CHECK (carry_over BETWEEN 0 AND 12)
);
INSERT INTO new_points_scheme SELECT * FROM points_scheme;
DROP TABLE points_scheme;
ALTER TABLE new_points_scheme RENAME TO points_scheme;
CREATE TABLE new_points_tier (
    scheme TEXT NOT NULL REFERENCES points_scheme (code),
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    points INTEGER NOT NULL CHECK (points >= 0),
    PRIMARY KEY (scheme, category)
);
INSERT INTO new_points_tier SELECT * FROM points_tier;
DROP TABLE points_tier;
ALTER TABLE new_points_tier RENAME TO points_tier;
CREATE TABLE new_voucher (
    number TEXT PRIMARY KEY,
    year INTEGER NOT NULL,
    status TEXT NOT NULL,
    programme TEXT NOT NULL REFERENCES programme (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    payee_kind TEXT NOT NULL,
    payee TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen BETWEEN 1 AND 10000000000000),
    recipients INTEGER NOT NULL CHECK (recipients BETWEEN 0 AND 1000000),
    reason {{bytes}} NOT NULL,
    salt TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    approvals TEXT NOT NULL DEFAULT '[]',
    maker TEXT NOT NULL,
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    returned_at TEXT,
    payer TEXT CHECK (payer IS NULL OR payer <> maker),
    paid_on TEXT,
    paid_at TEXT,
    channel_ref TEXT UNIQUE,
    entry TEXT UNIQUE,
    entry_seq BIGINT UNIQUE REFERENCES entry (seq),
    CHECK (status NOT IN ('paid', 'bounced', 'delivered') OR
        (payer IS NOT NULL AND paid_on IS NOT NULL AND channel_ref IS NOT NULL AND entry_seq IS NOT NULL))
);
INSERT INTO new_voucher SELECT * FROM voucher;
DROP TABLE voucher;
ALTER TABLE new_voucher RENAME TO voucher;
CREATE TABLE new_voucher_approval (
    key TEXT PRIMARY KEY,
    voucher TEXT NOT NULL REFERENCES voucher (number) DEFERRABLE INITIALLY DEFERRED,
    account TEXT NOT NULL,
    decision TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    reason {{bytes}},
    at TEXT NOT NULL,
    cleared_at TEXT
);
INSERT INTO new_voucher_approval SELECT * FROM voucher_approval;
DROP TABLE voucher_approval;
ALTER TABLE new_voucher_approval RENAME TO voucher_approval;
CREATE TABLE new_document (
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
    status TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL
);
INSERT INTO new_document SELECT * FROM document;
DROP TABLE document;
ALTER TABLE new_document RENAME TO document;
CREATE TABLE new_export (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    report TEXT NOT NULL,
    format TEXT NOT NULL,
    filters TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
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
INSERT INTO new_export SELECT * FROM export;
DROP TABLE export;
ALTER TABLE new_export RENAME TO export;
