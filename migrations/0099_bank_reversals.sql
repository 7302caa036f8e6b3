-- A line of a statement (charity/bank/statements) may be a reversal: its sum has a minus in the file.
-- all
ALTER TABLE bank_line ADD COLUMN reversal BOOLEAN NOT NULL DEFAULT FALSE;
