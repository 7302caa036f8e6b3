-- What a document must say beside its hash: its copy, its filters as printed and its totals, so that whoever holds a
-- print sees an altered sum (charity/documents/rendering.py). Documents of before say nothing of it.
-- all
ALTER TABLE document ADD COLUMN copy TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN filters TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN sums TEXT NOT NULL DEFAULT '';
