-- What stands on each shelf in the order in which pages show it, and by its last good day what a shelf adds up to:
-- kept in the batch that moves the goods (charity/goods/stock/keeping.py), compared by `charity verify`. What does not
-- expire stands under 9999-12-31. An emptied lot stays a row and leaves the indices.
-- all
CREATE TABLE shelf_lot (
    lot TEXT NOT NULL,
    store TEXT NOT NULL,
    barcode TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    pieces BIGINT NOT NULL,
    PRIMARY KEY (lot, store, barcode, expires_on)
) {{clustered}};
INSERT INTO shelf_lot (lot, store, barcode, expires_on, pieces)
    SELECT o.lot, substr(o.place, 7), l.barcode, COALESCE(l.expires_on, '9999-12-31'), o.quantity
    FROM on_hand o JOIN lot l ON l.code = o.lot WHERE o.place LIKE 'store:%';
CREATE INDEX shelf_lot_of_store ON shelf_lot (store, barcode, expires_on, lot) WHERE pieces > 0;
CREATE INDEX shelf_lot_expiring ON shelf_lot (store, expires_on, barcode, lot) WHERE pieces > 0;
CREATE INDEX shelf_lot_everywhere ON shelf_lot (barcode, expires_on, lot, store) WHERE pieces > 0;
CREATE TABLE shelf_day (
    store TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    lots BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL,
    PRIMARY KEY (store, expires_on)
);
INSERT INTO shelf_day (store, expires_on, lots, pieces, cost_fen)
    SELECT s.store, s.expires_on, COUNT(*), CAST(SUM(s.pieces) AS BIGINT), CAST(SUM(s.pieces * l.cost_fen) AS BIGINT)
    FROM shelf_lot s JOIN lot l ON l.code = s.lot GROUP BY s.store, s.expires_on;
-- All that is read of the days on which something expires; the emptied ones would be read for ever.
CREATE INDEX shelf_day_filled ON shelf_day (store, expires_on, lots, pieces, cost_fen) WHERE lots > 0;
