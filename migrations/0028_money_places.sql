-- A fund's money in a till, a bank or with a provider never runs below zero (charity/ledger/accounts.py). A place that
-- stands below zero today has no bound until a transfer has filled it; `charity verify` names it (I5).
-- all
UPDATE holding SET minimum = 0
    WHERE quantity >= 0 AND account IN (SELECT id FROM account WHERE chart IN ('1001', '1002', '1009'));
