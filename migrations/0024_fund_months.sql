-- What each month changed of what a fund is worth, kept in the batch that posts it (charity/ledger/writing.py): the
-- balance of a fund on a day adds up months and the days of one month, not every day since the fund began.
-- all
CREATE TABLE fund_month (
    fund TEXT NOT NULL,
    month TEXT NOT NULL,
    worth_fen BIGINT NOT NULL,
    PRIMARY KEY (fund, month)
) {{clustered}};
INSERT INTO fund_month (fund, month, worth_fen)
    SELECT a.fund, substr(t.day, 1, 7), CAST(SUM(t.credit - t.debit) AS BIGINT)
    FROM account a JOIN turnover t ON t.account = a.id JOIN unit u ON u.id = t.unit
    WHERE u.code = 'CNY' AND (a.chart LIKE '31%' OR a.chart LIKE '32%' OR a.chart LIKE '4%' OR a.chart LIKE '5%'
        OR a.chart = '2601')
    GROUP BY a.fund, substr(t.day, 1, 7);
