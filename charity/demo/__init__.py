"""The demo city 临溪市: a year of a county federation, played in time order through the real verbs.

Here stand the plan, the seed tables, the invented names and the loading; what happens in a room is that
room's chapter (`<room>/demo.py`). Nothing inserts a row that a user could not have caused. The clock is set
for every event, chance is seeded by the load day, so that the same day makes the same journal. All names are
invented; region codes use the unassigned prefix 999901; every page and document of the demo carries 演示.
"""
