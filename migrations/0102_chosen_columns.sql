-- What the columns are of the files of a place of money that no layout knows, as somebody chose them (charity/bank/chosen_columns.py).
-- all
CREATE TABLE bank_columns (
    place TEXT PRIMARY KEY REFERENCES bank_account (place),
    columns TEXT NOT NULL,
    chosen_by TEXT NOT NULL,
    chosen_at TEXT NOT NULL
);
