-- What registers add up to by month (charity/ledger/sums.py), as day_sum does by day: a register of a year adds up months.
-- all
CREATE TABLE month_sum (
    register TEXT NOT NULL,
    month TEXT NOT NULL,
    fund TEXT NOT NULL,
    campaign TEXT NOT NULL,
    programme TEXT NOT NULL,
    store TEXT NOT NULL,
    kind TEXT NOT NULL,
    lines BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    recipients_of_fund BIGINT NOT NULL,
    PRIMARY KEY (register, month, fund, campaign, programme, store, kind)
) {{clustered}};
INSERT INTO month_sum (register, month, fund, campaign, programme, store, kind, lines, amount_fen, recipients,
        recipients_of_fund)
    SELECT register, substr(day, 1, 7), fund, campaign, programme, store, kind, CAST(SUM(lines) AS BIGINT),
        CAST(SUM(amount_fen) AS BIGINT), CAST(SUM(recipients) AS BIGINT), CAST(SUM(recipients_of_fund) AS BIGINT)
    FROM day_sum GROUP BY register, substr(day, 1, 7), fund, campaign, programme, store, kind;
