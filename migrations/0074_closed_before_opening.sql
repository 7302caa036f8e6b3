-- Books that were opened before an opening closed the days in front of it (charity/finance/opening/verbs.py) close them
-- too: no transfer, gift or payment lies before the opening.
-- sqlite
UPDATE head SET closed_through = (SELECT date(o.on_day, '-1 day') FROM opening o)
    WHERE EXISTS (SELECT 1 FROM opening o WHERE o.seq IS NOT NULL AND o.on_day > head.closed_through);
-- postgres
UPDATE head SET closed_through = (SELECT to_char(o.on_day::date - 1, 'YYYY-MM-DD') FROM opening o)
    WHERE EXISTS (SELECT 1 FROM opening o WHERE o.seq IS NOT NULL AND o.on_day > head.closed_through);
