-- The journal vouchers of a day, for the desk (charity/ledger/money_day.py).
-- all
CREATE INDEX journal_voucher_of_day ON journal_voucher (day, number);
