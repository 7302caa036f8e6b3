-- The charity love supermarket (charity/goods). Stock itself is in the books: holding of (store:<code>, lot:<code>).
-- all
CREATE TABLE item (
    barcode TEXT PRIMARY KEY,
    sku TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    measure TEXT NOT NULL,
    fair_value_fen BIGINT CHECK (fair_value_fen > 0),
    points INTEGER NOT NULL CHECK (points >= 0),
    shelf_life_days INTEGER CHECK (shelf_life_days > 0),
    created_at TEXT NOT NULL
);
CREATE INDEX item_category ON item (category, barcode);
CREATE TABLE goods_document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('intake', 'issue', 'reversal')),
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
CREATE INDEX goods_document_store ON goods_document (store, seq);
CREATE INDEX goods_document_day ON goods_document (effective_on, seq);
CREATE TABLE goods_intake (
    number TEXT PRIMARY KEY REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    source TEXT NOT NULL CHECK (source IN ('gift', 'purchase')),
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
CREATE INDEX goods_intake_donor ON goods_intake (donor);
CREATE INDEX goods_intake_donation ON goods_intake (donation);
CREATE INDEX goods_intake_voucher ON goods_intake (voucher);
CREATE TABLE goods_purchase (
    voucher TEXT PRIMARY KEY,
    received_fen BIGINT NOT NULL CHECK (received_fen >= 0)
);
CREATE TABLE lot (
    code TEXT PRIMARY KEY,
    barcode TEXT NOT NULL REFERENCES item (barcode),
    store TEXT NOT NULL REFERENCES store (code),
    fund TEXT NOT NULL REFERENCES fund (code),
    source TEXT NOT NULL CHECK (source IN ('gift', 'purchase')),
    expires_on TEXT,
    cost_fen BIGINT NOT NULL CHECK (cost_fen >= 0),
    evidence TEXT NOT NULL CHECK (evidence IN ('invoice', 'market', 'appraisal', 'none')),
    donor TEXT,
    document TEXT NOT NULL REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    seq BIGINT NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((evidence = 'none') = (cost_fen = 0))
);
CREATE INDEX lot_barcode ON lot (barcode, code);
CREATE INDEX lot_document ON lot (document);
-- The lots that still stand somewhere: all a till ever looks at, however many were emptied before.
CREATE INDEX holding_standing ON holding (account, unit) WHERE minimum = 0 AND quantity > 0;
CREATE TABLE goods_issue (
    number TEXT PRIMARY KEY REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    household TEXT NOT NULL REFERENCES household (key),
    card TEXT NOT NULL,
    category TEXT NOT NULL,
    members INTEGER NOT NULL CHECK (members > 0),
    programme TEXT NOT NULL REFERENCES programme (code),
    points_spent INTEGER NOT NULL CHECK (points_spent >= 0),
    points_left INTEGER NOT NULL CHECK (points_left >= 0),
    proxy {{bytes}}
);
CREATE INDEX goods_issue_household ON goods_issue (household, number);
CREATE TABLE goods_line (
    document TEXT NOT NULL REFERENCES goods_document (number) DEFERRABLE INITIALLY DEFERRED,
    n INTEGER NOT NULL,
    barcode TEXT NOT NULL REFERENCES item (barcode),
    lot TEXT NOT NULL REFERENCES lot (code) DEFERRABLE INITIALLY DEFERRED,
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    cost_fen BIGINT NOT NULL CHECK (cost_fen >= 0),
    points INTEGER NOT NULL DEFAULT 0,
    picked BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (document, n)
);
CREATE INDEX goods_line_lot ON goods_line (lot);
CREATE TABLE card (
    code TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (key),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'lost')),
    status_on TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    allowed_until TEXT,
    replaced_by TEXT REFERENCES card (code) DEFERRABLE INITIALLY DEFERRED,
    created_at TEXT NOT NULL
);
CREATE INDEX card_household ON card (household);
CREATE UNIQUE INDEX card_one_active ON card (household) WHERE status = 'active';
CREATE TABLE points_scheme (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    cycle TEXT NOT NULL CHECK (cycle IN ('month', 'quarter', 'year')),
    carry_over INTEGER NOT NULL CHECK (carry_over BETWEEN 0 AND 12)
);
CREATE TABLE points_tier (
    scheme TEXT NOT NULL REFERENCES points_scheme (code),
    category TEXT NOT NULL CHECK (category IN ('DIBAO', 'EDGE', 'TK_INST', 'TK_HOME', 'EXPEND')),
    basis TEXT NOT NULL CHECK (basis IN ('person', 'household')),
    points INTEGER NOT NULL CHECK (points >= 0),
    PRIMARY KEY (scheme, category)
);
CREATE TABLE points_grant (
    key TEXT PRIMARY KEY,
    scheme TEXT NOT NULL REFERENCES points_scheme (code),
    cycle TEXT NOT NULL,
    household TEXT NOT NULL REFERENCES household (key),
    points INTEGER NOT NULL CHECK (points > 0),
    seq BIGINT NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX points_grant_household ON points_grant (household, cycle);
-- The scheme a county starts with: per quarter, unused points stay one cycle (domain rules 3.1 and 3.2).
INSERT INTO points_scheme (code, name, cycle, carry_over) VALUES ('LX', '爱心超市积分', 'quarter', 1);
INSERT INTO points_tier (scheme, category, basis, points) VALUES
    ('LX', 'DIBAO', 'person', 60),
    ('LX', 'EDGE', 'person', 30),
    ('LX', 'TK_HOME', 'person', 90),
    ('LX', 'TK_INST', 'person', 30),
    ('LX', 'EXPEND', 'household', 100);
