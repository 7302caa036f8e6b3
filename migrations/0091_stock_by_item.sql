-- What the lots of an item on a shelf add up to (charity/goods): kept in the batch that moves the goods, compared by
-- `charity verify`. An emptied item stays a row and leaves the index.
-- all
CREATE TABLE shelf_item (
    store TEXT NOT NULL,
    barcode TEXT NOT NULL,
    lots BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL,
    PRIMARY KEY (store, barcode)
);
INSERT INTO shelf_item (store, barcode, lots, pieces, cost_fen)
    SELECT s.store, s.barcode, SUM(CASE WHEN s.pieces > 0 THEN 1 ELSE 0 END), CAST(SUM(s.pieces) AS BIGINT),
        CAST(SUM(s.pieces * l.cost_fen) AS BIGINT)
    FROM shelf_lot s JOIN lot l ON l.code = s.lot GROUP BY s.store, s.barcode;
CREATE INDEX shelf_item_filled ON shelf_item (store, barcode, lots, pieces, cost_fen) WHERE lots > 0;
