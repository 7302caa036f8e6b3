-- What rooms may read of the books' holdings (charity/ledger/holdings.py): a place is an account of goods or points,
-- `store:LX01` or `household:<key>`. The conditions are those of the partial index holding_standing.
-- all
CREATE VIEW on_hand AS
    SELECT a.code AS place, substr(u.code, 5) AS lot, h.quantity AS quantity
    FROM account a JOIN holding h ON h.account = a.id AND h.minimum = 0 AND h.quantity > 0
    JOIN unit u ON u.id = h.unit AND u.kind = 'lot';
CREATE VIEW points_balance AS
    SELECT a.code AS place, u.code AS unit, h.quantity AS points
    FROM account a JOIN holding h ON h.account = a.id AND h.minimum = 0 AND h.quantity > 0
    JOIN unit u ON u.id = h.unit AND u.kind = 'points';
CREATE VIEW fund_balance AS
    SELECT f.code AS fund, COALESCE(s.inflow - s.outflow, 0) AS available_fen
    FROM fund f LEFT JOIN stream s ON s.fund = f.code;
