-- Goods that stood on the shelves when the books began: the lines of the draft, as canonical text. The opening's
-- content has their hash and their sums, so that a draft of twenty thousand lines is confirmed over a short text.
-- all
ALTER TABLE opening ADD COLUMN stock TEXT;
