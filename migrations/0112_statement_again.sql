-- The same file brought once more after its day was over says that nothing came behind it (charity/bank/closing).
-- all
ALTER TABLE bank_statement ADD COLUMN again_at TEXT;
