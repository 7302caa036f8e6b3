-- What a change of a voucher changed, old and new, as sealed JSON (charity/aid/changes.py). Changes from before have none:
-- the old content is not kept.
-- all
ALTER TABLE voucher_approval ADD COLUMN changes {{bytes}};
