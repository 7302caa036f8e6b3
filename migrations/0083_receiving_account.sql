-- Into which bank account gifts come is a mark in the list of places, no constant of the program
-- (charity/ledger/places.py): one receives, and `charity bank receive-into` or the page chooses another. So far it was
-- this one.
-- all
ALTER TABLE money_place ADD COLUMN receives BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT receives OR chart = '1002');
CREATE UNIQUE INDEX money_place_receives ON money_place (receives) WHERE receives;
UPDATE money_place SET receives = TRUE WHERE code = '1002/ICBC-01';
