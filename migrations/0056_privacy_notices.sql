-- The privacy notice in its versions (charity/office/privacy), and what of it whoever gave was shown and agreed to: the
-- version, and apart from it the use of an ID number (PIPL 17, 29). A person's row is made with each pledge and gift.
-- all
CREATE TABLE privacy_notice (
    version INTEGER PRIMARY KEY,
    starts_on TEXT NOT NULL,
    text TEXT NOT NULL,
    text_en TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL
);
ALTER TABLE person ADD COLUMN notice INTEGER;
ALTER TABLE person ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;
-- python
charity.office.privacy.verbs:first
