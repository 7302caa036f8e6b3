-- Invitations to a targeted campaign (定向募捐, Charity Law 29 and 30): the code of the address is kept by its hash
-- only, and whom it is for is sealed. charity/giving
-- all
CREATE TABLE invitation (
    key TEXT PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaign (slug),
    digest TEXT NOT NULL UNIQUE,
    note {{bytes}},
    expires_on TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    withdrawn_by TEXT,
    withdrawn_at TEXT CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX invitation_campaign ON invitation (campaign, made_at);
