-- A fact of the organisation is true once a second person has typed it again (charity/office/organisation): what was
-- entered before is. One that says that there is none hides something at once.
-- all
ALTER TABLE organisation_fact ADD COLUMN status TEXT NOT NULL DEFAULT 'confirmed';
ALTER TABLE organisation_fact ADD COLUMN seen_by TEXT CHECK (seen_by <> entered_by);
ALTER TABLE organisation_fact ADD COLUMN seen_at TEXT;
