-- A purchase says itself what was paid for it, so that goods need not look into aid's vouchers: a row for every voucher
-- of a supplier that left money, whether or not goods came in. The vouchers are read here for the last time.
-- all
CREATE TABLE purchase_before (voucher TEXT PRIMARY KEY, received_fen BIGINT NOT NULL);
INSERT INTO purchase_before (voucher, received_fen) SELECT voucher, received_fen FROM goods_purchase;
DROP TABLE goods_purchase;
CREATE TABLE goods_purchase (
    voucher TEXT PRIMARY KEY,
    fund TEXT NOT NULL REFERENCES fund (code),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    received_fen BIGINT NOT NULL CHECK (received_fen >= 0 AND received_fen <= amount_fen),
    status TEXT NOT NULL,
    CHECK (status = 'open' OR received_fen = 0)
);
INSERT INTO goods_purchase (voucher, fund, amount_fen, received_fen, status)
    SELECT v.number, v.fund, v.amount_fen, COALESCE(b.received_fen, 0),
        CASE WHEN v.status = 'bounced' THEN 'closed' ELSE 'open' END
    FROM voucher v LEFT JOIN purchase_before b ON b.voucher = v.number
    WHERE v.payee_kind = 'supplier' AND v.status IN ('paid', 'bounced', 'delivered');
DROP TABLE purchase_before;
