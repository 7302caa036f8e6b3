-- The books (charity/ledger): one append-only journal for money, goods and points.
-- all
CREATE TABLE unit (
    id {{id}},
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('money', 'lot', 'points'))
);
CREATE TABLE fund (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL CHECK (kind IN ('unrestricted', 'restricted', 'agency')),
    programmes TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL
);
CREATE TABLE programme (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE TABLE account (
    id {{id}},
    code TEXT NOT NULL UNIQUE,
    chart TEXT NOT NULL,
    place TEXT NOT NULL,
    fund TEXT NOT NULL
);
CREATE INDEX account_fund ON account (fund, chart);
CREATE TABLE entry (
    seq BIGINT PRIMARY KEY,
    id16 TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    party TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    leaf TEXT NOT NULL,
    prev TEXT NOT NULL,
    reverses BIGINT UNIQUE REFERENCES entry (seq)
);
CREATE TABLE posting (
    seq BIGINT NOT NULL REFERENCES entry (seq),
    n INTEGER NOT NULL,
    account BIGINT NOT NULL REFERENCES account (id),
    unit BIGINT NOT NULL REFERENCES unit (id),
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    PRIMARY KEY (seq, n)
) {{clustered}};
CREATE INDEX posting_account ON posting (account, unit, seq);
CREATE TABLE holding (
    account BIGINT NOT NULL REFERENCES account (id),
    unit BIGINT NOT NULL REFERENCES unit (id),
    quantity BIGINT NOT NULL,
    minimum BIGINT CHECK (minimum IS NULL OR minimum = 0),
    PRIMARY KEY (account, unit),
    CHECK (minimum IS NULL OR quantity >= minimum)
) {{clustered}};
CREATE INDEX holding_unit ON holding (unit, account);
CREATE TABLE turnover (
    account BIGINT NOT NULL REFERENCES account (id),
    unit BIGINT NOT NULL REFERENCES unit (id),
    day TEXT NOT NULL,
    debit BIGINT NOT NULL CHECK (debit >= 0),
    credit BIGINT NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (account, unit, day)
) {{clustered}};
CREATE TABLE stream (
    fund TEXT PRIMARY KEY REFERENCES fund (code),
    inflow BIGINT NOT NULL DEFAULT 0,
    outflow BIGINT NOT NULL DEFAULT 0,
    low BIGINT NOT NULL DEFAULT 0,
    CHECK (outflow >= 0 AND outflow <= inflow AND low <= inflow)
);
CREATE TABLE inflow (
    fund TEXT NOT NULL REFERENCES stream (fund),
    start BIGINT NOT NULL,
    stop BIGINT NOT NULL CHECK (stop > start),
    seq BIGINT NOT NULL REFERENCES entry (seq),
    PRIMARY KEY (fund, start)
) {{clustered}};
CREATE INDEX inflow_seq ON inflow (seq);
CREATE TABLE segment (
    fund TEXT NOT NULL REFERENCES stream (fund),
    start BIGINT NOT NULL,
    stop BIGINT NOT NULL CHECK (stop > start),
    owner_seq BIGINT NOT NULL REFERENCES entry (seq),
    kind TEXT NOT NULL CHECK (kind IN ('spent', 'refunded', 'moved')),
    PRIMARY KEY (fund, start)
) {{clustered}};
CREATE INDEX segment_stop ON segment (fund, stop);
CREATE INDEX segment_owner ON segment (owner_seq);
CREATE TABLE refund_of (
    seq BIGINT PRIMARY KEY REFERENCES entry (seq),
    gift_seq BIGINT NOT NULL REFERENCES entry (seq)
);
CREATE INDEX refund_of_gift ON refund_of (gift_seq);
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    leaf TEXT NOT NULL,
    at TEXT NOT NULL,
    closed_through TEXT NOT NULL DEFAULT ''
);
INSERT INTO head (id, seq, leaf, at) VALUES
    (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', '');
CREATE TABLE idem (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    response TEXT NOT NULL,
    seq BIGINT,
    PRIMARY KEY (scope, key)
) {{clustered}};
CREATE TABLE series (
    name TEXT NOT NULL,
    year INTEGER NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (name, year)
);
-- sqlite
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
CREATE TRIGGER posting_no_replace BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM posting WHERE seq = NEW.seq AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
-- postgres
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION append_only();
