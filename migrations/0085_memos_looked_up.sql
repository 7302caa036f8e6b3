-- The memos of gifts are looked up by keyed hashes of their pairs of characters, written behind the books by the timetable
-- (charity/giving/lookup/memos.py, docs/decisions/0037): from the first gift on.
-- charity/giving
-- all
INSERT INTO lookup_mark (kind, at, key) VALUES ('memo', '', '');
