-- charity/ledger: the lines of one account in the order of their journal vouchers, and of those the large ones
-- (numbering.LARGE_FEN). A day's gifts of one place share a number, so a gift seldom makes a new line.
-- all
CREATE INDEX journal_line_account ON journal_line (account, number);
CREATE INDEX journal_line_large ON journal_line (account, number) WHERE debit_fen >= 5000000 OR credit_fen >= 5000000;
