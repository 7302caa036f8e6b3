-- The facts of a campaign's filed plan (Charity Law 24 and 25, 民发〔2025〕57号) move out of the row that each gift
-- loads into a table of their own, a row a fact. The certificate is the organisation's, not a campaign's. Everyday
-- acceptance (日常接受捐赠) is no appeal: it has no filing. charity/giving
-- all
CREATE TABLE campaign_fact (
    campaign TEXT NOT NULL REFERENCES campaign (slug),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (campaign, field)
);
INSERT INTO campaign_fact (campaign, field, value) SELECT slug, 'beneficiaries', beneficiaries FROM campaign WHERE beneficiaries <> '';
INSERT INTO campaign_fact (campaign, field, value) SELECT slug, 'surplus', surplus FROM campaign WHERE surplus <> '';
INSERT INTO campaign_fact (campaign, field, value) SELECT slug, 'cost_note', cost_note FROM campaign WHERE cost_note <> '';
INSERT INTO campaign_fact (campaign, field, value) SELECT slug, 'receiving', receiving FROM campaign WHERE receiving <> '';
INSERT INTO campaign_fact (campaign, field, value) SELECT slug, 'contact', contact FROM campaign WHERE contact <> '';
ALTER TABLE campaign DROP COLUMN certificate_no;
ALTER TABLE campaign DROP COLUMN beneficiaries;
ALTER TABLE campaign DROP COLUMN surplus;
ALTER TABLE campaign DROP COLUMN cost_note;
ALTER TABLE campaign DROP COLUMN receiving;
ALTER TABLE campaign DROP COLUMN contact;
UPDATE campaign SET filing_no = '', filed_on = NULL, platform_url = '' WHERE kind = 'everyday';
