-- The plan of a public campaign's fund (charity/ledger/plans.py): what may be used by programme, and of cost; and what
-- was used, kept in the batch that posts it. No fund of before has a plan, so there is nothing to add up.
-- all
ALTER TABLE fund ADD COLUMN plan TEXT;
CREATE TABLE plan_use (
    fund TEXT NOT NULL REFERENCES fund (code),
    line TEXT NOT NULL,
    used_fen BIGINT NOT NULL,
    PRIMARY KEY (fund, line)
) {{clustered}};
