-- Which demo this database holds, whole: the day its story ends, written when all of it is loaded
-- (charity/db/installation.py). It stood in a file beside the database, which can be missing or another's.
-- A demo that an older version loaded counts as whole.
-- all
ALTER TABLE installation ADD COLUMN demo_as_of TEXT;
UPDATE installation SET demo_as_of = (SELECT substr(at, 1, 10) FROM head WHERE id = 1)
WHERE EXISTS (SELECT 1 FROM organisation WHERE demo) AND EXISTS (SELECT 1 FROM head WHERE seq > 0);
