-- Whether somebody on a work unit's roster agreed that his unit takes the sum out of his wages (opt-in, never assumed).
ALTER TABLE unit_roster_line ADD COLUMN payroll BOOLEAN NOT NULL DEFAULT FALSE;
