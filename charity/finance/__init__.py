"""Finance: the accountant's side of the books.

`journal` shows what was posted: funds, programmes, entries, balances. Periods, reviews, statements and general
vouchers come to stand here. What must always be true: nothing here writes a row of the ledger except through
a posting verb.
"""
