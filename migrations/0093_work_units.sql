-- Work units (charity/giving/work_units) are kept on a page: their kinds become words of the code, a change is known by
-- its time and its author, and a unit that takes part no longer is retired and stays.
-- all
ALTER TABLE work_unit ADD COLUMN changed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE work_unit ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE work_unit ADD COLUMN retired_at TEXT;
UPDATE work_unit SET changed_at = created_at, kind = CASE kind
    WHEN '机关' THEN 'government' WHEN '事业' THEN 'institution' WHEN '国企' THEN 'state_firm'
    WHEN '民企' THEN 'private_firm' WHEN '社会团体' THEN 'society' WHEN '社区' THEN 'community'
    WHEN '村' THEN 'village' WHEN '学校' THEN 'school' WHEN '驻地单位' THEN 'stationed' ELSE 'other' END;
