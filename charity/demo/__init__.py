"""The demo city 临溪市: a year of a county federation, told in time order through the real verbs.

Nothing here inserts a row that a user could not have caused. The clock is told (`clock.telling`),
chance is seeded by the load day, so that the same day tells the same story. All names are invented;
region codes use the unassigned prefix 999901; every page and paper of the demo carries 演示.
"""
