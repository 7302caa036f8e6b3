-- A lot on a shelf is looked for by the end of the code on its label (charity/goods/stock/readers.py), as a receipt is.
-- all
CREATE INDEX shelf_lot_tail ON shelf_lot (substr(lot, LENGTH(lot) - 3)) WHERE pieces > 0;
