-- The number by which people know whose a payment number is (charity/ledger/payment_numbers.py): of a gift that of its
-- first receipt, of the others the holder itself. A refusal names it.
-- all
ALTER TABLE payment_number ADD COLUMN number TEXT NOT NULL DEFAULT '';
UPDATE payment_number SET number = CASE WHEN kind = 'gift' THEN
    COALESCE((SELECT MIN(l.number) FROM receipt_line l WHERE l.donation = payment_number.holder), '') ELSE holder END;
