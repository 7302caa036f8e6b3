-- Gifts in the order of the books, and what their pages add up to (charity/giving).
-- all
CREATE TABLE unit_sum (
    campaign TEXT NOT NULL REFERENCES campaign (slug),
    work_unit TEXT NOT NULL REFERENCES work_unit (code),
    gifts BIGINT NOT NULL,
    donors BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    PRIMARY KEY (campaign, work_unit)
) {{clustered}};
INSERT INTO unit_sum (campaign, work_unit, gifts, donors, net_fen)
    SELECT campaign, work_unit, COUNT(*), COUNT(DISTINCT donor), CAST(SUM(amount_fen - refunded_fen) AS BIGINT)
    FROM donation WHERE kind = 'cash' AND work_unit IS NOT NULL GROUP BY campaign, work_unit;
-- Gifts in kind that stand, beside the other public figures of a campaign.
ALTER TABLE campaign_figures ADD COLUMN in_kind BIGINT NOT NULL DEFAULT 0;
UPDATE campaign_figures SET in_kind = (
    SELECT COUNT(*) FROM donation d
    WHERE d.campaign = campaign_figures.slug AND d.kind = 'in_kind' AND d.status = 'ok');
-- The day on which the books took a gift: the register of gifts is read in its order.
ALTER TABLE donation ADD COLUMN booked_on TEXT NOT NULL DEFAULT '';
UPDATE donation SET booked_on = (SELECT e.effective_on FROM entry e WHERE e.seq = donation.seq);
