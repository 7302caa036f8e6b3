-- Consents that a giver took back, himself or through the desk: a dated row each, kept (charity/giving/consents).
-- all
CREATE TABLE consent_withdrawal (
    key TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    what TEXT NOT NULL,
    door TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    reason {{bytes}},
    withdrawn_at TEXT NOT NULL,
    CHECK ((door = 'desk') = (withdrawn_by <> '')),
    CHECK ((door = 'desk') = (reason IS NOT NULL))
);
CREATE INDEX consent_withdrawal_person ON consent_withdrawal (person);
