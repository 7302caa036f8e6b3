-- Payment numbers of every kind in one table of the books (charity/ledger/payment_numbers.py): `channel_ref` knew only
-- gifts, and letter by letter. Old rows are taken over in the order of the journal: of two that are one number in
-- another writing the first gets the normal key, the other is kept under that key, a blank, and its holder.
-- all
CREATE TABLE payment_number (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    holder TEXT NOT NULL,
    lines INTEGER NOT NULL
) {{clustered}};
CREATE TABLE payment_number_old (
    seq BIGINT PRIMARY KEY,
    channel TEXT NOT NULL,
    ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    holder TEXT NOT NULL
);
INSERT INTO payment_number_old (seq, channel, ref, kind, holder)
    SELECT seq, channel, channel_ref, 'gift', key FROM donation WHERE channel_ref <> '';
INSERT INTO payment_number_old (seq, channel, ref, kind, holder)
    SELECT entry_seq, 'bank', channel_ref, 'voucher', number FROM voucher WHERE channel_ref <> '' AND entry_seq > 0;
-- python
charity.ledger.payment_numbers:normalised
-- all
DROP TABLE payment_number_old;
DROP TABLE channel_ref;
