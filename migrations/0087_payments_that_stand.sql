-- Payments that stand are counted apart from the lines of a register, in which a reversal is one more (charity/ledger/sums.py).
-- charity/ledger
-- all
ALTER TABLE day_sum ADD COLUMN payments BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_sum ADD COLUMN payments BIGINT NOT NULL DEFAULT 0;
UPDATE day_sum SET payments = lines - 2 * COALESCE((
    SELECT COUNT(*) FROM entry e JOIN branch_roster b ON b.entry_seq = e.reverses JOIN voucher v ON v.number = b.voucher
    WHERE e.kind = 'roster.reversal' AND e.effective_on = day_sum.day AND v.fund = day_sum.fund
        AND v.programme = day_sum.programme), 0)
    WHERE register = 'disbursements' AND kind = 'cash';
UPDATE month_sum SET payments = COALESCE((
    SELECT CAST(SUM(d.payments) AS BIGINT) FROM day_sum d WHERE d.register = month_sum.register
        AND d.day >= month_sum.month || '-01' AND d.day <= month_sum.month || '-31' AND d.fund = month_sum.fund
        AND d.campaign = month_sum.campaign AND d.programme = month_sum.programme AND d.store = month_sum.store
        AND d.kind = month_sum.kind), 0)
    WHERE register = 'disbursements' AND kind = 'cash';
