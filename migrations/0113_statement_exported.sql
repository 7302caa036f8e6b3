-- When the bank or platform made a file, where the file says it: of what moved later the file says nothing.
-- all
ALTER TABLE bank_statement ADD COLUMN exported_at TEXT;
