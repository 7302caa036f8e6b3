-- What a campaign of before the books received, as its archive says: shown on its page, in no figure of the books.
-- all
ALTER TABLE campaign ADD COLUMN archived_fen BIGINT CHECK (archived_fen > 0);
ALTER TABLE campaign ADD COLUMN archived_gifts BIGINT CHECK (archived_gifts > 0);
