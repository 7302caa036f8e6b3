-- The figures of the equation by day and by month (charity/ledger/equation.py), kept in the batch that posts. What stood
-- before is classified here as `equation.moves` does it.
-- all
CREATE TABLE figure_day (
    day TEXT NOT NULL,
    fund TEXT NOT NULL,
    figure TEXT NOT NULL,
    money_fen BIGINT NOT NULL,
    goods_fen BIGINT NOT NULL,
    PRIMARY KEY (day, fund, figure)
) {{clustered}};
CREATE TABLE figure_month (
    month TEXT NOT NULL,
    fund TEXT NOT NULL,
    figure TEXT NOT NULL,
    money_fen BIGINT NOT NULL,
    goods_fen BIGINT NOT NULL,
    PRIMARY KEY (month, fund, figure)
) {{clustered}};
INSERT INTO figure_day (day, fund, figure, money_fen, goods_fen)
    WITH line AS (
        SELECT e.seq, e.effective_on AS day, e.kind, a.fund, a.chart, p.quantity,
            CASE WHEN e.reverses IS NULL THEN p.quantity ELSE -p.quantity END AS original
        FROM entry e JOIN posting p ON p.seq = e.seq JOIN account a ON a.id = p.account JOIN unit u ON u.id = p.unit
        WHERE u.code = 'CNY'
    ), side AS (
        SELECT seq, day, kind, fund, MAX(CASE chart WHEN '2601' THEN 1 ELSE 0 END) AS agency,
            CAST(SUM(CASE WHEN chart IN ('1001', '1002', '1009', '2209') THEN quantity ELSE 0 END) AS BIGINT) AS money,
            CAST(SUM(CASE WHEN chart IN ('1201', '1202', '1801') THEN quantity ELSE 0 END) AS BIGINT) AS goods
        FROM line GROUP BY seq, day, kind, fund
    ), named AS (
        SELECT l.day, l.fund, l.chart, l.quantity, s.goods <> 0 AND s.money = 0 AS stock,
            CASE
                WHEN l.chart = '2601' AND (l.original < 0 OR l.kind IN ('gift.reversal', 'gift.correction'))
                    THEN 'agency_in'
                WHEN l.chart = '2601' AND l.kind = 'gift.refund' THEN 'agency_back'
                WHEN l.chart = '2601' THEN 'agency_out'
                WHEN l.chart IN ('3101', '3102') THEN 'transferred'
                WHEN l.kind = 'gift.refund' THEN 'refunded'
                WHEN l.chart IN ('4101', '3201') THEN 'received'
                WHEN l.chart = '5101' THEN 'aid'
                WHEN l.chart LIKE '5%' AND s.goods <> 0 AND s.money = 0 THEN 'lost'
                WHEN l.chart = '5301' THEN 'administration'
                WHEN l.chart = '5401' THEN 'fundraising'
                WHEN l.chart = '1122' AND (s.goods = 0 OR s.money <> 0) THEN 'advanced'
                WHEN l.chart IN ('1122', '1141', '2202') THEN 'bought'
                ELSE 'other'
            END AS figure
        FROM line l JOIN side s ON s.seq = l.seq AND s.fund = l.fund
        WHERE l.kind NOT LIKE 'opening%'
            AND l.chart NOT IN ('1001', '1002', '1009', '2209', '1201', '1202', '1801')
    ), signed AS (
        SELECT day, fund, figure, stock, CASE
            WHEN figure IN ('agency_in', 'transferred', 'received', 'other') OR (figure = 'bought' AND stock)
            THEN -quantity ELSE quantity END AS fen
        FROM named
        UNION ALL
        SELECT day, fund, 'bought', 1 = 0, goods FROM side
        WHERE kind NOT LIKE 'opening%' AND goods <> 0 AND money <> 0
        UNION ALL
        SELECT day, fund, 'bought', 1 = 1, goods FROM side
        WHERE kind NOT LIKE 'opening%' AND goods <> 0 AND money <> 0
        UNION ALL
        SELECT day, fund, CASE agency WHEN 1 THEN 'agency_opening' ELSE 'opening' END, 1 = 0, money FROM side
        WHERE kind LIKE 'opening%'
        UNION ALL
        SELECT day, fund, CASE agency WHEN 1 THEN 'agency_opening' ELSE 'opening' END, 1 = 1, goods FROM side
        WHERE kind LIKE 'opening%'
    )
    SELECT day, fund, figure, CAST(SUM(CASE WHEN stock THEN 0 ELSE fen END) AS BIGINT),
        CAST(SUM(CASE WHEN stock THEN fen ELSE 0 END) AS BIGINT)
    FROM signed GROUP BY day, fund, figure HAVING COUNT(CASE WHEN fen <> 0 THEN 1 END) > 0;
INSERT INTO figure_month (month, fund, figure, money_fen, goods_fen)
    SELECT substr(day, 1, 7), fund, figure, CAST(SUM(money_fen) AS BIGINT), CAST(SUM(goods_fen) AS BIGINT)
    FROM figure_day GROUP BY substr(day, 1, 7), fund, figure;
