-- Which bank account pays when nobody chose another is a fact of the list of places, no constant of the program
-- (charity/ledger/places.py): one pays, and `charity bank pay-from` chooses another. So far it was this one.
-- all
ALTER TABLE money_place ADD COLUMN pays BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT pays OR chart = '1002');
CREATE UNIQUE INDEX money_place_pays ON money_place (pays) WHERE pays;
UPDATE money_place SET pays = TRUE WHERE code = '1002/ICBC-01';
